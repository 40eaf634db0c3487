/** The signs that the screen is drawn with: Unicode, and the same in ASCII. */
import type { Environment } from "../../home/env.ts";

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

/** Unicode, unless the locale says that the terminal shows none, or REPOBASE_ASCII that it is not wanted. */
export function glyphsFor(env: Environment): Glyphs {
  const off = env.REPOBASE_ASCII;
  if (off !== undefined && !["", "0", "false"].includes(off.toLowerCase())) return ASCII;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  // none is set where nobody chose one: Windows, a service, a container; terminals there show UTF-8 all the same
  return !locale || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
