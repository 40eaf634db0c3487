/** Entry point of the threads that read for the full screen; see reading-client.ts. */
import type { Environment } from "../../home/env.ts";
import { Home } from "../../home/home.ts";
import { openReading } from "./reading.ts";
import { answerCalls } from "./thread-answers.ts";

/** The first message. */
export interface ReadingStart {
  readonly env: Environment;
  readonly cwd: string;
  readonly colour: boolean;
}

declare const self: Worker;

answerCalls(self, ({ env, cwd, colour }: ReadingStart) => openReading({ home: Home.open(env), cwd, colour }));
