/** The last line: how this machine stands to the cloud, what runs, and how long the last answer took. */
import { NARROW } from "../model/layout.ts";
import type { Job, UiState } from "../model/state.ts";
import type { Glyphs } from "./glyphs.ts";
import { formatBytes } from "../../text/figures.ts";
import { type Line, type Look, piece, row } from "./pieces.ts";

const PENDING: ReadonlySet<string> = new Set(["ahead", "behind", "diverged", "unrelated"]);

/** As the request for the status bar says it: "☁ Synced", "☁ 2 pending"; or why that is not known. */
export function cloudWords({ cloud, repos, sync }: UiState, { cloud: sign }: Glyphs): { text: string; look: Look } {
  if (!cloud.signedIn) return { text: "not signed in", look: "dim" };
  if (!cloud.enabled) return { text: `${sign} sync is off`, look: "dim" };
  const words = repos.filter(({ cloudEnabled }) => cloudEnabled).map(({ id }) => sync[id]?.word ?? "checking");
  if (words.length === 0) return { text: `${sign} nothing enabled`, look: "dim" };
  if (words.includes("offline")) return { text: "offline", look: "warn" };
  const failed = words.filter((word) => word === "error").length;
  if (failed > 0) return { text: `! ${failed} failed`, look: "bad" };
  const pending = words.filter((word) => PENDING.has(word)).length;
  if (pending > 0) return { text: `${sign} ${pending} pending`, look: "warn" };
  return words.includes("checking")
    ? { text: `${sign} checking`, look: "dim" }
    : { text: `${sign} Synced`, look: "good" };
}

const DOING = { push: "pushing", pull: "pulling", index: "indexing" } as const;

/** `indexing api 63 % 1.2k/s 4 s` */
export function jobWords({ kind, repoId, step, cancelling }: Job, nameOf: (id: string) => string): string {
  const what = cancelling ? `cancelling ${kind} of ${nameOf(repoId)}` : `${DOING[kind]} ${nameOf(repoId)}`;
  if (!step || cancelling) return what;
  const label = step.label === DOING[kind] ? "" : ` (${step.label})`;
  const { perSecond, secondsLeft } = step.pace;
  const speed = perSecond === null || perSecond < 1 ? "" : ` ${amount(perSecond, step.unit)}/s`;
  if (step.total <= 0) {
    const count = step.unit === "bytes" ? amount(step.done, "bytes") : `${step.done} ${step.unit}`;
    return `${what}${label}${step.unit === "" ? "" : ` ${count}`}${speed}`;
  }
  const left = secondsLeft === null ? "" : ` ${Math.ceil(secondsLeft)} s`;
  return `${what}${label} ${Math.floor((100 * step.done) / step.total)} %${speed}${left}`;
}

const amount = (count: number, unit: string): string =>
  unit === "bytes" ? formatBytes(Math.round(count)) : short(count);

const short = (count: number): string => (count < 1000 ? `${Math.round(count)}` : `${(count / 1000).toFixed(1)}k`);

export function statusLine(state: UiState, glyphs: Glyphs): Line {
  const cloud = cloudWords(state, glyphs);
  const nameOf = (id: string) => state.repos.find((repo) => repo.id === id)?.name ?? id;
  const jobs = state.jobs.map((job) => piece(`   ${jobWords(job, nameOf)}`, "accent"));
  const took = state.searching ? "searching" : state.tookMs === null ? "" : `${Math.round(state.tookMs)} ms`;
  const isShort = state.width < NARROW && (state.watching || jobs.length > 0);
  const right = `${took === "" ? "" : `${took}  `}F1 keys ${isShort ? "" : " F2 cloud "}`;
  const watch = state.watching
    ? [piece(`   watching${state.watched === null || state.width < NARROW ? "" : ` ${state.watched}`}`, "dim")]
    : [];
  return row(state.width, [piece(` ${cloud.text}`, cloud.look), ...jobs, ...watch], [piece(right, "dim")], glyphs.more);
}

/** The line above it: what was said last, else what the keys of this pane do. */
export function messageLine(state: UiState, hints: string, glyphs: Glyphs): Line {
  const { message } = state;
  if (message)
    return row(state.width, [piece(` ${message.text}`, message.tone === "error" ? "bad" : "strong")], [], glyphs.more);
  return row(state.width, [piece(` ${hints}`, "dim")], [], glyphs.more);
}
