/** What stands in a window over the screen: its title and its rows. Pure. */
import { shortCommit } from "../../protocol/ids.ts";
import { ageText } from "../../text/age.ts";
import { ACTIONS } from "../model/actions.ts";
import { type CloudRow, cloudRows } from "../model/cloud-rows.ts";
import { firstShown, modalRect, type Rect } from "../model/layout.ts";
import { FILTER_FIELDS, paletteActions } from "../model/update-modal.ts";
import type { Modal, UiState } from "../model/state.ts";
import type { Glyphs } from "./glyphs.ts";
import { type Line, piece, row, select, wrap } from "./pieces.ts";

export interface Shown {
  readonly title: string;
  readonly rect: Rect;
  readonly lines: readonly Line[];
}

type Of<K extends Modal["kind"]> = Extract<Modal, { kind: K }>;
/** Rows, and the one that is chosen: it stays on the screen. */
interface Content {
  readonly title: string;
  readonly width: number;
  /** Given the columns inside the border. */
  readonly rows: (width: number) => readonly Line[];
  readonly at: number | null;
  readonly top?: number;
}

export function windowOf(state: UiState, modal: Modal, glyphs: Glyphs, now: number): Shown {
  const content = contentOf(state, modal, glyphs, now);
  const inner = modalRect(state, { width: content.width, rows: 0 }).width - 2;
  const rows = content.rows(inner);
  const rect = modalRect(state, { width: content.width, rows: rows.length });
  const room = rect.height - 2;
  const from =
    content.at === null
      ? Math.min(content.top ?? 0, Math.max(0, rows.length - room))
      : firstShown(rows.length, content.at, room);
  return { title: content.title, rect, lines: rows.slice(from, from + room) };
}

function contentOf(state: UiState, modal: Modal, glyphs: Glyphs, now: number): Content {
  switch (modal.kind) {
    case "help":
      return { title: "Keys", width: 72, at: null, top: modal.top, rows: (width) => helpRows(width, glyphs) };
    case "log":
      return { title: "Messages", width: 100, at: null, top: modal.top, rows: (width) => logRows(state, width) };
    case "confirm":
      return { title: "Sure?", width: 60, at: null, rows: (width) => confirmRows(modal, width) };
    case "palette":
      return { title: "Commands", width: 64, at: modal.at + 1, rows: (width) => paletteRows(modal, width, glyphs) };
    case "filters":
      return { title: "Filters", width: 60, at: modal.at, rows: (width) => filterRows(modal, width, glyphs) };
    case "commits":
      return {
        title: "Indexed commits",
        width: 76,
        at: modal.at,
        rows: (width) => commitRows(modal, width, glyphs, now),
      };
    case "cloud":
      return cloudContent(state, modal, glyphs);
  }
}

/** Beside the actions: how one moves about. */
const MOVING = [
  ["arrows, j k", "move; in the question the arrows move over the results"],
  ["Tab, Shift-Tab", "next pane, previous pane"],
  ["PgUp PgDn, g G", "ten rows; first, last"],
  ["Esc", "back; in the question: empty it, then search all repositories again"],
  ["click, wheel", "choose, move; a double click opens"],
] as const;

const SIGNS =
  "In the list: synced; + ahead of the cloud, - behind it (arrows where the terminal shows them); local: not enabled for the cloud; * the folder has changed since it was indexed.";

function helpRows(width: number, { ahead, behind }: Glyphs): Line[] {
  const entry = (keys: string, text: string): Line[] =>
    wrap(text, Math.max(10, width - 18)).map((part, i) => [
      piece(` ${(i === 0 ? keys : "").padEnd(16)} `, "accent"),
      piece(part),
    ]);
  const actions = ACTIONS.flatMap(({ keys, title }) => entry(keys.map(keyName).join(" "), title));
  const moving = MOVING.flatMap(([keys, text]) => entry(keys, text));
  const signs = SIGNS.replace("+ ahead", `${ahead} ahead`)
    .replace("- behind", `${behind} behind`)
    .replace(" (arrows where the terminal shows them)", "");
  return [...moving, [], ...actions, [], ...wrap(signs, width - 2).map((text): Line => [piece(` ${text}`, "dim")])];
}

/** As it is printed on the key. */
export function keyName(key: string): string {
  if (key.startsWith("ctrl-")) return `Ctrl-${key.slice(5).toUpperCase()}`;
  if (/^f\d+$/.test(key)) return key.toUpperCase();
  return { enter: "Enter", space: "Space" }[key] ?? key;
}

function logRows({ log }: UiState, width: number): Line[] {
  if (log.length === 0) return [[piece(" nothing yet", "dim")]];
  return log.toReversed().flatMap((line) => wrap(line, width - 2).map((text): Line => [piece(` ${text}`)]));
}

const confirmRows = ({ question }: Of<"confirm">, width: number): Line[] => [
  ...wrap(question, width - 2).map((text): Line => [piece(` ${text}`)]),
  [],
  [piece(" y", "accent"), piece(" yes   "), piece("n", "accent"), piece(" no")],
];

function paletteRows({ text, at }: Of<"palette">, width: number, glyphs: Glyphs): Line[] {
  const actions = paletteActions(text).map(({ title, keys }, i) =>
    select(row(width, [piece(` ${title}`)], [piece(`${keyName(keys[0] ?? "")} `, "dim")], glyphs.more), i === at),
  );
  return [[piece(" > ", "accent"), piece(text), piece("_", "accent")], ...actions];
}

