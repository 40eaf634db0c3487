/** What a push says, as a notification: whatever comes, something can be shown, and a click leads to this page alone. Pure. */
import type { PushMessage } from "../../protocol/notice-api.ts";

export interface ShownNotice {
  readonly title: string;
  readonly body: string;
  /** The same notice again takes the place of the first. */
  readonly tag: string;
  /** Of this page. */
  readonly address: string;
  /** ms since the epoch; undefined: not said. */
  readonly at: number | undefined;
}

/** Longer ones are cut by every system. */
const MAX_TITLE = 200;
const MAX_BODY = 500;

/** @param text of the push; undefined: it has none. Who pushes is known by the key, but a server may be of another version */
export function readPushMessage(text: string | undefined): ShownNotice {
  const message = parse(text);
  const words = (value: unknown) => (typeof value === "string" ? value : "");
  const title = words(message.title).slice(0, MAX_TITLE);
  const space = words(message.space);
  const at = Date.parse(words(message.at));
  return {
    title: title.trim() === "" ? "Repobase" : title,
    body: title.trim() === "" ? "Something happened in your space." : words(message.body).slice(0, MAX_BODY),
    tag: words(message.id) || "repobase",
    address: `/?view=notifications${space === "" ? "" : `&space=${encodeURIComponent(space)}`}`,
    at: Number.isNaN(at) ? undefined : at,
  };
}

function parse(text: string | undefined): { readonly [Field in keyof PushMessage]?: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** What a service worker tells the page: a notice has come, or one was clicked. */
export interface WorkerWord {
  /** An address of this page. */
  readonly open?: string;
}
