/**
 * A git server that lies: it serves the real objects of a repository, by a real git behind it, under whatever names, ids
 * and capabilities a test wants to see refused.
 */
import { dirname, basename } from "node:path";
import { git, type GitServer, startGitServer } from "./git-server.ts";

export interface Lie {
  /** Lines of `<id> <name>`. `{id}` stands for the real head. */
  readonly refs: readonly string[];
  /** Words beside the real capabilities, for instance `symref=HEAD:refs/heads/main`. */
  readonly capabilities?: readonly string[];
}

/** A packet line. */
const packet = (text: string) => (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;

const HONEST =
  "multi_ack thin-pack side-band side-band-64k ofs-delta shallow no-progress include-tag allow-tip-sha1-in-want";

/** @param repository with a work tree or bare; `url` of the answer is its address */
export async function startHostileServer(repository: string, lie: Lie): Promise<GitServer> {
  const honest = startGitServer(dirname(repository));
  const id = await git(repository, "rev-parse", "HEAD");
  const lines = lie.refs.map((line) => line.replaceAll("{id}", id));
  const capabilities = [HONEST, ...(lie.capabilities ?? [])].join(" ");
  const [first = "", ...rest] = lines;
  const list =
    `${packet("# service=git-upload-pack\n")}0000${packet(`${first}\0${capabilities}\n`)}` +
    `${rest.map((line) => packet(`${line}\n`)).join("")}0000`;
  const liar = startGitServer(dirname(repository), {
    async intercept(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname.endsWith("/info/refs"))
        return new Response(list, { headers: { "content-type": "application/x-git-upload-pack-advertisement" } });
      return fetch(honest.url + pathname + search, {
        method: request.method,
        headers: { "content-type": request.headers.get("content-type") ?? "" },
        body: await request.arrayBuffer(),
      });
    },
  });
  return {
    url: `${liar.url}/${basename(repository)}`,
    requests: liar.requests,
    async stop() {
      await Promise.all([liar.stop(), honest.stop()]);
    },
  };
}
