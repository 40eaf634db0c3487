/**
 * Puts the terminal back when this process can no longer do it: killed, or brought down by a native library. A shell that does
 * nothing but wait on a pipe, in a session of its own so that no signal for our group ends it, sees the pipe close.
 */
import type { Environment } from "../home/env.ts";

/**
 * What may have been switched on, switched off: other keyboards, mouse, focus, paste, synchronized output; then the cursor, plain
 * text, and last the screen that was there before.
 */
const RESTORE = [
  "\u001b[<u",
  "\u001b[>4;0m",
  ...[1000, 1002, 1003, 1004, 1006, 1016, 2004, 2026, 2027, 2031, 2048].map((mode) => `\u001b[?${mode}l`),
  "\u001b[?25h",
  "\u001b[0m",
  "\u001b[?1049l",
].join("");

const DEFAULT_PATH = "/usr/bin:/bin";

const SCRIPT = [
  "read -r word",
  '[ "$word" = done ] && exit 0',
  'printf "%b" "$1" >&3',
  // the terminal's settings, as they were; a shell that has set its own by now is not disturbed by these
  '[ -n "$2" ] && stty "$2" <&3 2>/dev/null',
  'printf "%s\\r\\n" "repobase was ended from outside; the terminal is as it was. Enter brings the prompt." >&3',
].join("\n");

export interface Guard {
  /** The terminal is as it was: there is nothing left to do. */
  dismiss(): Promise<void>;
}

/**
 * @param of.settings of the terminal before anything was changed, as `stty -g` gives them; empty: not known
 * @param of.restore what puts it back; absent: what the full screen needs
 * @param of.terminal its file descriptor; absent: standard output
 */
export function startGuard(of: {
  readonly env: Environment;
  readonly settings: string;
  readonly restore?: string;
  readonly terminal?: number;
}): Guard | undefined {
  if (process.platform === "win32") return undefined;
  const child = Bun.spawn(["/bin/sh", "-c", SCRIPT, "repobase-guard", escaped(of.restore ?? RESTORE), of.settings], {
    stdio: ["pipe", "ignore", "ignore", of.terminal ?? 1],
    env: { PATH: of.env.PATH ?? DEFAULT_PATH },
    detached: true,
  });
  child.unref();
  return {
    async dismiss() {
      child.stdin.write("done\n");
      await child.stdin.end();
      await child.exited;
    },
  };
}

/** Settings of a terminal, by its file descriptor: standard input where none is given; empty: it has none. */
export async function terminalSettings(env: Environment, terminal = 0): Promise<string> {
  if (process.platform === "win32") return "";
  const path = { PATH: env.PATH ?? DEFAULT_PATH };
  const child = Bun.spawn(["/bin/sh", "-c", "stty -g"], { stdio: [terminal, "pipe", "ignore"], env: path });
  const text = await new Response(child.stdout).text();
  return (await child.exited) === 0 ? text.trim() : "";
}

const escaped = (text: string): string => text.replaceAll("\u001b", "\\033").replaceAll("\r", "\\r");
