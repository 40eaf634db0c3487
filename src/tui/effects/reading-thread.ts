/** Entry point of the thread that searches for the full screen; see reading-client.ts. Errors travel as plain data. */
import type { Environment } from "../../home/env.ts";
import { Home } from "../../home/home.ts";
import { isRepobaseError } from "../../protocol/errors.ts";
import { openReading, type Reading } from "./reading.ts";

/** The first message. */
export interface ReadingStart {
  readonly env: Environment;
  readonly cwd: string;
  readonly colour: boolean;
}

export interface ReadingCall {
  readonly id: number;
  readonly method: keyof Reading;
  readonly argument: unknown;
}

export type ReadingAnswer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly error: { readonly code: string | null; readonly message: string; readonly hint: string | null };
    };

declare const self: Worker;

let reading: Reading | undefined;

self.onmessage = ({ data }: MessageEvent<ReadingStart | ReadingCall>) => {
  if ("env" in data) reading = openReading({ home: Home.open(data.env), cwd: data.cwd, colour: data.colour });
  else void answer(data);
};

async function answer({ id, method, argument }: ReadingCall): Promise<void> {
  try {
    if (!reading) throw new Error("nothing is open");
    const call = reading[method] as (argument: unknown) => Promise<unknown>;
    self.postMessage({ id, value: await call(argument) } satisfies ReadingAnswer, []);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [code, hint] = isRepobaseError(error) ? [error.code, error.hint ?? null] : [null, null];
    self.postMessage({ id, error: { code, message, hint } } satisfies ReadingAnswer, []);
  }
}
