/** Names an organisation at GitHub whose members may come in. */
import { useState } from "preact/hooks";
import type { Role } from "../../protocol/roles.ts";
import { nameOrganisation } from "../account-api.ts";
import { announce } from "../announce.ts";
import { useAction } from "../use-action.ts";
import { ProblemNote } from "./problem-note.tsx";
import { RoleSelect } from "./role-select.tsx";

export function NewOrganisation({ onNamed }: { onNamed: () => void }) {
  const [org, setOrg] = useState("");
  const [role, setRole] = useState<Role>("read");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      await nameOrganisation(org.trim(), role);
      announce(`Members of ${org.trim()} may ${role} now`);
      setOrg("");
      onNamed();
    });
  };
  return (
    <form class="row" onSubmit={submit} aria-label="New organisation">
      <label class="field">
        <span>Organisation</span>
        <input required value={org} onInput={(event) => setOrg(event.currentTarget.value)} />
      </label>
      <RoleSelect label="Role of its members" value={role} onChange={setRole} />
      <button disabled={action.busy || org.trim() === ""}>Add the organisation</button>
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
    </form>
  );
}
