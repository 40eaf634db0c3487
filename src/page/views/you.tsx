/** Who is signed in, their space, and the way out. */
import { useState } from "preact/hooks";
import { useObserved } from "../observed.ts";
import { ProblemNote } from "../parts/problem-note.tsx";
import { asProblem, type PageProblem } from "../problem.ts";
import { session, signOut } from "../session.ts";
import { useTitle } from "../use-title.ts";

export function YouView() {
  useTitle("You");
  const now = useObserved(session);
  const me = now.status === "in" ? now.me : undefined;
  return (
    <>
      <h1>{me?.person?.name ?? me?.person?.login ?? me?.userId ?? "You"}</h1>
      {now.status === "unknown" ? <ProblemNote problem={now.problem} /> : null}
      {me ? <p>{me.userId === null ? "You have no space on this server." : `In the space ${me.userId}.`}</p> : null}
      <SignOut />
    </>
  );
}

function SignOut() {
  const [problem, setProblem] = useState<PageProblem>();
  const leave = async (everywhere: boolean) => {
    try {
      await signOut(everywhere);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <section aria-labelledby="sign-out">
      <h2 id="sign-out">Sign out</h2>
      {problem ? <ProblemNote problem={problem} /> : null}
      <p class="row">
        <button type="button" onClick={() => void leave(false)}>
          Sign out here
        </button>
        <button type="button" onClick={() => void leave(true)}>
          Sign out everywhere
        </button>
      </p>
    </section>
  );
}
