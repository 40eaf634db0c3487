/** The full screen without a terminal, over a real home: keys in, frames out, real searches in their own thread. */
import { createTestRenderer, type TestRendererSetup } from "@opentui/core/testing";
import type { Environment } from "../../src/home/env.ts";
import { Home } from "../../src/home/home.ts";
import { startJobs } from "../../src/tui/effects/job-client.ts";
import { startReading } from "../../src/tui/effects/reading-client.ts";
import type { UiState } from "../../src/tui/model/state.ts";
import { Ui } from "../../src/tui/ui.ts";

/** A frame that does not come in this time never will. */
const PATIENCE_MS = 20_000;

export class ScreenKit implements AsyncDisposable {
  /** What was asked of the terminal: `quit`, `lend`. */
  readonly asked: string[] = [];

  private constructor(
    readonly kit: TestRendererSetup,
    readonly ui: Ui,
    private readonly stop: () => Promise<void>,
    asked: string[],
  ) {
    this.asked = asked;
  }

  static async open(of: {
    env: Environment;
    cwd: string;
    width?: number;
    height?: number;
    idleMs?: number;
  }): Promise<ScreenKit> {
    const { env, cwd, width = 100, height = 30 } = of;
    const kit = await createTestRenderer({ width, height, kittyKeyboard: true });
    const reading = startReading({ env: { ...env }, cwd, colour: true });
    const asked: string[] = [];
    const say = (word: string) => void asked.push(word);
    const control = {
      lend: async (use: () => Promise<void>) => {
        say("lend");
        await use();
      },
      suspend: () => say("suspend"),
      redraw: () => say("redraw"),
      quit: () => say("quit"),
    };
    let ui: Ui | undefined;
    const jobs = startJobs({ env: { ...env }, cwd }, (line) => ui?.dispatch({ kind: "logged", line }));
    const idle = of.idleMs === undefined ? {} : { idleMs: of.idleMs };
    ui = new Ui({ renderer: kit.renderer, home: Home.open(env), cwd, reading, jobs, control, ...idle });
    const shown = ui;
    const stop = async () => {
      const closing = shown.close();
      reading.close();
      await closing;
      jobs.close();
      await kit.dispose();
    };
    return new ScreenKit(kit, shown, stop, asked);
  }

  /** The screen when the state is as wanted. */
  async when(wanted: (state: UiState) => boolean): Promise<string> {
    const end = performance.now() + PATIENCE_MS;
    while (!wanted(this.ui.state)) {
      if (performance.now() > end) throw new Error(`it did not come to that:\n${await this.frame()}`);
      await this.kit.renderOnce();
      await Bun.sleep(1);
    }
    return this.frame();
  }

  async frame(): Promise<string> {
    await this.kit.renderOnce();
    return this.kit.captureCharFrame();
  }

  async press(...keys: readonly string[]): Promise<string> {
    for (const key of keys) {
      const [, control = "", name = key] = /^(ctrl-)?(.+)$/.exec(key) ?? [];
      this.kit.mockInput.pressKey(SEQUENCES[name] ?? name, { ctrl: control !== "" });
    }
    return this.frame();
  }

  async type(text: string): Promise<void> {
    await this.kit.mockInput.typeText(text);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

const SEQUENCES: Readonly<Record<string, string>> = {
  enter: "RETURN",
  escape: "ESCAPE",
  tab: "TAB",
  up: "ARROW_UP",
  down: "ARROW_DOWN",
  left: "ARROW_LEFT",
  right: "ARROW_RIGHT",
  f1: "F1",
  f2: "F2",
  f3: "F3",
  f4: "F4",
  space: " ",
};
