/** The flags that `add` and `index` share. */
import { Option } from "clipanion";
import { VARIABLES } from "../home/env.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { SECRET_POLICIES, type SecretPolicy } from "../protocol/secret-policy.ts";
import { isOn } from "../report/terminal-kind.ts";
import { BaseCommand, parseInteger } from "./base-command.ts";

export abstract class IndexingCommand extends BaseCommand {
  maxFileBytes = Option.String("--max-file-bytes", {
    description: "Skip larger files (default: 1 MiB); remembered.",
    env: "REPOBASE_MAX_FILE_BYTES",
  });
  include = Option.Array("--include", {
    description: "Index files like this (as in .gitignore) though they look generated or are large; remembered.",
  });
  secrets = Option.String("--secrets", {
    description:
      "Cover secrets in files (redact), leave such files out (skip), or index them as they are (allow); kept.",
    env: "REPOBASE_SECRETS",
  });
  nativeTextIndex = Option.Boolean("--native-text-index", {
    description: "Keep a full-text index that LanceDB itself can search by; searches here need none; kept.",
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
      maxFileBytes: numberOf(this.maxFileBytes, "--max-file-bytes", VARIABLES.REPOBASE_MAX_FILE_BYTES.setting.range),
      include: this.include ?? null,
      nativeTextIndex: this.nativeTextIndex ?? switchOf(this.home.env.REPOBASE_NATIVE_TEXT_INDEX),
      secrets: policyOf(this.secrets),
      threads: numberOf(this.threads, "--threads", VARIABLES.REPOBASE_THREADS.setting.range),
      flushSeconds: numberOf(this.flushSeconds, "--flush-seconds", VARIABLES.REPOBASE_FLUSH_SECONDS.setting.range),
    };
  }
}

const numberOf = (text: string | undefined, flag: string, [least, most]: readonly [number, number]): number | null =>
  text === undefined ? null : parseInteger(text, flag, least, most);

const switchOf = (value: string | undefined): boolean | null => (value === undefined ? null : isOn(value));

function policyOf(text: string | undefined): SecretPolicy | null {
  if (text === undefined) return null;
  const policy = SECRET_POLICIES.find((known) => known === text);
  if (policy === undefined)
    throw new RepobaseError("usage", `--secrets takes ${SECRET_POLICIES.join(", ")}, not "${text}"`);
  return policy;
}
