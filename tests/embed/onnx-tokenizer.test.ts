// Expectations are derived by hand from the published BERT tokenization: clean, fold, split at punctuation, greedy pieces.
import { describe, expect, test } from "bun:test";
import { Tokenizer } from "../../src/embed/onnx/tokenizer.ts";
import { cutWord, normalizeText, splitWords } from "../../src/embed/onnx/word-piece.ts";
import { bertTokenizer, VOCABULARY } from "../helpers/onnx-models.ts";

const UNCASED = { cleanText: true, chineseChars: true, stripAccents: true, lowercase: true };
const pieces = (tokenizer: Tokenizer, text: string, maxLength?: number) =>
  tokenizer
    .encode(text, maxLength)
    .ids.map((id) => VOCABULARY[id] ?? `#${id}`)
    .join(" ");
const withModel = (changes: object) =>
  bertTokenizer({ model: { ...(bertTokenizer()["model"] as object), ...changes } });
const withNormalizer = (changes: object) =>
  bertTokenizer({ normalizer: { ...(bertTokenizer()["normalizer"] as object), ...changes } });

describe("normalizing", () => {
  test.each([
    ["control and format characters go, U+0000 and U+FFFD too", "a\u0001b\u0000c\uFFFDd\u200Be\u00ADf", "abcdef"],
    ["every white space is one blank each", "a\tb\r\nc\u00A0d\u2028e\u3000f", "a b  c d e f"],
    ["accents go, in one character or two", "Crème e\u0301 Ñ", "creme e n"],
    ["Chinese characters stand alone, kana and hangul do not", "a日本b ひら 한", "a 日  本 b ひら \u1112\u1161\u11ab"],
    ["characters beyond the first plane count as one", "x\u{20000}y", "x \u{20000} y"],
    ["a final sigma is folded as any other", "ΟΔΟΣ", "οδοσ"],
    ["private use goes, unassigned stays", "a\uE000b\u0378c", "ab\u0378c"],
  ])("%s", (_, text, expected) => {
    expect(normalizeText(text, UNCASED)).toBe(expected);
  });

  test("each rule can be off", () => {
    expect(normalizeText("É\t日", { ...UNCASED, stripAccents: false })).toBe("é  日 ");
    expect(normalizeText("É\t日", { ...UNCASED, lowercase: false })).toBe("E  日 ");
    expect(normalizeText("É\t日", { ...UNCASED, chineseChars: false })).toBe("e 日");
    expect(normalizeText("É\t日", { ...UNCASED, cleanText: false })).toBe("e\t 日 ");
  });

  test("strip_accents null means: as lowercase does", () => {
    expect(pieces(new Tokenizer(bertTokenizer()), "réad")).toBe("[CLS] read [SEP]");
    expect(pieces(new Tokenizer(withNormalizer({ lowercase: false })), "réad")).toBe("[CLS] [UNK] [SEP]");
    expect(pieces(new Tokenizer(withNormalizer({ strip_accents: false })), "réad")).toBe("[CLS] [UNK] [SEP]");
    expect(pieces(new Tokenizer(withNormalizer({ lowercase: false, strip_accents: true })), "réad Read")).toBe(
      "[CLS] read [UNK] [SEP]",
    );
  });
});

describe("splitting and cutting", () => {
  test("each punctuation mark is a word, ASCII symbols and Unicode punctuation alike", () => {
    expect(splitWords("a.b_c $x=«y» 1+2—3 €")).toEqual("a . b _ c $ x = « y » 1 + 2 — 3 €".split(" "));
    expect(splitWords(" \n ")).toEqual([]);
  });

  const vocabulary = new Map([
    ["read", 4],
    ["##er", 5],
    ["##s", 6],
    ["reader", 7],
    ["##ers", 8],
  ]);
  const model = { vocabulary, unknown: 1, continuation: "##", maxWordChars: 8 };
  test.each([
    ["the longest piece wins, first at the start", "readers", [7, 6]],
    ["then again at the rest", "readser", [4, 6, 5]],
    ["a rest without a piece makes the whole word unknown", "readerx", [1]],
    ["so does a first piece that only continues", "ers", [1]],
    ["a word of the greatest length is cut", "readerss", [7, 6, 6]],
    ["a longer one is unknown", "readersss", [1]],
  ])("%s", (_, word, expected) => {
    expect(cutWord(word, model)).toEqual(expected);
  });

  test("length counts code points, not UTF-16 units", () => {
    const letters = new Map([
      ["𝒳", 2],
      ["##𝒳", 3],
    ]);
    expect(cutWord("𝒳𝒳", { ...model, vocabulary: letters, maxWordChars: 2 })).toEqual([2, 3]);
    expect(cutWord("𝒳𝒳𝒳", { ...model, vocabulary: letters, maxWordChars: 2 })).toEqual([1]);
  });
});

