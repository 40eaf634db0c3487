/** What plumbing commands share: rows of tab-separated fields (or JSON), NUL on request, fragments from stdin. */
import { Option } from "clipanion";
import { BaseCommand } from "../base-command.ts";

export const PLUMBING = "Plumbing";
export const PLUMBING_DETAILS = "The text contract is in docs/PLUMBING.md.";

export abstract class PlumbingCommand extends BaseCommand {
  nul = Option.Boolean("-z", false, { description: "End lines with NUL, on stdin and stdout." });

  /** One line a row, or all of them as one JSON array of objects with these names. */
  protected emit(names: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    if (this.json) {
      this.report.result(
        rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value]))),
        "",
      );
      return;
    }
    this.report.raw(rows.map((row) => row.join("\t") + (this.nul ? "\0" : "\n")).join(""));
  }

  protected async readStdin(): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of this.context.stdin) parts.push(Buffer.from(part as Uint8Array));
    return Buffer.concat(parts).toString("utf8");
  }
}
