/**
 * The full screen on this process's terminal, from the first byte to the last: OpenTUI is loaded, the terminal is lent to editors and
 * given back, and whatever ends the program (a key, a signal, an exception, kill -9) leaves the terminal as it was.
 */
import type { CliRenderer, CliRendererConfig } from "@opentui/core";
import { withLibraries } from "../files/unpack-native.ts";
import type { Home } from "../home/home.ts";
import { captureOutput } from "./capture-output.ts";
import { startJobs } from "./effects/job-client.ts";
import { startReading } from "./effects/reading-client.ts";
import type { ScreenControl } from "./effects/run-effects.ts";
import { startGuard, terminalSettings } from "./guard.ts";
import { Ui } from "./ui.ts";
import { untilEnded } from "./until-ended.ts";

export interface RunUiOptions {
  readonly home: Home;
  readonly cwd: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** What is searched at once. */
  readonly query?: string;
}

/** @returns exit code @throws what brought the screen down, once the terminal is as it was */
export async function runUi({ home, cwd, signal, query }: RunUiOptions): Promise<number> {
  const settings = terminalSettings(home.env);
  const { createCliRenderer } = await loadOpenTui();
  const reading = startReading({ env: { ...home.env }, cwd, colour: !home.env.NO_COLOR });
  const early: string[] = [];
  let ui: Ui | undefined;
  const log = (line: string) => void (ui ? ui.dispatch({ kind: "logged", line }) : early.push(line));
  const release = captureOutput(log);
  const jobs = startJobs({ env: { ...home.env }, cwd }, log);
  const ending = untilEnded(signal);
  const renderer = await createCliRenderer(RENDERER);
  const guard = startGuard({ env: home.env, settings: await settings });
  const lend = lender(renderer, (away) => ui?.dispatch({ kind: "away", away }));
  const suspend = () => void lend(stoppedUntilContinued);
  const redraw = () => void lend(async () => {});
  try {
    const control = { lend, suspend, redraw, quit: () => ending.end(0) };
    ui = new Ui({ renderer, home, cwd, reading, jobs, control, ...(query === undefined ? {} : { query }) });
    for (const line of early) ui.dispatch({ kind: "logged", line });
    return await ending.ended;
  } finally {
    const closing = ui?.close();
    renderer.destroy();
    await renderer.closed.catch(() => {}); // the guard does what it could not
    release();
    ending.release();
    await guard?.dismiss();
    reading.close(); // a search under way is not waited for
    await closing; // what is cancelled ends in good order
    jobs.close();
  }
}

const RENDERER: CliRendererConfig = {
  exitOnCtrlC: false,
  // signals are ours
  exitSignals: [],
  enableMouseMovement: false,
  consoleMode: "disabled",
  openConsoleOnError: false,
  debounceDelay: 40,
  maxFps: 60,
};

const loadOpenTui = () =>
  withLibraries(async () => {
    const core = await import("@opentui/core");
    core.resolveRenderLib(); // else it is opened at use, and why that failed is not told
    return core;
  });

/** Gives the terminal to something else, and takes it back whatever came of that. */
function lender(renderer: CliRenderer, tell: (away: boolean) => void): ScreenControl["lend"] {
  return async (use) => {
    tell(true);
    await renderer.suspend();
    try {
      await use();
    } finally {
      await renderer.resume();
      tell(false);
    }
  };
}

/** As Ctrl-Z does in a program without a screen of its own. */
async function stoppedUntilContinued(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("SIGCONT", resolve);
  process.kill(process.pid, "SIGTSTP");
  await promise;
}
