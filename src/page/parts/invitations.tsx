/** Invitations to the space: those that are open, and a new one, whose link is shown once. */
import { useState } from "preact/hooks";
import type { SpaceInfo } from "../../protocol/identity-api.ts";
import type { Role } from "../../protocol/roles.ts";
import { endInvitation, makeInvitation } from "../account-api.ts";
import { endWords } from "../account-words.ts";
import { type ChangeSpace, useAction } from "../use-action.ts";
import { EndingButton } from "./ending-button.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { RoleSelect } from "./role-select.tsx";
import { ShownOnce } from "./shown-once.tsx";

export function Invitations({ of, onChange, done }: { of: SpaceInfo; onChange: () => void; done: ChangeSpace }) {
  return (
    <>
      <h3>Invitations</h3>
      <ul class="plain">
        {of.invitations.map(({ id, role, login, expires }) => (
          <li key={id}>
            <strong>{login ?? "whoever has the link"}</strong>
            <span class="quiet">
              {role} · {endWords(expires, Date.now())}
            </span>
            <EndingButton
              does="Withdraw"
              what={`the invitation of ${login ?? "whoever has the link"}`}
              consequence="Its link opens nothing any more."
              onYes={() => done(() => endInvitation(id), "The invitation is withdrawn")}
            />
          </li>
        ))}
      </ul>
      <NewInvitation onMade={onChange} />
    </>
  );
}

function NewInvitation({ onMade }: { onMade: () => void }) {
  const [login, setLogin] = useState("");
  const [role, setRole] = useState<Role>("read");
  const [link, setLink] = useState<string>();
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      setLink((await makeInvitation(role, login.trim() || null)).link);
      setLogin("");
      onMade();
    });
  };
  return (
    <>
      {link === undefined ? null : (
        <ShownOnce
          name="The invitation’s link"
          value={link}
          says="It works once, for seven days, and is shown this once."
        />
      )}
      <form class="row" onSubmit={submit} aria-label="New invitation">
        <label class="field">
          <span>Login at GitHub (empty: whoever has the link)</span>
          <input autocapitalize="off" value={login} onInput={(event) => setLogin(event.currentTarget.value)} />
        </label>
        <RoleSelect label="Role of the invited" value={role} onChange={setRole} />
        <button disabled={action.busy}>Make an invitation</button>
        {action.problem ? <ProblemNote problem={action.problem} /> : null}
      </form>
    </>
  );
}
