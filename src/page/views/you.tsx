/** Who is signed in: their space, its usage, keys and people, and the way out. */
import type { Me } from "../../protocol/identity-api.ts";
import { signInFailure } from "../account-words.ts";
import { useObserved } from "../observed.ts";
import { AnswerModel } from "../parts/answer-model.tsx";
import { Devices } from "../parts/devices.tsx";
import { Keys } from "../parts/keys.tsx";
import { People } from "../parts/people.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { Spaces } from "../parts/spaces.tsx";
import { Usage } from "../parts/usage.tsx";
import { WebhookList } from "../parts/webhooks.tsx";
import { askSession, session, signOut } from "../session.ts";
import { useAction } from "../use-action.ts";
import { useTitle } from "../use-title.ts";
import type { ViewProps } from "./view-props.ts";

export function YouView({ place }: ViewProps<"you">) {
  useTitle("You");
  const now = useObserved(session);
  return (
    <div class="you">
      <h1>{now.status === "in" ? nameOf(now.me) : "You"}</h1>
      {place.signin === undefined ? null : (
        <p class="note error" role="alert">
          {signInFailure(place.signin)}
        </p>
      )}
      {now.status === "unknown" ? <ProblemNote problem={now.problem} again={() => void askSession()} /> : null}
      {now.status === "in" ? <Account me={now.me} /> : null}
      {now.status === "asking" ? <p class="quiet">Loading …</p> : null}
      <SignOut />
    </div>
  );
}

function Account({ me }: { me: Me }) {
  return (
    <>
      <Spaces me={me} />
      {me.userId === null ? null : (
        <>
          <Usage space={me.userId} />
          <Keys key={`keys ${me.userId}`} me={me} />
          <AnswerModel key={`model ${me.userId}`} me={me} space={me.userId} />
          {me.person ? <Devices key={`devices ${me.userId}`} space={me.userId} /> : null}
          {me.scopes.includes("admin") ? <WebhookList key={`webhooks ${me.userId}`} space={me.userId} /> : null}
          {me.person ? <People key={`people ${me.userId}`} me={me} /> : null}
        </>
      )}
    </>
  );
}

function SignOut() {
  const action = useAction();
  return (
    <section aria-labelledby="sign-out">
      <h2 id="sign-out">Sign out</h2>
      <p class="quiet">What was kept in this browser for reading offline goes too.</p>
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
      <p class="row">
        <button type="button" disabled={action.busy} onClick={() => action.run(() => signOut(false))}>
          Sign out here
        </button>
        <button type="button" disabled={action.busy} onClick={() => action.run(() => signOut(true))}>
          Sign out everywhere
        </button>
      </p>
    </section>
  );
}

const nameOf = ({ person, userId }: Me): string => person?.name ?? person?.login ?? `A key of ${userId}`;
