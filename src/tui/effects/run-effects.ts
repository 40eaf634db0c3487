/**
 * Does what `update` wants done, and tells what came of it as events. All of it is the porcelain that the commands call. Whatever is
 * thrown becomes a message on the screen; nothing here ends the program but `quit`.
 */
import { editorOf } from "../../home/editor.ts";
import type { Home } from "../../home/home.ts";
import { fileInFolder } from "../../porcelain/folder/file-in-folder.ts";
import { parseSearchRequest } from "../../protocol/search-question.ts";
import type { UiEffect, UiEvent } from "../model/events.ts";
import { editorCommand } from "./editor.ts";
import { Following } from "./following.ts";
import type { Jobs } from "./job-client.ts";
import { describeProblem } from "./problem.ts";
import type { Reading } from "./reading.ts";
import { cloudHere, itemOf, reposHere } from "./repo-state.ts";
import { signInWith } from "./sign-in.ts";

/** What the screen can do beside drawing. */
export interface ScreenControl {
  /** Gives the terminal to another program for as long as `use` takes. */
  lend(use: () => Promise<void>): Promise<void>;
  /** Where that program reads and writes; absent: where this one does. */
  readonly stdio?: readonly [number, number, number];
  /** @returns false: the terminal takes no copies */
  copy(text: string): boolean;
  redraw(): void;
  suspend(): void;
  quit(): void;
}

export interface EffectsOptions {
  readonly home: Home;
  readonly cwd: string;
  readonly reading: Reading;
  readonly jobs: Jobs;
  readonly screen: ScreenControl;
  readonly dispatch: (event: UiEvent) => void;
  /** Settles when there is something to see: all that is read waits for it. */
  readonly firstFrame: Promise<void>;
  /** Files of an answer; absent: as many as the screen shows. */
  readonly limit?: number | undefined;
  readonly now?: () => number;
  /** How long nothing is looked at before this machine is again, ms. */
  readonly idleMs?: number | undefined;
}

/** Repositories that are asked about at the same time. */
const ASKED_AT_ONCE = 4;

type Of<K extends UiEffect["kind"]> = Extract<UiEffect, { kind: K }>;

export class Effects {
  readonly #of: EffectsOptions;
  readonly #jobs = new Map<number, AbortController>();
  #signIn: AbortController | undefined;
  readonly #following: Following;
  /** Aborted when the screen closes. */
  readonly #closed = new AbortController();
  /** Settles when the screen closes. */
  readonly #left = Promise.withResolvers<void>();
  #searching = false;
  /** Settles when no question is under way or waits. */
  #quiet = Promise.resolve();
  /** How many were asked for. */
  #previews = 0;
  /** Asked while another search ran; only the newest counts. */
  #next: Of<"search"> | undefined;
  /** What is still under way, for `settled`. */
  readonly #running = new Set<Promise<void>>();

  constructor(of: EffectsOptions) {
    this.#of = of;
    this.#following = new Following(of);
  }

  run(effect: UiEffect): void {
    const work = this.#do(effect).catch((error: unknown) => {
      if (!this.#closed.signal.aborted) this.#of.dispatch({ kind: "failed", problem: describeProblem(error) });
    });
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Cancels all that runs. Settles when it has ended. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#left.resolve();
    this.#signIn?.abort();
    this.#following.close();
    for (const job of this.#jobs.values()) job.abort();
    await Promise.all(this.#running);
  }

  async #do(effect: UiEffect): Promise<void> {
    const { screen, dispatch, reading } = this.#of;
    switch (effect.kind) {
      case "search":
        return this.#search(effect);
      case "preview":
        return this.#preview(effect);
      case "load-repos":
        return this.#loadRepos();
      case "load-sync":
        return this.#loadSync(effect.repoIds);
      case "look":
        return this.#following.look(effect.repoIds);
      case "watch":
        return this.#watch(effect.on);
      case "job":
        return this.#job(effect);
      case "cancel":
        return this.#jobs.get(effect.id)?.abort();
      case "load-commits":
        return dispatch({ ...effect, kind: "commits", commits: await reading.commits(effect.repoId) });
      case "edit":
        return this.#edit(effect);
      case "copy":
        return dispatch({
          kind: "said",
          text: screen.copy(effect.text) ? `copied ${effect.text}` : `this terminal takes no copies: ${effect.text}`,
        });
      case "sign-in":
      case "sign-in-github":
        return this.#signInWith(effect);
      case "stop-sign-in":
        return this.#signIn?.abort();
      case "sign-out":
        this.#of.home.forgetCloud();
        dispatch({ kind: "said", text: "signed out" });
        return this.#loadRepos();
      case "switch-cloud":
        return this.#switchCloud(effect);
      case "redraw":
        return screen.redraw();
      case "suspend":
        return screen.suspend();
      case "quit":
        return screen.quit();
    }
  }

  /** One at a time; of those asked meanwhile the newest is next. An answer says which question it answers. */
  async #search(effect: Of<"search">): Promise<void> {
    if (this.#searching) {
      this.#next = effect;
      return;
    }
    this.#searching = true;
    const quiet = Promise.withResolvers<void>();
    this.#quiet = quiet.promise;
    try {
      for (let asked: Of<"search"> | undefined = effect; asked; asked = this.#takeNext()) await this.#ask(asked);
    } finally {
      this.#searching = false;
      quiet.resolve();
    }
  }

