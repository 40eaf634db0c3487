/** Makes a key: label, what it may do, how long. The key itself is shown this once. */
import { useState } from "preact/hooks";
import { makeKey } from "../account-api.ts";
import type { Me } from "../../protocol/identity-api.ts";
import { SCOPES, type Scope } from "../../protocol/roles.ts";
import { useAction } from "../use-action.ts";
import { ProblemNote } from "./problem-note.tsx";
import { ShownOnce } from "./shown-once.tsx";

const DAY = 86_400_000;
const ENDS: readonly { readonly name: string; readonly days: number | null }[] = [
  { name: "in 30 days", days: 30 },
  { name: "in 90 days", days: 90 },
  { name: "in a year", days: 365 },
  { name: "never", days: null },
];
const MEANS: Readonly<Record<Scope, string>> = {
  read: "search and read",
  write: "push, change and remove",
  notify: "send notifications",
  admin: "manage people and keys",
};

/** A session that is a key’s makes none, unless it is an admin’s: they would outlive it. */
export function NewKey(props: { me: Me; onMade: () => void }) {
  const { person, scopes } = props.me;
  if (person || scopes.includes("admin")) return <NewKeyForm {...props} />;
  return <p>You are signed in with a key, and a key makes no others. The server’s admin makes them.</p>;
}

function NewKeyForm({ me, onMade }: { me: Me; onMade: () => void }) {
  const allowed = SCOPES.filter((scope) => me.scopes.includes(scope));
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [end, setEnd] = useState(1);
  const [made, setMade] = useState<string>();
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      const days = ENDS[end]?.days ?? null;
      const expires = days === null ? null : new Date(Date.now() + days * DAY).toISOString();
      setMade((await makeKey({ label: label.trim(), scopes, expires })).apiKey);
      setLabel("");
      onMade();
    });
  };
  return (
    <>
      {made === undefined ? null : (
        <ShownOnce name="The new key" value={made} says="It is shown this once. Keep it where secrets are kept." />
      )}
      <form onSubmit={submit} aria-label="New key">
        <label class="field">
          <span>Label of a new key</span>
          <input
            required
            maxLength={200}
            placeholder="CI of the api repository"
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        </label>
        <ScopeChecks allowed={allowed} scopes={scopes} onChange={setScopes} />
        <label class="field">
          <span>It ends</span>
          <select value={end} onChange={(event) => setEnd(Number(event.currentTarget.value))}>
            {ENDS.map(({ name }, i) => (
              <option value={i}>{name}</option>
            ))}
          </select>
        </label>
        {action.problem ? <ProblemNote problem={action.problem} /> : null}
        <button class="primary" disabled={action.busy || label.trim() === "" || scopes.length === 0}>
          Make the key
        </button>
      </form>
    </>
  );
}

function ScopeChecks(of: {
  readonly allowed: readonly Scope[];
  readonly scopes: readonly Scope[];
  readonly onChange: (scopes: readonly Scope[]) => void;
}) {
  const change = (scope: Scope, on: boolean) =>
    of.onChange(on ? [...of.scopes, scope] : of.scopes.filter((one) => one !== scope));
  return (
    <fieldset>
      <legend>It may</legend>
      {of.allowed.map((scope) => (
        <label class="check" key={scope}>
          <input
            type="checkbox"
            checked={of.scopes.includes(scope)}
            onChange={(event) => change(scope, event.currentTarget.checked)}
          />
          {MEANS[scope]}
        </label>
      ))}
    </fieldset>
  );
}