describe("encoding", () => {
  const tokenizer = new Tokenizer(bertTokenizer());

  test("text stands in its template", () => {
    expect(tokenizer.encode("The readers: sort(file)")).toEqual({
      ids: [2, 7, 4, 5, 6, 12, 13, 9, 8, 10, 3],
      typeIds: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    });
    expect(tokenizer.encode("").ids).toEqual([2, 3]);
  });

  test("truncation keeps the special tokens, within a word too", () => {
    expect(pieces(tokenizer, "the readers", 5)).toBe("[CLS] the read ##er [SEP]");
    expect(pieces(tokenizer, "the readers", 2)).toBe("[CLS] [SEP]");
    const file = { direction: "Right", max_length: 4, strategy: "LongestFirst", stride: 0 };
    expect(pieces(new Tokenizer(bertTokenizer({ truncation: file })), "the readers")).toBe("[CLS] the read [SEP]");
    const left = new Tokenizer(bertTokenizer({ truncation: { ...file, direction: "Left" } }));
    expect(pieces(left, "the readers")).toBe("[CLS] ##er ##s [SEP]");
  });

  test("special tokens spelt out in a text are found before anything else", () => {
    expect(pieces(tokenizer, "the[SEP]file [CLS")).toBe("[CLS] the [SEP] file [UNK] [UNK] [SEP]");
    expect(pieces(tokenizer, "the[sep]")).toBe("[CLS] the [UNK] [UNK] [UNK] [SEP]");
  });

  test("of two added tokens the longer wins, and a single word not inside one", () => {
    const added = (id: number, content: string, single_word: boolean) => ({
      id,
      content,
      single_word,
      normalized: false,
      special: true,
    });
    const json = bertTokenizer({
      added_tokens: [added(20, "<a", false), added(21, "<a>", false), added(22, "the", true)],
    });
    const more = new Tokenizer(json);
    expect(more.encode("<a><a the").ids).toEqual([2, 21, 20, 22, 3]);
    expect(more.encode("thethe ,the,").ids).toEqual([2, 1, 1, 22, 1, 3]);
  });

  test("BertProcessing and no template are templates too", () => {
    const old = bertTokenizer({ post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] } });
    expect(new Tokenizer(old).encode("the").ids).toEqual([2, 7, 3]);
    expect(new Tokenizer(bertTokenizer({ post_processor: null })).encode("the").ids).toEqual([7]);
  });

  test("segments are the template's", () => {
    const single = [{ SpecialToken: { id: "[CLS]", type_id: 0 } }, { Sequence: { id: "A", type_id: 1 } }];
    const json = bertTokenizer({ post_processor: { type: "TemplateProcessing", single, special_tokens: {} } });
    expect(new Tokenizer(json).encode("the file")).toEqual({ ids: [2, 7, 8], typeIds: [0, 1, 1] });
  });

  test("padding comes from the file, from [PAD], or is 0", () => {
    expect(tokenizer.padId).toBe(0);
    expect(new Tokenizer(bertTokenizer({ padding: { pad_id: 9 } })).padId).toBe(9);
    expect(new Tokenizer(bertTokenizer({ added_tokens: [{ id: 4, content: "[PAD]" }] })).padId).toBe(4);
  });
});

describe("what is not supported is named", () => {
  test.each<[string, Record<string, unknown>]>([
    ['model "BPE"', { model: { type: "BPE", vocab: {}, merges: [] } }],
    ['model "Unigram"', { model: { type: "Unigram", vocab: [] } }],
    ['normalizer "Sequence"', { normalizer: { type: "Sequence", normalizers: [] } }],
    ['pre_tokenizer "ByteLevel"', { pre_tokenizer: { type: "ByteLevel" } }],
    ["a file without pre_tokenizer", { pre_tokenizer: null }],
    ['post_processor "RobertaProcessing"', { post_processor: { type: "RobertaProcessing" } }],
    ["a template without exactly one sequence", { post_processor: { type: "TemplateProcessing", single: [] } }],
    ['normalized added token "x"', { added_tokens: [{ id: 1, content: "x", normalized: true }] }],
    ['a vocabulary entry without id, "a"', withModel({ vocab: { a: "b" } })],
    ['an unknown token, "<unk>", outside the vocabulary', withModel({ unk_token: "<unk>" })],
  ])("%s", (name, changes) => {
    expect(() => new Tokenizer(bertTokenizer(changes))).toThrow(
      expect.objectContaining({ code: "unsupported_format", message: expect.stringContaining(name) }),
    );
  });

  test("a file that is no object", () => {
    expect(() => new Tokenizer([1])).toThrow(expect.objectContaining({ code: "unsupported_format" }));
  });
});
