/** A terminal without a process: runs a command line in here, in an environment and a folder of its own, and keeps what was said. */
import { Readable, Writable } from "node:stream";
import { main } from "../../src/command-line.ts";

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Terminal {
  /** Each command line that was run, word by word. */
  readonly lines: (readonly string[])[] = [];

  constructor(
    readonly cwd: string,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param onOutput, onError called with all that stdout, stderr holds, after each piece */
  async run(
    line: readonly string[],
    stdin = "",
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
  ): Promise<Said> {
    this.lines.push(line);
    const [stdout, stderr] = [new Kept(onOutput), new Kept(onError)];
    const { cwd, env } = this;
    const input = Readable.from(stdin === "" ? [] : [Buffer.from(stdin)]);
    const code = await main([...line], { stdin: input, stdout, stderr, env, colorDepth: 1, cwd });
    return { code, stdout: stdout.text, stderr: stderr.text };
  }
}

class Kept extends Writable {
  text = "";
  constructor(private readonly onText?: (text: string) => void) {
    super();
  }
  override _write(part: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += part.toString("utf8");
    done();
    this.onText?.(this.text);
  }
}
