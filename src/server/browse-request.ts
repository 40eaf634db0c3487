/** What the requests for looking around have in common: which index, which page. */
import type { Context } from "hono";
import { RepobaseError } from "../protocol/errors.ts";
import { checkRepoId } from "../protocol/keys.ts";
import {
  decodePageCursor,
  encodePageCursor,
  type PageCursor,
  pageLimit,
  type PageQuestion,
} from "../search/browse/page-cursor.ts";
import type { AppEnv, Services } from "./app-env.ts";

/** The index that the path names, in the caller's part of the bucket. @throws RepobaseError `usage` */
export const askedIndex = (services: Services, c: Context<AppEnv>) => ({
  store: c.var.home,
  repo: checkRepoId(c.req.param("id") ?? ""),
  cache: services.views,
  owner: c.var.caller.userId,
  signal: c.req.raw.signal,
});

/** @throws RepobaseError `usage` */
export function required(c: Context<AppEnv>, name: string): string {
  const value = c.req.query(name);
  if (!value) throw new RepobaseError("usage", `the parameter ${name} is missing`);
  return value;
}

/** What of a list is asked for, and how its next part is named. @throws RepobaseError `usage` */
export function pageOf(c: Context<AppEnv>, question: PageQuestion) {
  const limit = pageLimit(c.req.query("limit"));
  const cursor: PageCursor | undefined = decodePageCursor(question, c.req.query("cursor"));
  return {
    cursor,
    part: { limit, after: cursor?.after },
    next: (after: string | null, commits: readonly string[]) =>
      after === null ? null : encodePageCursor(question, { after, commits }),
  };
}
