import { expect, test } from "bun:test";
import { EXIT_STATUS } from "../../src/commands/base-command.ts";
import { ERRORS_DOC, withErrorTables } from "../../scripts/errors-doc.ts";

test("docs/ERRORS.md is what the table of errors says (bun scripts/errors-doc.ts --write)", async () => {
  const text = await Bun.file(ERRORS_DOC).text();
  expect(text).toBe(withErrorTables(text));
});

test("the help of every command ends with the same exit codes as the table", () => {
  expect(EXIT_STATUS).toBe(
    "Exit status: 0 ok, 1 failure, 2 usage, 3 partial, 4 problems, 10 missing, 11 remote moved, 12 auth, 13 integrity, " +
      "14 format too new, 20 transient, 21 rate limited, 28 no space, 130/143 signals.",
  );
});
