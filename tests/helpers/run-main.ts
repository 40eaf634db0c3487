/** The program in this process: its command line with streams of our own. */
import { PassThrough } from "node:stream";
import { main } from "../../src/command-line.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param options.env the whole environment that the command sees */
export async function runMain(
  argv: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string; readonly stdin?: string } = {},
): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(options.stdin ?? "");
  const { env = {}, cwd = "/" } = options;
  const [code, out, err] = await Promise.all([
    main([...argv], { stdin, stdout, stderr, env, colorDepth: 1, cwd }).finally(() => {
      stdout.end();
      stderr.end();
    }),
    stdout.toArray(),
    stderr.toArray(),
  ]);
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}
