/** Says that an answer comes from this device, and since when it was kept. */
import { keptAt } from "../kept.ts";
import { agoOf } from "../search-words.ts";

export function KeptNote({ answer }: { answer: object }) {
  const at = keptAt(answer);
  if (at === undefined) return null;
  const since = new Date(at);
  return (
    <p class="note" role="status">
      The server cannot be reached. This was kept here{" "}
      <time dateTime={since.toISOString()} title={since.toLocaleString()}>
        {agoOf(since.toISOString(), Date.now())}
      </time>
      .
    </p>
  );
}
