/** A key of OpenTUI's by the one name that the tables use: `ctrl-k`, `shift-tab`, `f2`, `a`, `G`. */
import type { KeyEvent } from "@opentui/core";

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

export function pressed({ name, ctrl, meta, shift, sequence }: KeyEvent): Pressed {
  const isText = !ctrl && !meta && Array.from(sequence).length === 1 && sequence >= " " && sequence !== "\u007f";
  if (isText) return { key: sequence === " " ? "space" : sequence, text: sequence };
  const plain = NAMES[name] ?? name;
  if (plain === "space" && !ctrl && !meta) return { key: "space", text: " " };
  const isLetter = plain.length === 1;
  // with the kitty protocol a letter comes as a code, not as itself
  if (isLetter && !ctrl && !meta) {
    const letter = shift ? plain.toUpperCase() : plain;
    return { key: letter, text: letter };
  }
  const key = `${ctrl ? "ctrl-" : ""}${meta ? "alt-" : ""}${shift && !isLetter ? "shift-" : ""}${plain}`;
  return { key, text: "" };
}
