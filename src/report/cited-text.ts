/** An answer for people, as it comes: its text with its citations marked, then what they stand for. */
import type { ChatSource, CodePlace, DoneEvent } from "../protocol/chat-api.ts";
import { CitationReader } from "../protocol/citations.ts";
import { shortCommit } from "../protocol/ids.ts";
import type { Style } from "./style.ts";

/** Lines of a source that are shown where no model answers. */
const SHOWN_LINES = 6;

/** @param fileUrl where a file lies on this machine; undefined: no link */
export interface AnswerLook {
  readonly style: Style;
  readonly fileUrl: (place: CodePlace) => string | undefined;
}

/** Marks the citations of a text that comes in pieces; a number that no source has is `[9?]`. */
export class CitedText {
  readonly #reader = new CitationReader();
  readonly #look: AnswerLook;
  readonly #sources = new Map<number, ChatSource>();

  constructor(look: AnswerLook) {
    this.#look = look;
  }

  know(source: ChatSource): void {
    this.#sources.set(source.n, source);
  }

  get sources(): readonly ChatSource[] {
    return [...this.#sources.values()];
  }

  push(text: string): string {
    return this.#reader.push(text).map(this.#show).join("");
  }

  end(): string {
    return this.#reader.end().map(this.#show).join("");
  }

  readonly #show = (part: ReturnType<CitationReader["end"]>[number]): string =>
    part.kind === "text" ? part.text : `[${part.numbers.map(this.#number).join(", ")}]`;

  readonly #number = (n: number): string => {
    const source = this.#sources.get(n);
    return source ? linked(String(n), source, this.#look) : this.#look.style.match(`${n}?`);
  };
}

function linked(text: string, place: CodePlace, { style, fileUrl }: AnswerLook): string {
  const url = fileUrl(place);
  return url === undefined ? style.path(text) : style.link(style.path(text), `${url}#${place.startLine}`);
}

/** `[1] repo@commit:path:from-to`, one a line. */
export const formatPlaces = (places: readonly (CodePlace & { n: number; repo: string })[], look: AnswerLook): string =>
  places.map((place) => `[${place.n}] ${placeText(place, look)}\n`).join("");

function placeText(place: CodePlace & { repo: string }, look: AnswerLook): string {
  const { repo, commit, path, startLine, endLine } = place;
  return linked(`${repo}@${shortCommit(commit)}:${path}:${startLine}-${endLine}`, place, look);
}

/** What was found, with some lines each. */
export function formatSources(sources: readonly ChatSource[], look: AnswerLook): string {
  const { style } = look;
  const shown = sources.map((source) => {
    const symbol = source.symbol ? `  ${style.bold(style.name(source.symbol))}` : "";
    const width = String(source.startLine + SHOWN_LINES).length;
    const lines = source.text
      .split("\n")
      .slice(0, SHOWN_LINES)
      .map((line, at) => `  ${style.dim(String(source.startLine + at).padStart(width))}  ${line}\n`);
    return `[${source.n}] ${placeText(source, look)}${symbol}\n${lines.join("")}`;
  });
  return shown.length > 0 ? shown.join("\n") : "nothing was found\n";
}

/** Who answered, and what it cost; one line. */
export function formatCost({ model, usage, cost, today }: DoneEvent): string {
  if (!usage) return "";
  const about = usage.estimated ? "about " : "";
  const tokens = `${about}${usage.promptTokens.toLocaleString("en")} + ${usage.answerTokens.toLocaleString("en")} tokens`;
  const price = cost ? `, ${cost.amount.toFixed(4)} ${cost.currency}` : "";
  const limit = today?.questionsPerDay ? `; question ${today.questions} of ${today.questionsPerDay} today` : "";
  return `${model}: ${tokens}${price}${limit}`;
}
