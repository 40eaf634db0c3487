/** What the server itself has to tell, in words. Texts that come from outside are cut: a branch or a name may be long. */
import { isRepobaseError } from "../../protocol/errors.ts";
import { shortCommit } from "../../protocol/ids.ts";
import type { IndexUpdated, PushRefused, QuotaNear, WebhookDisabled } from "../../protocol/notice-api.ts";
import type { Ref } from "../../protocol/ref.ts";
import { formatBytes, plural } from "../../text/figures.ts";
import { FORGOTTEN_PURGES } from "../move-ref.ts";
import type { QuotaCrossing } from "../usage-meter.ts";
import type { Draft, OnceDraft } from "./notice-store.ts";

const MAX_NAME = 100;
/** Of those that one push may move, the first so many are named. */
const MAX_BRANCHES = 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const cut = (text: string) => (text.length > MAX_NAME ? `${text.slice(0, MAX_NAME - 1)}…`.toWellFormed() : text);

/** undefined: no branch moved. */
export function indexUpdated(
  repo: string,
  of: { readonly before: Ref | undefined; readonly after: Ref; readonly by: string | null },
): Draft | undefined {
  const { before, after, by } = of;
  const heads = before?.heads ?? {};
  const moved = Object.entries(after.heads).filter(([name, commit]) => headIn(heads, name) !== commit);
  const gone = Object.keys(heads).filter((name) => !Object.hasOwn(after.heads, name));
  const branches = [
    ...moved.map(([name, commit]) => ({ name, commit })),
    ...gone.map((name) => ({ name, commit: null })),
  ];
  const [first] = branches;
  if (!first) return undefined;
  const name = cut(after.source.name);
  const what =
    branches.length > 1
      ? `${plural(branches.length, "branch", "branches")} changed`
      : first.commit === null
        ? `${cut(first.name)} is gone`
        : `${cut(first.name)} is at ${shortCommit(first.commit).slice(0, 10)}`;
  return {
    kind: "index.updated",
    title: `${name}: ${what}`,
    body: null,
    url: null,
    by,
    repo: { id: repo, name },
    branches: branches.slice(0, MAX_BRANCHES),
    generation: after.generation,
    device: cut(after.device),
  } satisfies Omit<IndexUpdated, "id" | "at">;
}

const headIn = (heads: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(heads, name) ? heads[name] : undefined;

const PUSH_ROUTE = /^\/v1\/(?:index|manifest|snapshots|refs)\/([^/]+)/;

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What a request that changes an index was refused for, once an hour. undefined: it is nothing to tell the space. */
export function pushRefused(
  error: unknown,
  of: { readonly path: string; readonly by: string | null; readonly now: number },
): OnceDraft | undefined {
  const repo = PUSH_ROUTE.exec(of.path)?.[1];
  const refused =
    isRepobaseError(error, "quota_exceeded") ||
    (isRepobaseError(error, "remote_moved") && error.fields["reason"] === FORGOTTEN_PURGES);
  if (repo === undefined || !refused) return undefined;
  const draft: Omit<PushRefused, "id" | "at"> = {
    kind: "push.refused",
    title: `${cut(repo)}: a push was refused`,
    body: [error.message, ...(error.hint ? [error.hint] : [])].map(sentence).join(" "),
    url: null,
    by: of.by,
    repo: { id: cut(repo), name: cut(repo) },
    code: error.code,
  };
  const about = String(error.fields["quota"] ?? error.fields["reason"] ?? "");
  return { draft, once: `push.refused ${repo} ${error.code} ${about} ${Math.floor(of.now / HOUR_MS)}` };
}

/** Once a day, for a space that goes back and forth about the line. @param now ms */
export function quotaNear(crossing: QuotaCrossing, now: number): OnceDraft {
  const { quota, percent, used, limit } = crossing;
  const words = {
    repos: `${used} of ${plural(limit, "repository", "repositories")}`,
    files: `${used} of ${plural(limit, "file")}`,
    bytes: `${formatBytes(used)} of ${formatBytes(limit)}`,
  };
  const draft: Omit<QuotaNear, "id" | "at"> = {
    kind: "quota.near",
    title: `${percent} % of the quota or more: ${words[quota]} used`,
    body: "At the limit, pushes are refused; what is there stays usable. Remove an index, or ask the server's admin for more.",
    url: null,
    by: null,
    quota,
    percent,
    used,
    limit,
  };
  return { draft, once: `quota.near ${quota} ${percent} ${limit} ${Math.floor(now / DAY_MS)}` };
}

export const webhookDisabled = (webhook: { readonly id: string; readonly url: string }, reason: string): Draft =>
  ({
    kind: "webhook.disabled",
    title: `a webhook to ${cut(new URL(webhook.url).host)} was disabled`,
    body: `${reason}. An admin of the space can enable it again.`,
    url: null,
    by: null,
    webhook: webhook.id,
  }) satisfies Omit<WebhookDisabled, "id" | "at">;
