/**
 * How soon the page shows the first result on a slow network: a phone's browser with an empty cache opens the address of a search,
 * over an emulated slow 4G (400 kbit/s up, 1.6 Mbit/s down, 150 ms a request), from the server on workerd whose bucket takes
 * 60 ms a read. Files are compressed on the way as Cloudflare does it. The first visit meets a server that has nothing in memory.
 * `bun benchmarks/page.ts [visits]`; exits 1 above a budget.
 */
import type { Browser } from "playwright-core";
import { startStage } from "../tests/page/stage.ts";
import { PHONE, Visitor } from "../tests/page/visitor.ts";
import { startEdge } from "./start-edge.ts";

const READ_MS = 60;
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 4e5 / 8 };
const BUDGET = { scripts: 60_000, ms: 1500 };
/** When the first result came into the document, ms since the navigation began. */
const WATCH = `new MutationObserver((_, watcher) => {
  if (!document.querySelector(".result")) return;
  watcher.disconnect();
  window.firstResult = performance.now();
}).observe(document, { childList: true, subtree: true });`;

const visits = Number(process.argv[2] ?? 5);
let readMs = 0;
const stage = await startStage({ gate: () => (readMs === 0 ? Promise.resolve() : Bun.sleep(readMs)) });
const edge = startEdge(stage.server.url);
try {
  const state = await stage.signIn("alice");
  readMs = READ_MS;
  const found: Visit[] = [];
  for (let i = 0; i < visits; i++) found.push(await visit(stage.browser, edge.url.origin, state));
  const [first, ...others] = found;
  const times = others.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const median = times[times.length >> 1] ?? first?.ms ?? 0;
  console.log(`first result: ${first?.ms} ms with a cold server, then ${times.join(", ")} ms; median ${median} ms`);
  console.log(
    `scripts before it: ${first?.scripts} bytes gzip in ${first?.files} files; all before it: ${first?.all} bytes`,
  );
  const within = median <= BUDGET.ms && (first?.scripts ?? 0) <= BUDGET.scripts;
  console.log(within ? "within the budget" : `above the budget of ${BUDGET.ms} ms and ${BUDGET.scripts} bytes`);
  process.exitCode = within ? 0 : 1;
} finally {
  await edge.stop(true);
  await stage.stop();
}

interface Visit {
  readonly ms: number;
  /** Bytes of scripts on the wire, and how many scripts. */
  readonly scripts: number;
  readonly files: number;
  /** Bytes of every answer's body. */
  readonly all: number;
}

async function visit(
  browser: Browser,
  origin: string,
  state: Awaited<ReturnType<typeof stage.signIn>>,
): Promise<Visit> {
  const visitor = await Visitor.come(browser, origin, PHONE, { state });
  const network = await visitor.context.newCDPSession(visitor.page);
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", SLOW_4G);
  const sizes = new Map<string, number>();
  const scripts = new Set<string>();
  network.on("Network.responseReceived", ({ requestId, response }) => {
    if (new URL(response.url).pathname.endsWith(".js")) scripts.add(requestId);
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await visitor.page.addInitScript(WATCH);
  await visitor.page.goto("/?q=retry+with+backoff", { waitUntil: "commit" });
  await visitor.page.locator(".result").first().waitFor();
  const sum = (ids: Iterable<string>) => [...ids].reduce((total, id) => total + (sizes.get(id) ?? 0), 0);
  const before = { scripts: sum(scripts), files: scripts.size, all: sum(sizes.keys()) };
  const ms = Math.round(await visitor.page.evaluate<number>("firstResult"));
  await visitor.context.close();
  return { ms, ...before };
}
