/**
 * A person at the page: a browser context of its own, which keeps what went wrong in it (errors of scripts, what the content policy
 * blocked, requests to other places) and looks for an error of accessibility. Nothing here waits for a length of time.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "bun:test";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { inLong } from "../helpers/long.ts";
import type { SignedIn } from "./stage.ts";

export const PHONE = { name: "a phone", width: 390, height: 844 } as const;
export const DESK = { name: "a desk", width: 1280, height: 800 } as const;
export const SIZES = [PHONE, DESK] as const;
/** Of journeys that differ little by the screen: `check` walks them on one, `check:long` on both. */
export const sizesOr = (one: (typeof SIZES)[number]): readonly (typeof SIZES)[number][] =>
  inLong<readonly (typeof SIZES)[number][]>(SIZES, [one]);
export type Size = { readonly width: number; readonly height: number };

export interface VisitorOptions {
  /** Absent: nobody is signed in. */
  readonly state?: SignedIn;
  /** Default: service workers are kept out, so that each request of the page is seen. */
  readonly serviceWorkers?: boolean;
}

/** ms that a step may take on a slow machine with other work. */
const PATIENCE = 30_000;

export class Visitor {
  /** What no journey may cause: anything here is a fault. */
  readonly faults: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly origin: string,
  ) {}

  static async come(browser: Browser, origin: string, size: Size, options: VisitorOptions = {}): Promise<Visitor> {
    const settings: BrowserContextOptions = {
      baseURL: origin,
      viewport: { width: size.width, height: size.height },
      hasTouch: size.width < 600,
      isMobile: size.width < 600,
      colorScheme: "light",
      reducedMotion: "reduce",
      serviceWorkers: options.serviceWorkers ? "allow" : "block",
      ...(options.state ? { storageState: options.state } : {}),
    };
    const context = await browser.newContext(settings);
    context.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(context, await context.newPage(), origin);
    visitor.#watch();
    return visitor;
  }

  #watch(): void {
    this.page.on("pageerror", (error) => this.faults.push(`script: ${error.message}`));
    this.page.on("console", (message) => {
      // the browser itself writes a line for each answer with an error's status: those are in the journeys' own hands
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.faults.push(`console: ${message.text()}`);
    });
  }

  /** @param address a path of the server, with its query */
  async open(address: string): Promise<void> {
    await this.page.goto(address, { waitUntil: "load" });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole("link", typeof name === "string" ? { name, exact: true } : { name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole("heading", { name });
  }

  /** What the address bar shows, without the origin. */
  get address(): string {
    return this.page.url().slice(this.origin.length);
  }

  /** Waits until what `read` gives equals `wanted`. */
  async until(read: () => unknown, wanted: unknown): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const found: unknown = await read();
      if (Bun.deepEquals(found, wanted)) return;
      if (performance.now() > deadline) expect(found).toEqual(wanted);
      await Bun.sleep(20);
    }
  }

  /** axe finds nothing in what is shown, nor, in the dark, a text that is hard to read. */
  async expectAccessible(): Promise<void> {
    await this.page.evaluate(axe());
    const light = await this.#violations({});
    await this.page.emulateMedia({ colorScheme: "dark" });
    const dark = await this.#violations({ runOnly: ["color-contrast"] });
    await this.page.emulateMedia({ colorScheme: "light" });
    expect({ light, dark }).toEqual({ light: [], dark: [] });
  }

  async #violations(options: object): Promise<unknown[]> {
    const run = `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ["violations"] })})`;
    const { violations } = await this.page.evaluate<{ violations: AxeViolation[] }>(run);
    return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
  }

  /** Nothing is wider than the window. */
  async expectNoSidewaysScrolling(): Promise<void> {
    const [wide, window] = await this.page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, innerWidth]",
    );
    expect(wide).toBeLessThanOrEqual(window);
  }

  /** Is the line of a file on the screen, and marked as the one that the address means? */
  linesPointedAt(): Promise<string[]> {
    return this.page.evaluate<string[]>(`[...document.querySelectorAll(".file .line.pointed")]
      .filter((line) => {
        const { top, bottom } = line.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      })
      .map((line) => line.id)`);
  }

  /** Nothing went wrong since the last time, and no key is kept where a script of another day could read it. */
  async expectNoFault(): Promise<void> {
    const kept = await this.page.evaluate<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])");
    expect(this.faults.splice(0)).toEqual([]);
    expect(kept).not.toContain("rb_");
  }

  async leave(): Promise<void> {
    await this.expectNoFault();
    await this.context.close();
  }
}

interface AxeViolation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

let source = "";
/** Run by the debugger's protocol, which the page's content policy does not concern. */
const axe = (): string =>
  (source ||= `${readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")}; undefined`);
