/**
 * Text that others wrote (paths, code, branch names, a server's words) must not command the terminal: a file name may
 * hold an escape sequence that retitles the window, fills the clipboard or hides what follows. On a terminal every such
 * character is shown as its code instead. Pipes and JSON get the text as it is.
 */

/**
 * What a terminal acts on, or what hides or reorders text: C0 without tab and line feed, DEL, C1; marks of direction;
 * zero-width characters but the two joiners that scripts and emoji need; line and paragraph separators; tags.
 */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- finding them is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** The text with every control character as `\x1b` or `\u{202e}`; tabs, line feeds and the CR of a CRLF stay. */
export function makeVisible(text: string): string {
  return text.replace(CONTROLS, (char, at: number) => (char === "\r" && text[at + 1] === "\n" ? char : codeOf(char)));
}

/** The same for what must stay on one line: a path, a branch. Its line feeds and tabs are shown too. */
export function makeNameVisible(name: string): string {
  return makeVisible(name)
    .replaceAll("\r\n", "\\r\\n")
    .replace(/[\n\t]/g, (char) => (char === "\n" ? "\\n" : "\\t"));
}

function codeOf(char: string): string {
  if (char === "\r") return "\\r";
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}
