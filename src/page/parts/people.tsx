/** Who is in the space, and how they came: for its members to see, for its admins to change. */
import type { Me, SpaceInfo } from "../../protocol/identity-api.ts";
import { askSpace, setMemberRole, takeMemberOut, takeOrganisationOut } from "../account-api.ts";
import { announce } from "../announce.ts";
import { type Action, type ChangeSpace, useAction } from "../use-action.ts";
import { useLoad } from "../use-load.ts";
import { EndingButton } from "./ending-button.tsx";
import { Invitations } from "./invitations.tsx";
import { NewOrganisation } from "./new-organisation.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { RoleSelect } from "./role-select.tsx";

export function People({ me }: { me: Me }) {
  const admin = me.scopes.includes("admin");
  const space = useLoad(me.userId, askSpace);
  const action = useAction();
  const problem = space.problem ?? action.problem;
  const done = (act: () => Promise<unknown>, said: string) =>
    action.run(async () => {
      await act();
      announce(said);
      space.again();
    });
  return (
    <section aria-labelledby="people">
      <h2 id="people">People</h2>
      {problem ? <ProblemNote problem={problem} again={space.again} /> : null}
      {space.value ? <Members of={space.value} me={me} busy={action.busy} done={done} /> : null}
      {space.value && admin ? (
        <>
          <Organisations of={space.value} done={done} onNamed={space.again} />
          <Invitations of={space.value} onChange={space.again} done={done} />
        </>
      ) : null}
    </section>
  );
}

function Members({ of, me, busy, done }: { of: SpaceInfo; me: Me; busy: Action["busy"]; done: ChangeSpace }) {
  const admin = me.scopes.includes("admin");
  return (
    <ul class="plain">
      {of.members.map(({ id, login, role, via, until }) => (
        <li key={id}>
          <strong>{login}</strong>
          {admin ? (
            <RoleSelect
              label={`Role of ${login}`}
              value={role}
              disabled={busy}
              onChange={(next) => done(() => setMemberRole(id, next), `${login} may ${next} now`)}
            />
          ) : (
            <span class="quiet">{role}</span>
          )}
          <span class="quiet">
            {via === null ? "" : `by ${via}`}
            {until === null ? "" : ` until ${new Date(until).toISOString().slice(0, 10)}`}
          </span>
          {admin || id === me.person?.id ? (
            <EndingButton
              does={id === me.person?.id ? "Leave" : "Remove"}
              what={id === me.person?.id ? `the space ${me.userId}` : login}
              consequence="Their keys and sessions for this space end within a minute."
              onYes={() => done(() => takeMemberOut(id), `${login} is no member any more`)}
            />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Organisations({ of, done, onNamed }: { of: SpaceInfo; done: ChangeSpace; onNamed: () => void }) {
  return (
    <>
      <h3>Organisations at GitHub</h3>
      <p class="quiet">Their members come in when they sign in.</p>
      <ul class="plain">
        {of.orgs.map(({ login, role }) => (
          <li key={login}>
            <strong>{login}</strong>
            <span class="quiet">{role}</span>
            <EndingButton
              does="Remove"
              what={login}
              consequence="Who is here by this organisation alone leaves within a minute."
              onYes={() => done(() => takeOrganisationOut(login), `${login} is removed`)}
            />
          </li>
        ))}
      </ul>
      <NewOrganisation onNamed={onNamed} />
    </>
  );
}
