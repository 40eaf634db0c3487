/** The page's files, which lie in the folder `page` of the assets (scripts/build-worker.ts); nothing else of the assets is shown. */
import type { PageFiles } from "../src/server/page.ts";

export function pageAssets(assets: Fetcher): PageFiles {
  return async (path) => {
    // as it lies there: Cloudflare compresses on the way out
    const answer = await assets.fetch(`https://assets.invalid/page${path}`);
    return answer.status === 200 ? answer : undefined;
  };
}
