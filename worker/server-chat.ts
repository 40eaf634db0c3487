/** The chat model that the operator set for all spaces: an OpenAI-compatible endpoint, or, without an address, one of Workers AI. */
import { modelFromSettings, parseChatLimits, parsePrices } from "../src/chat/model-settings.ts";
import { isLoopbackHost } from "../src/server/private-address.ts";
import { RepobaseError } from "../src/protocol/errors.ts";
import type { ServerChat } from "../src/server/chat/server-chat.ts";
import { type WorkersAiRun, workersAiChat } from "./workers-ai-chat.ts";

type Settings = Pick<
  Cloudflare.Env,
  "CHAT_BASE_URL" | "CHAT_MODEL" | "CHAT_API_KEY" | "CHAT_PRICES" | "CHAT_QUESTIONS_PER_DAY"
>;

/** Names of Workers AI's models begin so. */
const WORKERS_AI = "@cf/";

/** @throws RepobaseError `usage`: the Worker does not start, which a deployment says */
export function serverChat(env: Settings, ai: WorkersAiRun | undefined): ServerChat | undefined {
  const { CHAT_BASE_URL: baseUrl, CHAT_MODEL: name, CHAT_API_KEY: key, CHAT_PRICES: prices } = env;
  const limits = parseChatLimits(env.CHAT_QUESTIONS_PER_DAY);
  if (ai && !baseUrl && name?.startsWith(WORKERS_AI))
    return { model: workersAiChat(ai, { model: name, prices: parsePrices(prices) }), limits };
  const model = modelFromSettings({ baseUrl, model: name, key, prices }, checkAddress);
  return model && { model, limits };
}

function checkAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopbackHost(url.hostname));
  if (!url || !isSafe)
    throw new RepobaseError("usage", `CHAT_BASE_URL must be an https address: ${JSON.stringify(text)}`);
  return url.href;
}
