/** The repositories of the space, asked for once and again when the space is another. */
import { REMOTE_REPOS, type RemoteRepos } from "../protocol/cloud-api.ts";
import { ask } from "./api.ts";
import { useObserved } from "./observed.ts";
import { session } from "./session.ts";
import { type Loaded, useLoad } from "./use-load.ts";

let kept: { readonly space: string | null; readonly answer: RemoteRepos } | undefined;

/** The next question asks the server again. */
export const forgetRepos = (): void => void (kept = undefined);

/** @param delay ms; what is more urgent goes first */
export function useRepos(delay: number): Loaded<RemoteRepos> & { again: () => void } {
  const now = useObserved(session);
  const space = now.status === "in" ? now.me.userId : null;
  const known = kept?.space === space && space !== null ? kept.answer : undefined;
  const loaded = useLoad(
    now.status === "in" && !known ? `repos of ${space}` : null,
    async (signal) => {
      const answer = await ask({ path: "/v1/repos", type: REMOTE_REPOS, signal });
      kept = { space, answer };
      return answer;
    },
    delay,
  );
  return { ...loaded, value: known ?? loaded.value };
}
