/** The signs that the screen is drawn with: Unicode, and the same in ASCII. */
import type { Environment } from "../../home/env.ts";
import { hasUnicode } from "../../report/terminal-kind.ts";

export interface Glyphs {
  readonly cloud: string;
  readonly ahead: string;
  readonly behind: string;
  readonly local: string;
  readonly pointer: string;
  readonly more: string;
  readonly dot: string;
  readonly on: string;
  readonly off: string;
  readonly enter: string;
  readonly upDown: string;
  /** Corners, sides and joints of a box, in the order of OpenTUI's names. */
  readonly box: {
    readonly topLeft: string;
    readonly topRight: string;
    readonly bottomLeft: string;
    readonly bottomRight: string;
    readonly horizontal: string;
    readonly vertical: string;
    readonly topT: string;
    readonly bottomT: string;
    readonly leftT: string;
    readonly rightT: string;
    readonly cross: string;
  };
}

const boxOf = (corners: string, [horizontal = "", vertical = "", cross = ""]: string): Glyphs["box"] => {
  const [topLeft = "", topRight = "", bottomLeft = "", bottomRight = ""] = corners;
  return {
    topLeft,
    topRight,
    bottomLeft,
    bottomRight,
    horizontal,
    vertical,
    topT: cross,
    bottomT: cross,
    leftT: cross,
    rightT: cross,
    cross,
  };
};

const UNICODE: Glyphs = {
  cloud: "☁",
  ahead: "↑",
  behind: "↓",
  local: "·",
  pointer: "▸",
  more: "…",
  dot: "•",
  on: "●",
  off: "○",
  enter: "⏎",
  upDown: "↑↓",
  box: boxOf("┌┐└┘", "─│┼"),
};

const ASCII: Glyphs = {
  cloud: "@",
  ahead: "+",
  behind: "-",
  local: ".",
  pointer: ">",
  more: "~",
  dot: "*",
  on: "[x]",
  off: "[ ]",
  enter: "Enter",
  upDown: "Up/Down",
  box: boxOf("++++", "-|+"),
};

export const glyphsFor = (env: Environment): Glyphs => (hasUnicode(env) ? UNICODE : ASCII);
