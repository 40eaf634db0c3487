/** The events of one answer, put together. */
import type { ChatAnswer, ChatEvent, ChatSource, DoneEvent } from "./chat-api.ts";
import { RepobaseError } from "./errors.ts";

export class AnswerSoFar {
  text = "";
  warnings: readonly string[] = [];
  error: ChatAnswer["error"] = null;
  ended: DoneEvent | undefined;
  readonly sources: ChatSource[] = [];
  readonly tools: ChatAnswer["tools"][number][] = [];

  take(event: ChatEvent): void {
    if (event.type === "sources") {
      this.sources.push(...event.sources);
      this.warnings = event.warnings;
    } else if (event.type === "source") this.sources.push(event.source);
    else if (event.type === "text") this.text += event.text;
    else if (event.type === "tool") this.tools.push(withoutType(event));
    else if (event.type === "error") this.error = withoutType(event);
    else this.ended = event;
  }

  /** @throws RepobaseError `transient`: there was no end */
  whole(): ChatAnswer {
    const { text: answer, sources, warnings, tools, error, ended } = this;
    if (!ended) throw new RepobaseError("transient", "the answer broke off", { hint: "ask again" });
    return { answer, sources, warnings, tools, error, ...withoutType(ended) };
  }
}

function withoutType<T extends ChatEvent>(event: T): Omit<T, "type"> {
  const { type, ...rest } = event;
  void type;
  return rest;
}
