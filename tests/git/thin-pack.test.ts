import { expect, test } from "bun:test";
import { askForThinPack } from "../../src/git/transport/thin-pack.ts";

const ID = "a".repeat(40);
const line = (text: string) => (text.length + 4).toString(16).padStart(4, "0") + text;
const ask = (body: string) => Buffer.from(askForThinPack(Buffer.from(body))).toString();

test("the first want gets the capability, the rest stays", () => {
  const rest = `${line(`shallow ${ID}\n`)}${line("deepen 1\n")}0000${line(`have ${ID}\n`)}${line("done\n")}`;
  expect(ask(line(`want ${ID} ofs-delta agent=x\n`) + rest)).toBe(
    line(`want ${ID} ofs-delta agent=x thin-pack\n`) + rest,
  );
});

test("what does not start with a want and capabilities stays as it is", () => {
  for (const body of ["", "0000", line("done\n"), line(`want ${ID}\n`), "zzzz", `00ffwant ${ID} x`])
    expect(ask(body)).toBe(body);
});
