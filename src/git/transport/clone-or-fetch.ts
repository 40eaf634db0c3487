/**
 * Brings one branch of a remote to this machine: a shallow clone into a bare gitdir, or a fetch into the one that is there.
 * A clone is made beside its place and renamed, so it is there whole or not at all. A fetch moves our branch only after
 * its commit was read back, so a broken one changes nothing that a reader sees. Old commits stay in their packs.
 * Credentials live in memory for the request; the remote is stored without them.
 */
import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { installFolder, makeFolderFor } from "../../files/replace-folder.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { type Credentials, parseRemoteUrl, type RemoteUrl } from "./canonical-url.ts";
import type { Advertisement } from "./advertisement.ts";
import { createHttpClient, GitHttpError, type GitHttpClient } from "./http-client.ts";
import { indexPack } from "../objects/index-pack.ts";
import { ObjectReader } from "../objects/object-reader.ts";
import { parseCommit } from "../objects/parse-commit.ts";
import { resolveFullRef } from "../objects/refs.ts";
import { isSameHost } from "./redirects.ts";
import { type ChosenRef, chooseRef } from "./remote-refs.ts";
import { createTransportFs, PackArrived } from "./transport-fs.ts";
import { writeRef } from "./write-ref.ts";

export interface GitProgress {
  /** `receiving`, `counting objects`, `compressing objects` (by the server), `indexing objects`, `resolving deltas`. */
  readonly phase: string;
  readonly loaded: number;
  /** 0: not known. */
  readonly total: number;
  readonly unit: "objects" | "bytes";
}

export interface CloneOrFetchOptions {
  /** http or https. Credentials in it are used and forgotten. */
  readonly url: string;
  /** Where the bare repository is, or shall be. Its parent is made when missing. */
  readonly gitdir: string;
  /** A branch, or a tag; null: the branch the remote's HEAD names. */
  readonly branch?: string | null;
  /** Asked at most once, where the URL has no credentials and its host wants some. Never for a host that it redirects to. */
  readonly askCredentials?: ((url: string) => Promise<Credentials | null>) | undefined;
  readonly onProgress?: (progress: GitProgress) => void;
  /** Told of each request. */
  readonly trace?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which the server counts as gone. Servers that count objects send a sign of life every 5 s. */
  readonly silenceMs?: number;
}

export interface CloneOrFetchResult {
  readonly commit: string;
  readonly branch: string;
  readonly action: "cloned" | "fetched" | "unchanged";
  /** Bytes received. */
  readonly bytes: number;
  /** All branches and tags that the remote has now. */
  readonly offered: Pick<Advertisement, "refs" | "head">;
}

const SILENCE_MS = 120_000;

/**
 * @throws RepobaseError `usage` (a scheme we do not speak), `not_a_repository`, `unauthorized` (private, or wrong
 *   credentials), `ref_not_found` (no such branch, or no commits), `transient` (network, server trouble, broken transfer),
 *   `rate_limited`, `unsupported_remote`, `untrusted_certificate`, `no_space`, `home_unwritable`, `interrupted` (the signal)
 */
export async function cloneOrFetch(options: CloneOrFetchOptions): Promise<CloneOrFetchResult> {
  const remote = parseRemoteUrl(options.url);
  let bytes = 0;
  const http = createHttpClient({
    remote,
    askCredentials: options.askCredentials,
    signal: options.signal,
    trace: options.trace,
    silenceMs: options.silenceMs ?? SILENCE_MS,
    onBytes(total) {
      bytes = total;
      options.onProgress?.({ phase: "receiving", loaded: total, total: 0, unit: "bytes" });
    },
  });
  const run: Run = { options, remote, http };
  let chosen: ChosenRef | undefined;
  try {
    const offered = await http.listRefs();
    chosen = chooseRef({ offered, wanted: options.branch ?? null, url: remote.url });
    const action = await bring(run, chosen);
    return { commit: chosen.commit, branch: chosen.branch, action, bytes, offered };
  } catch (error) {
    throw explain(error, run, chosen !== undefined);
  }
}

