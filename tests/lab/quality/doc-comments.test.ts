import { expect, test } from "bun:test";
import { findDocComments, stripDocComments } from "../../../lab/quality/doc-comments.ts";

function cut(text: string, language: string) {
  const docs = findDocComments(text, language);
  const stripped = stripDocComments(text, docs);
  const definitions = docs.flatMap(({ definition }) => (definition ? [definition] : []));
  const spans = definitions.map(({ name, types, start, end }) => ({
    name: [...types.toReversed(), name].join("."),
    text: stripped.text
      .split("\n")
      .slice(stripped.newLine[start], (stripped.newLine[end] ?? 0) + 1)
      .join("\n"),
  }));
  return { stripped: stripped.text, comments: docs.map((doc) => doc.text.trim()), spans };
}

test("python: module, class and function docstrings; a body left empty gets pass", () => {
  const source = `"""About the module."""
import os

class Store(Base):
    """Keeps things.

    Longer."""

    def get(self, key,
            default=None):
        '''Gets one.'''
        return """not a doc"""

class Missing(Exception):
    """Nothing there."""
`;
  const { stripped, comments, spans } = cut(source, "python");
  expect(comments).toEqual(["About the module.", "Keeps things.\n\n    Longer.", "Gets one.", "Nothing there."]);
  expect(stripped).toBe(`import os

class Store(Base):

    def get(self, key,
            default=None):
        return """not a doc"""

class Missing(Exception):
    pass
`);
  expect(spans.map(({ name }) => name)).toEqual(["Store", "Store.get", "Missing"]);
  expect(spans[1]?.text).toBe(`    def get(self, key,\n            default=None):\n        return """not a doc"""`);
});

test("typescript: JSDoc above functions and methods; other comments stay", () => {
  const source = `// a note
export class Router {
  /**
   * Adds a route.
   * @param path where
   */
  add(
    path: string,
  ): void {
    // inner
    this.routes.push(path);
  }
}

/** Makes one. */
export const make = (): Router => {
  return new Router();
};
`;
  const { stripped, spans } = cut(source, "typescript");
  expect(stripped).not.toContain("/**");
  expect(stripped).toContain("// a note");
  expect(spans).toEqual([
    {
      name: "Router.add",
      text: "  add(\n    path: string,\n  ): void {\n    // inner\n    this.routes.push(path);\n  }",
    },
    { name: "make", text: "export const make = (): Router => {\n  return new Router();\n};" },
  ]);
});

test.each([
  [
    "rust",
    "impl Glob {\n    /// Matches a path.\n    #[inline]\n    pub fn is_match<P>(&self, path: P) -> bool\n    where\n        P: AsRef<Path>,\n    {\n        true\n    }\n}\n",
    "Glob.is_match",
  ],
  [
    "cpp",
    "class DB {\n public:\n  // Set the entry.\n  // Returns OK.\n  virtual Status Put(const Slice& key,\n                     const Slice& value) = 0;\n};\n",
    "DB.Put",
  ],
  [
    "ruby",
    "module Jekyll\n  class Site\n    # Public: Read the site.\n    def read\n      reader.read\n    end\n  end\nend\n",
    "Jekyll.Site.read",
  ],
  [
    "kotlin",
    "class Buffer {\n  /** Copies bytes. */\n  @JvmOverloads\n  fun copyTo(out: Sink): Buffer {\n    return this\n  }\n}\n",
    "Buffer.copyTo",
  ],
])("%s: a comment above a member, deleted, and the member after it", (language, source, name) => {
  const { comments, spans, stripped } = cut(source, language);
  expect(comments).toHaveLength(1);
  expect(spans.map((span) => span.name)).toEqual([name]);
  expect(stripped.split("\n").length).toBeLessThan(source.split("\n").length);
  expect(stripped).toContain(spans[0]?.text ?? "-");
  expect(spans[0]?.text).not.toContain(comments[0] ?? "");
});

test("ruby and C++ comments that describe no definition stay", () => {
  expect(cut("x = 1\n# counts\n\nputs x\n", "ruby").comments).toEqual([]);
  expect(cut("void f() {\n  // then\n  return g();\n}\n", "cpp").comments).toEqual([]);
});
