/**
 * Pictures of the page for README.md and docs/, from a server of the tests with two small repositories: `bun scripts/screenshots.ts`
 * writes docs/images/*.webp. On a phone and on a desk; none may be larger than 150 kB.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { says, startScriptedModel } from "../tests/helpers/scripted-model.ts";
import { withKey } from "../tests/server/identity/signed-in.ts";
import { type Stage, startStage } from "../tests/page/stage.ts";
import { DESK, PHONE, type Size, Visitor } from "../tests/page/visitor.ts";

const MAX_BYTES = 150_000;
const folder = join(import.meta.dir, "../docs/images");

interface Picture {
  readonly name: string;
  readonly size: Size;
  readonly address: (stage: Stage) => string;
  /** A selector of what must be there before the picture is taken. */
  readonly shows: string;
  readonly act?: (visitor: Visitor) => Promise<void>;
  readonly dark?: boolean;
  readonly signedOut?: boolean;
}

const file = ({ web }: Stage) => `/?at=${web.id}@${web.commits[1]}:src/session.ts:8-9`;
const diff = ({ web }: Stage) => `/?diff=${web.id}&from=${web.commits[0]}&to=${web.commits[1]}&path=src/session.ts`;
const ANSWER =
  "`refreshSessionToken` reads the session through `retryWithBackoff` [1], at most five times, and puts `-fresh` behind the token. The pause starts at 100 ms and doubles [2].";
const ask = async ({ page }: Visitor): Promise<void> => {
  await page.getByLabel("A question about the code").fill("How is the token of a session refreshed?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page
    .locator(".answer-text")
    .getByRole("button", { name: /^Source 1: / })
    .click();
};
const COLOURED = ".code-keyword";
const PICTURES: readonly Picture[] = [
  { name: "search-phone", size: PHONE, address: () => "/?q=retry+with+backoff", shows: COLOURED },
  { name: "search-desk", size: DESK, address: () => "/?q=retry+with+backoff", shows: `.preview ${COLOURED}` },
  { name: "file-phone-dark", size: PHONE, address: file, shows: COLOURED, dark: true },
  { name: "file-desk", size: DESK, address: file, shows: `${COLOURED}:visible` },
  { name: "diff-desk", size: DESK, address: diff, shows: ".line.added" },
  { name: "sign-in-phone", size: PHONE, address: () => "/", shows: "#key", signedOut: true },
  { name: "you-phone", size: PHONE, address: () => "/?view=you", shows: "form[aria-label='New key']" },
  { name: "ask-desk", size: DESK, address: () => "/?view=ask", act: ask, shows: `aside ${COLOURED}` },
  { name: "ask-phone", size: PHONE, address: () => "/?view=ask", act: ask, shows: `.source-lines ${COLOURED}` },
  { name: "notifications-phone", size: PHONE, address: () => "/?view=notifications", shows: ".notices li" },
];

const stage = await startStage();
const model = await startScriptedModel();
try {
  await prepare();
  const state = await stage.signIn("alice");
  await mkdir(folder, { recursive: true });
  for (const picture of PICTURES) await take(picture, state);
} finally {
  await model.stop();
  await stage.stop();
}

/** A model that answers, and something that happened. */
async function prepare(): Promise<void> {
  model.script(says(ANSWER));
  const api = withKey(stage.place, await stage.server.issueKey("alice", ["read", "notify", "admin"]));
  await api("/v1/space/model", {
    method: "PUT",
    body: { baseUrl: model.url, model: "example-model", prices: { input: 0.5, output: 2 } },
  });
  const url = "https://ci.example.com/runs/81";
  for (const body of [
    { title: "Nightly tests of web pass", body: "412 tests, 3 min", url },
    { title: "Dependency update of tools failed", body: "go 1.27 does not build tools/main.go", status: "failed", url },
  ])
    await api("/v1/notifications", { method: "POST", body });
}

async function take(of: Picture, state: Awaited<ReturnType<Stage["signIn"]>>): Promise<void> {
  const { browser, server } = stage;
  const visitor = await Visitor.come(browser, server.url, of.size, of.signedOut ? {} : { state });
  if (of.dark) await visitor.page.emulateMedia({ colorScheme: "dark" });
  await visitor.page.goto(of.address(stage), { waitUntil: "networkidle" });
  await of.act?.(visitor);
  await visitor.page.locator(of.shows).first().waitFor();
  const chromium = await visitor.context.newCDPSession(visitor.page);
  const { data } = await chromium.send("Page.captureScreenshot", { format: "webp", quality: 90 });
  const bytes = Buffer.from(data, "base64");
  await visitor.context.close();
  if (bytes.length > MAX_BYTES) throw new Error(`${of.name}: ${bytes.length} bytes, more than ${MAX_BYTES}`);
  await writeFile(join(folder, `${of.name}.webp`), bytes);
  console.log(`docs/images/${of.name}.webp: ${bytes.length} bytes`);
}
