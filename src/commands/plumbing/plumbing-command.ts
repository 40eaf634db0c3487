/** What plumbing commands share: rows of tab-separated fields (or JSON), NUL on request, fragments from stdin. */
import { Option } from "clipanion";
import { BaseCommand } from "../base-command.ts";
import { emitRows } from "../direct/emit-rows.ts";

export const PLUMBING = "Plumbing";
export const PLUMBING_DETAILS = "The text contract is in docs/PLUMBING.md.";

export abstract class PlumbingCommand extends BaseCommand {
  nul = Option.Boolean("-z", false, { description: "End lines with NUL, on stdin and stdout." });

  /** As `emitRows`. */
  protected emit(names: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    emitRows({ report: this.report, nul: this.nul }, names, rows);
  }

  protected async readStdin(): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of this.context.stdin) parts.push(Buffer.from(part as Uint8Array));
    return Buffer.concat(parts).toString("utf8");
  }
}
