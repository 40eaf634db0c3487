/** Which space one works in, and a new one to share. */
import { useState } from "preact/hooks";
import type { Me } from "../../protocol/identity-api.ts";
import { makeSharedSpace } from "../account-api.ts";
import { announce } from "../announce.ts";
import { switchSpace } from "../session.ts";
import { useAction } from "../use-action.ts";
import { ProblemNote } from "./problem-note.tsx";

export function Spaces({ me }: { me: Me }) {
  const action = useAction();
  const go = (id: string) =>
    action.run(async () => {
      await switchSpace(id);
      announce(`You are in the space ${id} now`);
    });
  return (
    <section aria-labelledby="space">
      <h2 id="space">Space</h2>
      {me.userId === null ? <p>You have no space on this server. Ask a member of one for an invitation.</p> : null}
      {me.spaces.length === 0 ? null : (
        <label class="field">
          <span>You work in</span>
          <select
            value={me.userId ?? ""}
            disabled={action.busy || me.spaces.length === 1}
            onChange={(event) => go(event.currentTarget.value)}
          >
            {me.spaces.map(({ id, name, role }) => (
              <option value={id}>
                {name === id ? id : `${name} (${id})`}: {role}
              </option>
            ))}
          </select>
        </label>
      )}
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
      {me.person ? <NewSpace onMade={go} /> : null}
    </section>
  );
}

function NewSpace({ onMade }: { onMade: (id: string) => void }) {
  const [id, setId] = useState("");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      const made = await makeSharedSpace(id.trim(), id.trim());
      setId("");
      onMade(made.id);
    });
  };
  return (
    <details>
      <summary>A new space to share</summary>
      <form class="row" onSubmit={submit} aria-label="New space">
        <label class="field">
          <span>Name: small letters, digits, - and _</span>
          <input
            required
            pattern="[a-z0-9][a-z0-9_\-]*"
            maxLength={64}
            autocapitalize="off"
            value={id}
            onInput={(event) => setId(event.currentTarget.value)}
          />
        </label>
        <button disabled={action.busy || id.trim() === ""}>Make the space</button>
        {action.problem ? <ProblemNote problem={action.problem} /> : null}
      </form>
    </details>
  );
}
