/**
 * A newcomer's way on the page: from the bare address, signed out, by GitHub to the first answer, and from there to the file at the
 * line. On a phone and on a desk, an empty cache each, the server on workerd with 60 ms a read of its bucket. GitHub is the one of our
 * tests, which approves at once: what a person takes to read and type is not in it. `bun benchmarks/newcomer.ts`
 */
import { startStage } from "../tests/page/stage.ts";
import { SIZES, Visitor } from "../tests/page/visitor.ts";

const READ_MS = 60;

let readMs = 0;
const stage = await startStage({ gate: () => (readMs === 0 ? Promise.resolve() : Bun.sleep(readMs)) });
try {
  readMs = READ_MS;
  stage.github.browser = "alice";
  for (const size of SIZES) {
    const visitor = await Visitor.come(stage.browser, stage.server.url, size);
    const started = performance.now();
    const since = () => `${Math.round(performance.now() - started)} ms`;
    await visitor.open("/");
    await visitor.page.getByText("Sign in with GitHub").click();
    await visitor.page.getByRole("searchbox").fill("retry with backoff");
    const [signedIn, result] = [since(), visitor.page.locator(".result").first()];
    await result.waitFor();
    const answered = since();
    await result.getByRole("link").first().click();
    await visitor.page.locator(".file .line.pointed").first().waitFor();
    console.log(`${size.name}: signed in after ${signedIn}, first answer ${answered}, the file at the line ${since()}`);
    await visitor.leave();
  }
} finally {
  await stage.stop();
}
