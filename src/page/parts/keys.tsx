/** Keys for programs: one's own, or all of the space for its admins; a new one, seen once; revoked by its name. */
import { useState } from "preact/hooks";
import { askKeys, endKey } from "../account-api.ts";
import { endWords } from "../account-words.ts";
import { announce } from "../announce.ts";
import type { Me } from "../../protocol/identity-api.ts";
import { useAction } from "../use-action.ts";
import { useLoad } from "../use-load.ts";
import { EndingButton } from "./ending-button.tsx";
import { NewKey } from "./new-key.tsx";
import { ProblemNote } from "./problem-note.tsx";

export function Keys({ me }: { me: Me }) {
  const admin = me.scopes.includes("admin");
  const [all, setAll] = useState(false);
  const keys = useLoad(`${me.userId} ${all}`, (signal) => askKeys(all, signal));
  const revoke = useAction();
  const problem = keys.problem ?? revoke.problem;
  return (
    <section aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <p class="quiet">For programs, scripts and agents.</p>
      {problem ? <ProblemNote problem={problem} again={keys.again} /> : null}
      {admin ? (
        <label class="check">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
          Show everybody’s
        </label>
      ) : null}
      <ul class="plain">
        {keys.value?.keys.map(({ id, label, scopes, expires, tail, error }) => {
          const name = label ?? (tail ? `the key that ends in ${tail}` : `key ${id.slice(0, 8)}`);
          return (
            <li key={id}>
              <strong>{name}</strong>
              <span class="quiet">
                {error ? error.detail : [scopes.join(", "), endWords(expires, Date.now())].join(" · ")}
              </span>
              <EndingButton
                does="Revoke"
                what={name}
                consequence="Whatever uses it is turned away within a minute."
                onYes={() =>
                  revoke.run(async () => {
                    await endKey(id);
                    announce(`${name} is revoked`);
                    keys.again();
                  })
                }
              />
            </li>
          );
        })}
      </ul>
      {keys.value?.keys.length === 0 ? <p>You have no keys.</p> : null}
      <NewKey me={me} onMade={keys.again} />
    </section>
  );
}
