/** The chat model that the environment names: of `repobase ask` here, and of `repobase serve` for spaces that have none of their own. */
import type { ChatModel } from "../../chat/model.ts";
import { modelFromSettings } from "../../chat/model-settings.ts";
import type { Home } from "../../home/home.ts";
import { checkEndpoint } from "../../remote/endpoint.ts";

/** undefined: none is set. @throws RepobaseError `usage` */
export function ownModel(home: Home): ChatModel | undefined {
  const { env } = home;
  const settings = {
    baseUrl: env.REPOBASE_CHAT_BASE_URL,
    model: env.REPOBASE_CHAT_MODEL,
    key: env.REPOBASE_CHAT_KEY,
    prices: env.REPOBASE_CHAT_PRICES,
  };
  return modelFromSettings(settings, (url) => checkEndpoint(url, home.remoteSettings()));
}