const FILTER_NAMES = { mode: "Mode", path: "Path", lang: "Language", ref: "Commit" } as const;
const FILTER_HELP = {
  mode: "left, right: keyword, semantic, hybrid",
  path: "a glob, such as src/**",
  lang: "such as typescript",
  ref: "a branch, tag or commit; worktree",
} as const;

function filterRows({ at, draft }: Of<"filters">, width: number, glyphs: Glyphs): Line[] {
  const fields = FILTER_FIELDS.map((field, i): Line => {
    const isHere = i === at;
    const value = draft[field];
    return row(
      width,
      [
        piece(isHere ? `${glyphs.pointer} ` : "  ", "accent"),
        piece(FILTER_NAMES[field].padEnd(10), isHere ? "strong" : "plain"),
        piece(value),
        piece(isHere && field !== "mode" ? "_" : "", "accent"),
      ],
      value === "" || field === "mode" ? [piece(`${FILTER_HELP[field]} `, "dim")] : [],
      glyphs.more,
    );
  });
  return [...fields, [], [piece("  Enter searches, Esc leaves it as it was", "dim")]];
}

function commitRows({ commits, at }: Of<"commits">, width: number, glyphs: Glyphs, now: number): Line[] {
  const newest = select(row(width, [piece("   what was indexed last")]), at === 0);
  if (commits === null) return [newest, [piece("   reading", "dim")]];
  const rows = commits.map(({ commit, branches, tags, pushedAt, fileCount }, i) => {
    const names = [...branches, ...tags].join(" ");
    const left: Line = [piece(`   ${shortCommit(commit)}  `, "accent"), piece(names)];
    const right: Line = [piece(`${fileCount} files  ${ageText(pushedAt, now)} `, "dim")];
    return select(row(width, left, right, glyphs.more), at === i + 1);
  });
  return [newest, ...rows];
}

/** Rows above the first that can be chosen. */
const CLOUD_HEAD = 2;

function cloudContent(state: UiState, modal: Of<"cloud">, glyphs: Glyphs): Content {
  const { cloud } = state;
  const who = cloud.signedIn
    ? `signed in as ${cloud.userId === "" ? "the key's user" : cloud.userId}`
    : "not signed in";
  return {
    title: `${glyphs.cloud} Cloud`,
    width: 66,
    at: modal.at + CLOUD_HEAD,
    rows: (width) => [
      [piece(` ${who}`, cloud.signedIn ? "good" : "dim")],
      [],
      ...cloudRows(state).map((entry, i) => cloudRow(entry, { state, modal, glyphs, width, isHere: i === modal.at })),
      [],
      ...deviceRows(modal, width),
      ...(state.message
        ? wrap(state.message.text, width - 2).map((text): Line => [
            piece(` ${text}`, state.message?.tone === "error" ? "bad" : "strong"),
          ])
        : []),
      [piece(" Enter does it, Space switches, Esc closes", "dim")],
    ],
  };
}

function deviceRows({ device, busy }: Of<"cloud">, width: number): Line[] {
  const code: Line[] = device
    ? [
        ...wrap(`open ${device.url} and type in this code:`, width - 2).map((text): Line => [piece(` ${text}`)]),
        [piece("   "), piece(device.code, "match"), piece(`   good for ${device.minutes} minutes`, "dim")],
      ]
    : [];
  return busy === null ? code : [...code, [piece(` ${busy}; Esc stops`, "accent")]];
}

function cloudRow(
  entry: CloudRow,
  of: { state: UiState; modal: Of<"cloud">; glyphs: Glyphs; width: number; isHere: boolean },
): Line {
  const { state, modal, glyphs, width, isHere } = of;
  const mark = piece(isHere ? `${glyphs.pointer} ` : "  ", "accent");
  const look = isHere ? "strong" : "plain";
  const cursor = piece(isHere ? "_" : "", "accent");
  const toggle = (on: boolean) => piece(on ? `${glyphs.on} ` : `${glyphs.off} `, on ? "good" : "dim");
  switch (entry.kind) {
    case "field": {
      const value = entry.field === "key" ? glyphs.dot.repeat(Array.from(modal.key).length) : modal.endpoint;
      const kept =
        entry.field === "key" && modal.key === "" && state.cloud.signedIn
          ? piece(glyphs.dot.repeat(8), "dim")
          : piece(value);
      return row(
        width,
        [mark, piece(entry.field === "key" ? "API key   " : "Server    ", look), kept, cursor],
        [],
        glyphs.more,
      );
    }
    case "sign-in":
      return row(width, [mark, piece("Sign in with the key", look)]);
    case "sign-in-github":
      return row(width, [mark, piece("Sign in with GitHub: a code to type in there", look)]);
    case "sign-out":
      return row(width, [mark, piece("Sign out", look)]);
    case "global":
      return row(width, [mark, toggle(state.cloud.enabled), piece("cloud sync on this machine", look)]);
    case "repo":
      return row(width, [mark, toggle(entry.repo.cloudEnabled), piece(entry.repo.name, look)], [], glyphs.more);
  }
}
