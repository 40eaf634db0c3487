/**
 * Server-sent events, written and read (WHATWG HTML, 9.2): the stream may be cut anywhere, inside a character or a line end too.
 * Lines end with LF, CR or CRLF; comments and fields that are not known are passed over; an event without its empty line at the end
 * of the stream is dropped, as the standard says.
 */
import { RepobaseError } from "./errors.ts";

export interface StreamEvent {
  /** `message` where the stream does not say. */
  readonly event: string;
  /** Its `data` lines, joined by LF. */
  readonly data: string;
}

/** JSON has no line ends of its own, so one `data` line is enough. */
export const encodeEvent = (event: string, value: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`;

export class EventReader {
  readonly #decoder = new TextDecoder();
  readonly #maxEvent: number;
  #rest = "";
  #event = "";
  #data: string[] = [];
  #size = 0;

  /** @param maxEvent characters of one event, and of a line that has not ended */
  constructor(maxEvent = 1 << 20) {
    this.#maxEvent = maxEvent;
  }

  /** The events that end in these bytes. @throws RepobaseError `too_large` */
  push(bytes: Uint8Array): StreamEvent[] {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const events: StreamEvent[] = [];
    let from = 0;
    // of the rest it is known that no line ends in it, unless it ends with a CR
    for (let at = Math.max(0, this.#rest.length - 1); at < text.length; at++) {
      const char = text[at];
      if (char !== "\n" && char !== "\r") continue;
      // a CR that comes last may be half of a CRLF
      if (char === "\r" && at + 1 === text.length) break;
      const event = this.#line(text.slice(from, at));
      if (event) events.push(event);
      if (char === "\r" && text[at + 1] === "\n") at++;
      from = at + 1;
    }
    this.#rest = text.slice(from);
    if (this.#rest.length + this.#size > this.#maxEvent) throw tooLarge(this.#maxEvent);
    return events;
  }

  /** The stream ended: the event whose last line end, a CR alone, was waited for. */
  end(): StreamEvent[] {
    const events = this.#rest.endsWith("\r") ? [this.#line(this.#rest.slice(0, -1))] : [];
    this.#rest = "";
    return events.filter((event) => event !== undefined);
  }

  #line(line: string): StreamEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#event = value;
    if (field === "data") {
      this.#data.push(value);
      this.#size += value.length;
    }
    return undefined;
  }

  #dispatch(): StreamEvent | undefined {
    const event = { event: this.#event || "message", data: this.#data.join("\n") };
    const isOne = this.#data.length > 0;
    this.#event = "";
    this.#data = [];
    this.#size = 0;
    return isOne ? event : undefined;
  }
}

const tooLarge = (limit: number) =>
  new RepobaseError("too_large", `an event of the stream has more than ${limit} characters`, { fields: { limit } });

export interface EventReading {
  /** Characters of one event. */
  readonly maxEvent?: number;
  /** Told of all that comes, comments too. */
  readonly onBytes?: () => void;
  /** Ends the reading, with its reason, and the body. */
  readonly signal?: AbortSignal | undefined;
}

/** The events of a body. Whoever stops reading early ends the body. @throws RepobaseError `too_large`; what reading throws */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  { maxEvent, onBytes, signal }: EventReading = {},
): AsyncGenerator<StreamEvent> {
  const events = new EventReader(maxEvent);
  // not every browser can loop over a stream
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined); // a broken stream is ended already
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { value, done } = await reader.read();
      signal?.throwIfAborted();
      if (done) break;
      onBytes?.();
      yield* events.push(value);
    }
    yield* events.end();
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }
}
