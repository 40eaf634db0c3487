/** The picture of the search below the prompt: the question, results, the code of the selected one, a line of hints. Pure. */
import { selectedHit, type UiState } from "../model/state.ts";
import type { Glyphs } from "../view/glyphs.ts";
import { shownAs, type Weight } from "../view/looks.ts";
import { previewPane, resultsPane } from "../view/panes.ts";
import { cutStart, type Line, piece, row, visible } from "../view/pieces.ts";

/** As many rows as one takes in at a glance; a lower terminal has fewer. */
const MAX_ROWS = 14;
const CODE_ROWS = 4;
/** Lower, and only the results are shown. */
const CODE_FROM = 10;

export interface InlinePicture {
  readonly lines: readonly Line[];
  /** Column of the cursor in the first line. */
  readonly cursor: number;
}

const HINTS = (enter: string) => `${enter} takes it  Ctrl-O editor  Esc leaves`;

export function inlineLines(state: UiState, glyphs: Glyphs): InlinePicture {
  // one column is kept free: a full line would wrap when the window gets narrower by little
  const width = Math.max(1, state.width - 1);
  const height = Math.max(1, Math.min(MAX_ROWS, state.height - 2));
  const question = cutStart(`> ${visible(state.query)}`, Math.max(3, width - 1), glyphs.more);
  const first = row(width, [piece(question, "strong")], [piece(countOf(state), "dim")], glyphs.more);
  const body = Math.max(0, height - 2);
  const codeRows = height >= CODE_FROM && selectedHit(state) ? CODE_ROWS : 0;
  const results =
    body === 0 || state.results.length === 0 ? [] : resultsPane(state, { width, rows: body - codeRows }, glyphs);
  const code = codeRows === 0 ? [] : previewPane(state, { width, rows: codeRows }, glyphs);
  const last = height < 2 ? [] : [lastLine(state, width, glyphs)];
  return { lines: [first, ...results, ...code, ...last], cursor: Bun.stringWidth(question) };
}

function countOf({ results, resultAt, searching, query }: UiState): string {
  if (query.trim() === "") return "";
  if (results.length > 0) return ` ${resultAt + 1}/${results.length}`;
  return searching ? " searching" : " nothing found";
}

function lastLine({ message, warnings }: UiState, width: number, glyphs: Glyphs): Line {
  const [warning] = warnings;
  if (message) return row(width, [piece(message.text, message.tone === "error" ? "bad" : "strong")], [], glyphs.more);
  if (warning !== undefined) return row(width, [piece(warning, "warn")], [], glyphs.more);
  return row(width, [piece(HINTS(glyphs.enter), "dim")], [], glyphs.more);
}

const SGR: Readonly<Record<Weight, number>> = { bold: 1, dim: 2, underline: 4, inverse: 7 };

/** A line with its escape sequences. */
export const painted = (line: Line, colour: boolean): string =>
  line
    .filter(({ text }) => text !== "")
    .map(({ text, look }) => {
      const { colour: index, weights = [] } = shownAs(look, colour);
      const codes = [...weights.map((weight) => SGR[weight]), ...(index === undefined ? [] : [30 + index])];
      return codes.length === 0 ? text : `\u001b[${codes.join(";")}m${text}\u001b[0m`;
    })
    .join("");
