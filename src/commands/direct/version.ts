/** `repobase --version`. */
import { version } from "../../version.ts";
import type { DirectInput } from "./direct-input.ts";

export async function printVersion({ report }: DirectInput): Promise<void> {
  report.raw(`${version}\n`);
}
