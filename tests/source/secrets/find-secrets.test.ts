import { Glob } from "bun";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { findSecrets } from "../../../src/source/secrets/find-secrets.ts";
import { redactSecrets } from "../../../src/source/secrets/redact.ts";
import { plantedSecrets } from "./planted.ts";

describe("what is found", () => {
  const missed = new Set<string>();
  for (const { kind, path, text, values } of plantedSecrets())
    test(kind, () => {
      const redacted = redactSecrets({ path, text });
      if (redacted === null) missed.add(kind);
      expect(redacted).not.toBeNull();
      for (const value of values) expect(redacted?.text).not.toContain(value);
      expect(redacted?.text.length).toBe(text.length);
      expect(redacted?.text.split("\n").length).toBe(text.split("\n").length);
    });
});

test("a sentence that ends with the name of a secret assigns nothing to the next item of a list", () => {
  const text = 'token("id", "Login with a client secret", "amzn1.oa2-cs.v1.", HEX)\n';
  expect(findSecrets({ path: "src/rules.ts", text })).toEqual([]);
});

test("this project's own sources hold none, the rules that describe them included", async () => {
  const root = join(import.meta.dir, "../../..");
  const found: string[] = [];
  for await (const path of new Glob("{src,worker}/**/*.ts").scan(root))
    for (const { rule } of findSecrets({ path, text: await Bun.file(join(root, path)).text() }))
      found.push(`${path}: ${rule.id}`);
  expect(found).toEqual([]);
});
