/** What an endpoint's refusal means to people: which error, what to do, and what the endpoint itself says. */
import { RepobaseError } from "../protocol/errors.ts";
import { messageOf } from "./read-model-stream.ts";

const DEFAULT_WAIT = 2;

/** @param now ms. @returns seconds that a `Retry-After` asks for; where there is none, a moment */
export function waitOf(header: string | null, now: number): number {
  if (header === null || header.trim() === "") return DEFAULT_WAIT;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const until = Date.parse(header);
  return Number.isNaN(until) ? DEFAULT_WAIT : Math.max(0, Math.ceil((until - now) / 1000));
}

/**
 * @param of.said the body of the answer
 * @returns with the field `said`, the endpoint's own words, for whoever the endpoint is of
 */
export function refusal(of: { status: number; said: string; wait: number; key: string }): RepobaseError {
  const { status, wait } = of;
  const said = wordsOf(of.said, of.key);
  const fields = { status, said };
  if (status === 401 || status === 403)
    return new RepobaseError("model_failed", `the model's endpoint refused the key (${status})`, {
      hint: "check the key of the chat model, and whether it may use this model",
      fields,
    });
  if (status === 429)
    return new RepobaseError("rate_limited", `the model's endpoint takes no more questions now; wait ${wait} s`, {
      hint: "wait, then ask again; or check the plan and the credit of the model's key",
      fields: { ...fields, retryAfter: wait },
    });
  if (status >= 500)
    return new RepobaseError("transient", `the model's endpoint failed (${status})`, {
      hint: "ask again later",
      fields,
    });
  const what = status >= 300 && status < 400 ? "sends the question to another address" : "refused the question";
  return new RepobaseError("model_failed", `the model's endpoint ${what} (${status})`, {
    hint: "check the address and the name of the chat model",
    fields,
  });
}

/** Without the key, which some repeat; without web pages. */
function wordsOf(body: string, key: string): string {
  if (body.trim() === "" || body.trimStart().startsWith("<")) return "";
  let value: unknown = body;
  try {
    value = JSON.parse(body);
  } catch {
    // plain words
  }
  const words = messageOf(value);
  return key === "" ? words : words.replaceAll(key, "(the key)");
}
