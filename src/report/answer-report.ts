/** Shows the events of one answer as they come; with `--json` all of them together. */
import { AnswerSoFar } from "../protocol/answer-so-far.ts";
import type { ChatEvent, Citation, CodePlace } from "../protocol/chat-api.ts";
import { ERROR_TABLE, type ErrorCode, RepobaseError } from "../protocol/errors.ts";
import { type AnswerLook, CitedText, formatCost, formatPlaces, formatSources } from "./cited-text.ts";
import type { Report } from "./report.ts";

const NO_MODEL =
  "no chat model is set, so these are the places that were found; for answers set REPOBASE_CHAT_BASE_URL and REPOBASE_CHAT_MODEL, or ask your server with --remote (docs/ASK.md)";
const NO_REMOTE_MODEL =
  "your space has no chat model, so these are the places that were found; an admin of the space can set one (docs/ASK.md)";

export interface ShownAnswer {
  readonly answer: string;
  readonly citations: readonly Citation[];
  /** Exit code. */
  readonly exit: number;
}

export class AnswerReport {
  readonly #report: Report;
  readonly #look: AnswerLook;
  readonly #text: CitedText;
  readonly #of: { readonly remote: boolean; readonly wantsModel: boolean };
  readonly #answer = new AnswerSoFar();

  constructor(
    report: Report,
    of: { remote: boolean; wantsModel: boolean; fileUrl: (place: CodePlace) => string | undefined },
  ) {
    this.#report = report;
    this.#of = of;
    this.#look = { style: report.style, fileUrl: of.fileUrl };
    this.#text = new CitedText(this.#look);
  }

  /** @throws what the events throw; `transient` when they break off */
  async show(events: AsyncIterable<ChatEvent>): Promise<ShownAnswer> {
    for await (const event of events) {
      this.#answer.take(event);
      this.#showEvent(event);
    }
    const whole = this.#answer.whole();
    this.#report.result(whole, this.#ending());
    const { error, answer, citations, reason, model } = whole;
    if (reason === "no_model" && this.#of.wantsModel) this.#report.info(this.#of.remote ? NO_REMOTE_MODEL : NO_MODEL);
    else if (reason === "cut" || reason === "length" || reason === "filtered") this.#report.warn(CUT[reason]);
    if (!error) return { answer, citations, exit: 0 };
    const exit = this.#report.error(errorOf(error));
    return { answer: model === null ? "" : answer, citations, exit };
  }

  #showEvent(event: ChatEvent): void {
    if (event.type === "sources") for (const source of event.sources) this.#text.know(source);
    if (event.type === "source") this.#text.know(event.source);
    if (event.type === "sources") for (const warning of event.warnings) this.#report.warn(warning);
    if (event.type === "tool")
      this.#report.info(`  ${event.name}${event.about === "" ? "" : ` ${event.about}`}${event.ok ? "" : ": nothing"}`);
    if (event.type === "text" && !this.#report.json) this.#report.raw(this.#text.push(event.text));
  }

  /** What comes after the text. */
  #ending(): string {
    const { text, ended, sources } = this.#answer;
    if (!ended || text.trim() === "") return formatSources(sources, this.#look);
    const { citations, unknown } = ended;
    const unfounded = unknown.length > 0 ? `no source has: ${unknown.map((n) => `[${n}]`).join(" ")}\n` : "";
    const cited =
      citations.length > 0 ? formatPlaces(citations, this.#look) : `found:\n${formatPlaces(sources, this.#look)}`;
    const cost = formatCost(ended);
    return `${this.#text.end()}\n\n${cited}${unfounded}${cost === "" ? "" : `${this.#look.style.dim(cost)}\n`}`;
  }
}

const CUT = {
  cut: "the model's answer broke off",
  length: "the answer is cut: it reached the longest that is allowed",
  filtered: "the model's provider held the answer back",
} as const;

function errorOf({ code, detail, hint, retryAfter }: NonNullable<AnswerSoFar["error"]>): RepobaseError {
  const known = Object.hasOwn(ERROR_TABLE, code) ? (code as ErrorCode) : "failure";
  return new RepobaseError(known, detail, { hint, fields: retryAfter === undefined ? {} : { retryAfter } });
}
