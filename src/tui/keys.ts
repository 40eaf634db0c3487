/** A key of OpenTUI's or of Node's by the one name that the tables use: `ctrl-k`, `shift-tab`, `f2`, `a`, `G`. */

export interface TerminalKey {
  /** Node leaves it out where a key has none. */
  readonly name?: string | undefined;
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
  readonly sequence: string;
}

const NAMES: Readonly<Record<string, string | undefined>> = {
  return: "enter",
  kpenter: "enter",
  linefeed: "enter",
  esc: "escape",
};

export interface Pressed {
  readonly key: string;
  /** What it types; empty: nothing. */
  readonly text: string;
}

export function pressed({ name = "", ctrl, meta, shift, sequence }: TerminalKey): Pressed {
  const isText = !ctrl && !meta && Array.from(sequence).length === 1 && sequence >= " " && sequence !== "\u007f";
  if (isText) return { key: sequence === " " ? "space" : sequence, text: sequence };
  const plain = NAMES[name] ?? name;
  if (plain === "space" && !ctrl && !meta) return { key: "space", text: " " };
  if (plain === "escape") return { key: plain, text: "" }; // Node has Alt with it
  const isLetter = plain.length === 1;
  // with the kitty protocol a letter comes as a code, not as itself
  if (isLetter && !ctrl && !meta) {
    const letter = shift ? plain.toUpperCase() : plain;
    return { key: letter, text: letter };
  }
  const key = `${ctrl ? "ctrl-" : ""}${meta ? "alt-" : ""}${shift && !isLetter ? "shift-" : ""}${plain}`;
  return { key, text: "" };
}
