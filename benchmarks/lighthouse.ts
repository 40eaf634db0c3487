/**
 * Lighthouse on the search and on a file, as a phone and as a desk, from the server on workerd: performance, accessibility and best
 * practices must each be .95 or more. `bun benchmarks/lighthouse.ts [lighthouse/cli/index.js]`; without the path npx gets it (176 MB).
 */
import { createServer } from "node:net";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBrowser } from "../tests/page/browser.ts";
import { startStage } from "../tests/page/stage.ts";
import { startEdge } from "./start-edge.ts";

const VERSION = "13.5.0";
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const LEAST = 0.95;
const root = join(import.meta.dir, "..");

interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
  readonly audits: Readonly<
    Record<string, { readonly score: number | null; readonly title: string; readonly displayValue?: string }>
  >;
}

const stage = await startStage();
const edge = startEdge(stage.server.url);
const port = await freePort();
const browser = await startBrowser([`--remote-debugging-port=${port}`]);
const out = await mkdtemp(join(tmpdir(), "repobase-lighthouse-"));
try {
  const { cookies } = await stage.signIn("alice");
  const headers = JSON.stringify({ Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") });
  const { id, commits } = stage.web;
  const views = { search: "/?q=retry+with+backoff", file: `/?at=${id}@${commits[1]}:src/session.ts:8-9` };
  for (const [name, address] of Object.entries(views))
    for (const form of ["phone", "desk"] as const) {
      const report = await lighthouse(edge.url.origin + address, form, headers);
      const scores = CATEGORIES.map((each) => `${each} ${report.categories[each]?.score}`);
      console.log(`${name} on a ${form}: ${scores.join(", ")}`);
      if (CATEGORIES.every((each) => (report.categories[each]?.score ?? 0) >= LEAST)) continue;
      process.exitCode = 1;
      for (const { score, title, displayValue = "" } of Object.values(report.audits))
        if (score !== null && score < 0.9) console.log(`  ${score} ${title} ${displayValue}`);
    }
} finally {
  await browser.close();
  await edge.stop(true);
  await stage.stop();
  await rm(out, { recursive: true, force: true });
}

async function lighthouse(url: string, form: "phone" | "desk", headers: string): Promise<Report> {
  const path = join(out, "report.json");
  const program = process.argv[2];
  // it needs Node 22
  const node = join(root, "node_modules/node/bin");
  const command = program === undefined ? ["npx", "-y", `lighthouse@${VERSION}`] : [join(node, "node"), program];
  const flags = ["--quiet", "--output=json", `--output-path=${path}`, `--port=${port}`, `--extra-headers=${headers}`];
  const preset = form === "desk" ? ["--preset=desktop"] : [];
  const child = Bun.spawn([...command, url, ...flags, ...preset, `--only-categories=${CATEGORIES.join(",")}`], {
    env: { ...process.env, PATH: `${node}:${process.env["PATH"]}` },
    stdout: "inherit",
    stderr: "inherit",
  });
  const code = await child.exited;
  if (code !== 0) throw new Error(`lighthouse ended with ${code}`);
  return JSON.parse(await readFile(path, "utf8")) as Report;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
