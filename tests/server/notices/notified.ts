/** A server in this process with a clock of its own, over a bucket in memory, and spaces at it. */
import type { ListedNotice, NoticeList } from "../../../src/protocol/notice-api.ts";
import type { Scope } from "../../../src/protocol/roles.ts";
import { type AppOptions, createServer } from "../../../src/server/app.ts";
import type { Failure } from "../../../src/server/failure.ts";
import { issueKey } from "../../../src/server/key-store.ts";
import { MemoryStore } from "../../../src/store/memory-store.ts";
import { StatsStore } from "../../../src/store/with-stats.ts";
import { type Api, apiClientOver } from "../api-client.ts";

export const START = Date.parse("2026-11-25T12:00:00Z");
export const ORIGIN = "https://repobase.example";
export const ADMIN_TOKEN = "an-admin-token-of-some-length";

export function startNotified(options: Partial<AppOptions> = {}) {
  const clock = { now: START };
  const now = () => clock.now;
  const memory = new MemoryStore({ now });
  const store = new StatsStore(memory);
  const failures: Failure[] = [];
  const start = () =>
    createServer({
      store,
      adminToken: ADMIN_TOKEN,
      embedQuery: async () => undefined,
      onFailure: (failure) => failures.push(failure),
      ...options,
      identity: { now, ...options.identity },
    });
  const server = start();
  const over = (of: ReturnType<typeof start>, key: string): Api =>
    apiClientOver(async (request) => of.app.fetch(request), ORIGIN, key);
  return {
    clock,
    store,
    memory,
    failures,
    server,
    /** Another isolate over the same bucket: it remembers nothing. */
    restart: start,
    over,
    async space(userId: string, scopes: readonly Scope[] = ["read", "write", "notify", "admin"], label = "laptop") {
      return over(server, (await issueKey(memory, { userId, scopes, label })).apiKey);
    },
    admin: over(server, ADMIN_TOKEN),
  };
}

export const listOf = async (api: Api, query = ""): Promise<NoticeList> =>
  (await (await api(`/v1/notifications${query}`)).json()) as NoticeList;

export const titlesOf = async (api: Api): Promise<string[]> =>
  (await listOf(api)).notifications.map(({ title }) => title);

export const notify = (api: Api, body: object): Promise<Response> =>
  api("/v1/notifications", { method: "POST", body: JSON.stringify(body) });

export const noticeOf = async (answer: Response | Promise<Response>): Promise<ListedNotice> =>
  (await (await answer).json()) as ListedNotice;
