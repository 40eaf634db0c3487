/**
 * The lines below the prompt on a real terminal: stdout is for the choice, so they go to stderr or the terminal itself. They begin one
 * line below the cursor, where a shell's half-typed line may stand, and leave nothing behind.
 */
import { openSync } from "node:fs";
import { emitKeypressEvents } from "node:readline";
import { ReadStream, WriteStream } from "node:tty";
import { RepobaseError } from "../../protocol/errors.ts";
import { type Pressed, pressed } from "../keys.ts";
import { oneLine } from "../model/edit-text.ts";
import type { Line } from "../view/pieces.ts";
import { type InlinePicture, painted } from "./inline-lines.ts";

const PASTE_ON = "\u001b[?2004h";
const PASTE_OFF = "\u001b[?2004l";
const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";
const CLEAR_BELOW = "\u001b[J";
const CLEAR_LINE_END = "\u001b[K";

/** Puts the terminal back where this process no longer can: no paste marks, a cursor, plain text, the lines gone. */
export const INLINE_RESTORE = `${PASTE_OFF}\u001b[0m\r${CLEAR_BELOW}${SHOW}`;

export interface TerminalEnds {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly inputFd: number;
  readonly outputFd: number;
}

/** Standard input and error where they are the terminal; the terminal itself where they are not. @throws RepobaseError `usage` */
export function terminalEnds(of: { readonly stdin: unknown; readonly stderr: unknown }): TerminalEnds {
  const [stdin, stderr] = [of.stdin, of.stderr];
  let fd: number | undefined;
  const terminal = () => (fd ??= openTerminal());
  const inputFd = stdin instanceof ReadStream && stdin.isTTY ? 0 : terminal();
  const outputFd = stderr instanceof WriteStream && stderr.isTTY ? 2 : terminal();
  return {
    input: inputFd === 0 ? (stdin as ReadStream) : new ReadStream(inputFd),
    output: outputFd === 2 ? (stderr as WriteStream) : new WriteStream(outputFd),
    inputFd,
    outputFd,
  };
}

function openTerminal(): number {
  try {
    return openSync("/dev/tty", "r+");
  } catch (cause) {
    throw new RepobaseError("usage", "search -i needs a terminal", { cause });
  }
}

export interface InlineTerminalEvents {
  readonly onKey: (key: Pressed) => void;
  readonly onPaste: (text: string) => void;
  readonly onResize: (size: { width: number; height: number }) => void;
}

export class InlineTerminal {
  readonly #ends: TerminalEnds;
  readonly #write: (text: string) => void;
  readonly #colour: boolean;
  #cursor = 0;
  #pasted: string | undefined;
  #stop: () => void = () => {};

  constructor(ends: TerminalEnds, colour: boolean) {
    this.#ends = ends;
    this.#colour = colour;
    // its own: `captureOutput` takes that of stderr
    const { output } = ends;
    const write = output.write;
    this.#write = (text) => void write.call(output, text);
  }

  get size(): { width: number; height: number } {
    const [width, height] = this.#ends.output.getWindowSize();
    return { width, height };
  }

  start({ onKey, onPaste, onResize }: InlineTerminalEvents): void {
    const { input } = this.#ends;
    emitKeypressEvents(input);
    const take = (_: string | undefined, key: Parameters<typeof pressed>[0]) => {
      if (key.name === "paste-start") this.#pasted = "";
      else if (key.name === "paste-end") {
        onPaste(oneLine(this.#pasted ?? ""));
        this.#pasted = undefined;
      } else if (this.#pasted !== undefined) this.#pasted += key.sequence;
      else onKey(pressed(key));
    };
    const resize = () => {
      const { size } = this;
      // a narrower window has broken the line that the cursor stands in
      const broken = Math.floor(this.#cursor / Math.max(1, size.width));
      if (broken > 0) this.#write(`\u001b[${broken}A`);
      onResize(size);
    };
    input.on("keypress", take);
    process.on("SIGWINCH", resize);
    this.#stop = () => {
      input.off("keypress", take);
      process.off("SIGWINCH", resize);
    };
    this.#write("\r\n");
    this.#takeOver();
  }

  draw({ lines, cursor }: InlinePicture): void {
    const text = lines.map((line: Line) => painted(line, this.#colour) + CLEAR_LINE_END).join("\r\n");
    const up = lines.length > 1 ? `\u001b[${lines.length - 1}A` : "";
    const right = cursor > 0 ? `\u001b[${cursor}C` : "";
    this.#cursor = cursor;
    this.#write(`${HIDE}\r${text}${CLEAR_BELOW}${up}\r${right}${SHOW}`);
  }

  /** Gives the terminal to another program for as long as `use` takes. */
  async lend(use: () => Promise<void>): Promise<void> {
    this.#giveUp();
    try {
      await use();
    } finally {
      this.#takeOver();
    }
  }

  /** The lines are gone and the cursor is where it was. */
  end(): void {
    this.#stop();
    this.#giveUp();
    this.#write("\u001b[A");
  }

  #takeOver(): void {
    this.#ends.input.setRawMode(true);
    this.#ends.input.resume();
    this.#write(PASTE_ON);
  }

  #giveUp(): void {
    this.#write(INLINE_RESTORE);
    this.#ends.input.setRawMode(false);
    this.#ends.input.pause();
  }
}
