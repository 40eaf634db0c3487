/** `repobase mcp`: the tools of agents over standard input and output, of this machine's indexes or of the server's. */
import type { Readable, Writable } from "node:stream";
import type { Home } from "../../home/home.ts";
import { answerAny } from "../../mcp/answer-any.ts";
import type { McpContext } from "../../mcp/answer.ts";
import { serveStdio } from "../../mcp/stdio.ts";
import { remoteTools } from "./remote-tools.ts";

/**
 * Ends with the input. What answers the tools is loaded at the first call: a client that starts many servers waits for each handshake.
 * @throws RepobaseError `not_configured` with `remote`, where nobody is signed in
 */
export async function serveTools(of: {
  readonly home: Home;
  readonly cwd: string;
  /** Ask the server instead of the local indexes. */
  readonly remote: boolean;
  /** Meant where a call names none. */
  readonly repo: string | undefined;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Keep the indexes of all folders up to date meanwhile. */
  readonly watch: boolean;
  /** Told of what failed for no fault of the agent. */
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { home, stdin, stdout, repo, signal } = of;
  const context: McpContext = {
    call: of.remote ? remoteTools(home, signal) : localTools(home, of),
    repo,
    onFailure: (error) => of.warn(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  };
  const write = (line: string) =>
    new Promise<void>((done, failed) => stdout.write(`${line}\n`, (error) => (error ? failed(error) : done())));
  const ending = new AbortController();
  const watching = of.watch ? follow(home, { ...of, signal: AbortSignal.any([signal, ending.signal]) }) : undefined;
  try {
    await serveStdio({ input: stdin, write, answer: (value, options) => answerAny(value, context, options) });
  } finally {
    ending.abort();
    await watching;
  }
}

/** The tools answer though it fails. */
async function follow(home: Home, { signal, warn }: Pick<Parameters<typeof serveTools>[0], "signal" | "warn">) {
  try {
    const { followFolders } = await import("../watch/follow-folders.ts");
    await followFolders({ home, poll: false, threads: null, signal, onRun: () => {}, onWarning: warn });
  } catch (error) {
    warn(`folders are watched no more: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function localTools(home: Home, { cwd, signal }: { cwd: string; signal: AbortSignal }): McpContext["call"] {
  const loading = async () => {
    const [{ runTool }, { localLibrary }] = await Promise.all([
      import("../../lookup/tools.ts"),
      import("../search/local-library.ts"),
    ]);
    const library = localLibrary(home, { cwd, signal });
    return (name: string, args: unknown) => runTool(library, name, args);
  };
  let run: ReturnType<typeof loading> | undefined;
  return async (name, args) => {
    run ??= loading();
    return (await run)(name, args);
  };
}