interface Run {
  readonly options: CloneOrFetchOptions;
  readonly remote: RemoteUrl;
  readonly http: GitHttpClient;
}

async function bring(run: Run, chosen: ChosenRef): Promise<CloneOrFetchResult["action"]> {
  const { gitdir } = run.options;
  if (statSync(join(gitdir, "HEAD"), { throwIfNoEntry: false }) === undefined) {
    if (await clone(run, chosen)) return "cloned";
    // Another process was faster: its clone is as good as ours, once it has our commit.
  }
  if (resolveFullRef(gitdir, chosen.name)?.id === chosen.object && isReadable(gitdir, chosen.commit)) {
    await pointHead(gitdir, chosen);
    return "unchanged";
  }
  await fetchInto(run, gitdir, chosen);
  return "fetched";
}

/** @returns false when the place was taken meanwhile */
async function clone(run: Run, chosen: ChosenRef): Promise<boolean> {
  const { gitdir } = run.options;
  const temp = await makeFolderFor(gitdir);
  try {
    const git = await import("isomorphic-git");
    const fs = createTransportFs(temp);
    await git.init({ fs, dir: temp, gitdir: temp, bare: true, defaultBranch: chosen.branch });
    await git.addRemote({ fs, gitdir: temp, remote: "origin", url: run.remote.url });
    await fetchInto(run, temp, chosen);
    return await installFolder(temp, gitdir);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

async function fetchInto(run: Run, gitdir: string, chosen: ChosenRef): Promise<void> {
  const pack = await receivePack(run, gitdir, chosen);
  if (pack !== null) await indexReceived(run, gitdir, pack);
  if (!isReadable(gitdir, chosen.commit))
    throw new RepobaseError("transient", `"${run.remote.url}" did not send all of commit ${chosen.commit}`, {
      hint: "run it again",
    });
  await writeRef(gitdir, chosen.name, { id: chosen.object });
  await pointHead(gitdir, chosen);
}

/** @returns where the pack lies, whole but without an index; null: the server sent none */
async function receivePack({ options, remote, http }: Run, gitdir: string, chosen: ChosenRef): Promise<string | null> {
  const git = await import("isomorphic-git");
  try {
    await git.fetch({
      fs: createTransportFs(gitdir),
      http: http.fetchOnly({ name: chosen.name, id: chosen.object, peeled: null }),
      gitdir,
      url: remote.url,
      remote: "origin",
      ref: "HEAD", // what we tell the server we have
      remoteRef: chosen.name,
      singleBranch: true,
      depth: 1,
      tags: false,
      // the server's own messages
      onProgress: ({ phase, loaded, total }) =>
        options.onProgress?.({ phase: phase.toLowerCase(), loaded, total, unit: "objects" }),
    });
    return null;
  } catch (error) {
    if (error instanceof PackArrived) return error.path;
    throw error;
  }
}

async function indexReceived({ options }: Run, gitdir: string, pack: string): Promise<void> {
  const objects = new ObjectReader(gitdir);
  try {
    const index = await indexPack(pack, {
      external: (id) => objects.read(id),
      onProgress: (phase, loaded, total) => options.onProgress?.({ phase, loaded, total, unit: "objects" }),
      signal: options.signal,
    });
    await writeFileAtomic(pack.replace(/pack$/, "idx"), index);
  } catch (error) {
    await rm(pack, { force: true }); // without an index nobody sees it
    throw error;
  } finally {
    objects.close();
  }
}

/** Can the commit and its top folder be read back? Reading checks their hashes. */
function isReadable(gitdir: string, commit: string): boolean {
  const objects = new ObjectReader(gitdir);
  try {
    objects.read(parseCommit(objects.read(commit).bytes).tree);
    return true;
  } catch {
    return false; // missing or damaged: either way the commit must be fetched (again)
  } finally {
    objects.close();
  }
}

async function pointHead(gitdir: string, chosen: ChosenRef): Promise<void> {
  const isBranch = chosen.name.startsWith("refs/heads/");
  await writeRef(gitdir, "HEAD", isBranch ? { branch: chosen.name } : { id: chosen.commit });
}

/** Everything that can come out of isomorphic-git, the network and the disk, as the closed set of our errors. */
function explain(error: unknown, { options, remote }: Run, isRepository: boolean): RepobaseError {
  if (error instanceof RepobaseError) return error;
  if (error instanceof GitHttpError) return httpError(error, remote);
  const { url } = remote;
  if (options.signal?.aborted) return new RepobaseError("interrupted", `stopped reading "${url}"`);
  const { code, syscall, data } = (error ?? {}) as {
    code?: unknown;
    syscall?: unknown;
    data?: { statusCode?: unknown };
  };
  if (code === "ENOSPC" || code === "EDQUOT")
    return new RepobaseError("no_space", `no space left to clone "${url}" to "${options.gitdir}"`, { cause: error });
  // The network's errors were explained where they happened: a system call that is left is the disk's.
  if (typeof syscall === "string")
    return new RepobaseError("home_unwritable", `cannot write "${options.gitdir}"`, { cause: error });
  if (code === "HttpError" && typeof data?.statusCode === "number")
    return httpError(new GitHttpError(data.statusCode, url, false), remote);
  const isGarbage = code === "SmartHttpError" || code === "EmptyServerResponseError" || code === "ParseError";
  if (isGarbage && !isRepository)
    return new RepobaseError("not_a_repository", `"${url}" does not answer as a git repository`, {
      hint: "check the address: it is the one that git clone takes",
      fields: { url },
    });
  if (code === "RemoteCapabilityError")
    return new RepobaseError("unsupported_remote", `the server of "${url}" cannot make shallow clones`, {
      cause: error,
    });
  if (isGarbage)
    return new RepobaseError("transient", `the answer of "${url}" broke off`, { hint: "run it again", cause: error });
  // isomorphic-git's word for a pack that it cannot parse, or whose hashes are wrong
  if (code === "InternalError")
    return new RepobaseError("transient", `the answer of "${url}" is damaged`, { hint: "run it again", cause: error });
  return new RepobaseError("failure", `cannot clone "${url}"`, { cause: error });
}

function httpError({ status, url: from, hadCredentials }: GitHttpError, { url }: RemoteUrl): RepobaseError {
  const fields = { url, status };
  if (status === 401 || status === 403 || status === 407) {
    const { host } = new URL(from);
    const isOther = !isSameHost(url, from);
    return new RepobaseError(
      "unauthorized",
      isOther
        ? `"${url}" redirects to "${host}", which asks for authentication (HTTP ${status})`
        : `"${url}" asks for authentication (HTTP ${status})`,
      { hint: authHint({ isOther, hadCredentials }), fields },
    );
  }
  if (status === 429)
    return new RepobaseError("rate_limited", `"${url}" asks to slow down (HTTP 429)`, {
      hint: "try again later",
      fields,
    });
  if (status >= 500 || status === 408)
    return new RepobaseError("transient", `the server of "${url}" has trouble (HTTP ${status})`, {
      hint: "try again later",
      fields,
    });
  return new RepobaseError("not_a_repository", `there is no git repository at "${url}" (HTTP ${status})`, {
    hint: "check the address: it is the one that git clone takes",
    fields,
  });
}

function authHint({ isOther, hadCredentials }: { isOther: boolean; hadCredentials: boolean }): string {
  if (isOther) return "credentials go to no host but the one you named: add the repository by its new address";
  if (hadCredentials) return "these credentials were refused";
  return "it is private or does not exist; give a token in REPOBASE_GIT_TOKEN, with REPOBASE_GIT_TOKEN_HOST for a host other than github.com";
}
