/** Signing in: with GitHub where the server offers it, else with an API key, which is sent once for a session and not kept. */
import { useState } from "preact/hooks";
import { AUTH_INFO } from "../../protocol/identity-api.ts";
import { signInFailure } from "../account-words.ts";
import { ask } from "../api.ts";
import { ProblemNote } from "../parts/problem-note.tsx";
import { asProblem, type PageProblem } from "../problem.ts";
import { addressOf, EMPTY_SEARCH, type Place } from "../router.ts";
import { signInWithKey } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useTitle } from "../use-title.ts";

export function SignInView({ place }: { place: Place }) {
  useTitle("Sign in");
  const how = useLoad("auth", (signal) => ask({ path: "/v1/auth", type: AUTH_INFO, signal }));
  const page = how.value?.github?.page === true;
  return (
    <section class="sign-in">
      <h1>Sign in</h1>
      <p>
        {place.view === "invite"
          ? "You are invited to a space on this server. Sign in to accept."
          : "Search your indexed code from any device."}
      </p>
      {place.view === "you" && place.signin !== undefined ? (
        <p class="note error" role="alert">
          {signInFailure(place.signin)}
        </p>
      ) : null}
      {how.problem ? <ProblemNote problem={how.problem} again={how.again} /> : null}
      {page ? (
        <a class="button primary" href={startOf(place)}>
          Sign in with GitHub
        </a>
      ) : null}
      {how.value ? <KeyForm alone={!page} /> : null}
    </section>
  );
}

/** The server's own path: it leaves the page, and comes back to the place. */
function startOf(place: Place): string {
  const query = new URLSearchParams({ return: addressOf(place.view === "invite" ? EMPTY_SEARCH : afterSignIn(place)) });
  if (place.view === "invite") query.set("invitation", place.token);
  return `/v1/auth/github/start?${query}`;
}

/** Not to what says that a sign-in failed. */
const afterSignIn = (place: Place): Place => (place.view === "you" ? { view: "you" } : place);

function KeyForm({ alone }: { alone: boolean }) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<PageProblem>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await signInWithKey(key.trim());
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label for="key">{alone ? "API key" : "Or an API key"}</label>
      <input
        id="key"
        type="password"
        autocomplete="current-password"
        required
        placeholder="rb_…"
        value={key}
        aria-describedby="key-help"
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <p id="key-help" class="quiet">
        It is sent once for a session of 30 days and not kept in this browser.
      </p>
      {problem ? <ProblemNote problem={problem} /> : null}
      <button class={alone ? "primary" : ""} disabled={busy || key.trim() === ""}>
        {busy ? "Signing in …" : "Sign in with the key"}
      </button>
    </form>
  );
}
