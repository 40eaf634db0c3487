/** The flags that `add` and `index` share. */
import { Option } from "clipanion";
import { BaseCommand, parseInteger } from "./base-command.ts";

const MAX_THREADS = 256;
const DAY_SECONDS = 86_400;

export abstract class IndexingCommand extends BaseCommand {
  maxFileBytes = Option.String("--max-file-bytes", {
    description: "Skip larger files.",
    env: "REPOBASE_MAX_FILE_BYTES",
  });
  threads = Option.String("--threads", {
    description: "Parse and embed with this many threads (default: one a core).",
    env: "REPOBASE_THREADS",
  });
  flushSeconds = Option.String("--flush-seconds", {
    description: "Keep what is embedded at least this often; a killed run goes on from there (default: 20).",
    env: "REPOBASE_FLUSH_SECONDS",
  });

  /** @throws RepobaseError `usage` */
  protected indexingOptions() {
    return {
      maxFileBytes: numberOf(this.maxFileBytes, "--max-file-bytes", 2 ** 31),
      threads: numberOf(this.threads, "--threads", MAX_THREADS),
      flushSeconds: numberOf(this.flushSeconds, "--flush-seconds", DAY_SECONDS),
    };
  }
}

const numberOf = (text: string | undefined, flag: string, max: number): number | null =>
  text === undefined ? null : parseInteger(text, flag, 1, max);
