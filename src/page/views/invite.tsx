/** An invitation that was opened by its link: accepted by a button, never by the link alone. */
import { acceptInvitation } from "../account-api.ts";
import { announce } from "../announce.ts";
import { navigate } from "../navigation.ts";
import { useObserved } from "../observed.ts";
import { ProblemNote } from "../parts/problem-note.tsx";
import { EMPTY_SEARCH } from "../router.ts";
import { session, signOut, switchSpace } from "../session.ts";
import { useAction } from "../use-action.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

export function InviteView({ place: { token } }: ViewProps<"invite">) {
  useTitle("Invitation");
  const now = useObserved(session);
  const action = useAction();
  const person = now.status === "in" ? now.me.person : null;
  const accept = () =>
    action.run(async () => {
      const { space } = await acceptInvitation(token);
      if (space !== null) await switchSpace(space);
      announce(space === null ? "You had accepted it already" : `You are in the space ${space} now`);
      navigate(EMPTY_SEARCH, "replace");
    });
  return (
    <section class="sign-in">
      <h1>You are invited</h1>
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
      {person ? (
        <>
          <p>
            Somebody invites you to a space on this server. You accept as <strong>{person.login}</strong>.
          </p>
          <button type="button" class="primary" disabled={action.busy} onClick={accept}>
            Accept the invitation
          </button>
        </>
      ) : null}
      {now.status === "in" && !person ? (
        <>
          <p>You are signed in with a key. An invitation is for a person: sign out, then sign in with GitHub.</p>
          <button type="button" disabled={action.busy} onClick={() => action.run(() => signOut(false))}>
            Sign out
          </button>
        </>
      ) : null}
    </section>
  );
}
