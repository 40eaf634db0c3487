/** The user's editor, opened at a line. Pure. */
import { basename } from "node:path";

/** How editors are told the line; all others, vi and nano among them, take `+12 file`. */
const PLACE_AS_SUFFIX: ReadonlySet<string> = new Set(["hx", "helix", "subl", "sublime_text", "zed"]);
const VSCODE: ReadonlySet<string> = new Set(["code", "code-insiders", "codium", "cursor", "windsurf"]);
/** Windows of their own: they return at once unless they are told to wait. */
const WITH_WINDOW: ReadonlySet<string> = new Set([...VSCODE, "subl", "sublime_text", "zed"]);

export interface EditorCommand {
  readonly command: readonly string[];
  /** It draws on this terminal. */
  readonly onTerminal: boolean;
}

/**
 * @param of.editor as `editorOf` says: a program and its flags
 * @param of.file absolute
 */
export function editorCommand(of: {
  readonly editor: string;
  readonly file: string;
  readonly line: number;
}): EditorCommand {
  const words = of.editor.trim().split(/\s+/);
  const name = basename(words[0] ?? "").replace(/\.exe$/i, "");
  const place = VSCODE.has(name)
    ? ["--goto", `${of.file}:${of.line}`]
    : PLACE_AS_SUFFIX.has(name)
      ? [`${of.file}:${of.line}`]
      : [`+${of.line}`, of.file];
  return { command: [...words, ...place], onTerminal: !WITH_WINDOW.has(name) };
}