  #takeNext(): Of<"search"> | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  async #ask({ generation, query, filters, limit, explain }: Of<"search">): Promise<void> {
    const { reading, dispatch, now = () => performance.now() } = this.#of;
    const began = now();
    try {
      const response = await reading.search(
        parseSearchRequest({ q: query, ...filters, limit: this.#of.limit ?? limit, explain }),
      );
      dispatch({ kind: "found", generation, response, ms: now() - began });
    } catch (error) {
      dispatch({ kind: "not-found", generation, problem: describeProblem(error) });
    }
  }

  /** The newest only, and never before a question that waits. */
  async #preview({ hit, after }: Of<"preview">): Promise<void> {
    const { reading, dispatch } = this.#of;
    const number = ++this.#previews;
    await Bun.sleep(after);
    await this.#quiet;
    if (number !== this.#previews || this.#closed.signal.aborted) return;
    dispatch({ kind: "preview", preview: await reading.preview(hit) });
  }

  async #loadRepos(): Promise<void> {
    const { home, cwd, reading, dispatch, firstFrame } = this.#of;
    // a screen that closes at once never tells of its first frame
    await Promise.race([firstFrame, this.#left.promise]);
    if (this.#closed.signal.aborted) return;
    const repos = reposHere(home, cwd).map(itemOf);
    dispatch({ kind: "cloud", cloud: cloudHere(home) });
    dispatch({ kind: "repos", repos });
    await reading.warm(); // again for an index that is new since; else it is at once
    dispatch({ kind: "sizes", sizes: await reading.sizes(repos.map(({ id }) => id)) });
    this.#following.planIdle(0);
  }

  async #watch(on: boolean): Promise<void> {
    await Promise.race([this.#of.firstFrame, this.#left.promise]);
    await this.#following.watch(on);
  }

  /** A few at a time: a large folder takes a while to look at. */
  async #loadSync(ids: readonly string[]): Promise<void> {
    const { reading, dispatch } = this.#of;
    const waiting = [...ids];
    const askNext = async (): Promise<void> => {
      for (let repoId = waiting.shift(); repoId !== undefined; repoId = waiting.shift())
        dispatch({ kind: "sync", repoId, sync: await reading.sync(repoId) });
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askNext));
  }

  async #job({ id, job, repoId }: Of<"job">): Promise<void> {
    const { jobs, dispatch } = this.#of;
    const controller = new AbortController();
    this.#jobs.set(id, controller);
    const end = (text: string, failed: boolean) => dispatch({ kind: "job-end", id, text, failed });
    try {
      const text = await jobs.run({
        kind: job,
        repoId,
        signal: controller.signal,
        onStep: (step) => dispatch({ kind: "job-step", id, step }),
        onWarning: (line) => dispatch({ kind: "logged", line }),
      });
      end(text, false);
    } catch (error) {
      if (controller.signal.aborted) end(`${job} of ${repoId} was cancelled; run it again to go on`, false);
      else end(`${job}: ${describeProblem(error)}`, true);
    } finally {
      this.#jobs.delete(id);
    }
  }

  async #edit({ folder, path, line }: Of<"edit">): Promise<void> {
    const { home, screen, dispatch } = this.#of;
    const editor = editorOf(home.env);
    const { command, onTerminal } = editorCommand({ editor, file: fileInFolder(folder, path), line });
    const { stdio = ["inherit", "inherit", "inherit"] as const } = screen;
    const [stdin, stdout, stderr] = onTerminal ? stdio : (["ignore", "ignore", "ignore"] as const);
    const open = async () => {
      const child = Bun.spawn([...command], {
        cwd: folder,
        stdin,
        stdout,
        stderr,
        env: { ...home.env },
      });
      const code = await child.exited;
      if (child.signalCode !== null)
        dispatch({ kind: "failed", problem: `${command[0]} was ended by ${child.signalCode}` });
      else if (code !== 0) dispatch({ kind: "failed", problem: `${command[0]} ended with exit code ${code}` });
    };
    await (onTerminal ? screen.lend(open) : open());
  }

  async #signInWith(effect: Of<"sign-in"> | Of<"sign-in-github">): Promise<void> {
    const { home, dispatch } = this.#of;
    this.#signIn = new AbortController();
    await signInWith(effect, { home, dispatch, signal: this.#signIn.signal });
  }

  async #switchCloud({ repoId, enabled }: Of<"switch-cloud">): Promise<void> {
    const { home, cwd, dispatch } = this.#of;
    const { switchCloud } = await import("../../porcelain/cloud/cloud.ts");
    const names = repoId === null ? [] : [repoId];
    await switchCloud({ home, enabled, names, all: false, global: repoId === null, cwd });
    const what = repoId === null ? "cloud sync on this machine" : `cloud sync of ${repoId}`;
    dispatch({ kind: "said", text: `${what} is ${enabled ? "on" : "off"}` });
    await this.#loadRepos();
  }
}
