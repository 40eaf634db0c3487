/** What the space uses of its quota. */
import { askUsage } from "../account-api.ts";
import { usageWords } from "../account-words.ts";
import { useLoad } from "../use-load.ts";
import { ProblemNote } from "./problem-note.tsx";

export function Usage({ space }: { space: string }) {
  const usage = useLoad(space, askUsage);
  return (
    <section aria-labelledby="usage">
      <h2 id="usage">Usage</h2>
      {usage.problem ? <ProblemNote problem={usage.problem} again={usage.again} /> : null}
      <ul class="plain">
        {usageWords(usage.value?.quota).map(({ name, words, share }) => (
          <li key={name}>
            <span>{words}</span>
            {share === null ? null : <progress aria-label={`${name} used`} max={1} value={share} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
