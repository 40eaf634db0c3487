/** The space's webhooks, for its admins: addresses that are told what happens, each with a secret that is seen once. */
import { useState } from "preact/hooks";
import { NOTICE_KINDS, type NoticeKind } from "../../protocol/notice-api.ts";
import { announce } from "../announce.ts";
import { agoOf } from "../search-words.ts";
import { type Action, useAction } from "../use-action.ts";
import { useLoad } from "../use-load.ts";
import {
  makeWebhook,
  askWebhooks,
  enableWebhook,
  endWebhook,
  type ListedWebhook,
  testWebhook,
} from "../webhook-api.ts";
import { EndingButton } from "./ending-button.tsx";
import { KindChecks } from "./kind-checks.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { ShownOnce } from "./shown-once.tsx";

export function WebhookList({ space }: { space: string }) {
  const hooks = useLoad(space, askWebhooks);
  const action = useAction();
  const problem = hooks.problem ?? action.problem;
  const list = hooks.value?.webhooks ?? [];
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <p class="quiet">Addresses that are told what happens here, signed after Standard Webhooks.</p>
      {problem ? <ProblemNote problem={problem} again={hooks.again} /> : null}
      <ul class="plain">
        {list.map((hook) => (
          <Hook key={hook.id} hook={hook} action={action} onChange={hooks.again} />
        ))}
      </ul>
      {hooks.value && list.length === 0 ? <p>There is none.</p> : null}
      <NewWebhook onMade={hooks.again} />
    </section>
  );
}

function Hook({ hook, action, onChange }: { hook: ListedWebhook; action: Action; onChange: () => void }) {
  const { id, url, state } = hook;
  const [tested, setTested] = useState<string>();
  const then = (act: () => Promise<unknown>, said: string) => () =>
    action.run(async () => {
      await act();
      announce(said);
      onChange();
    });
  const test = () =>
    action.run(async () => {
      const { ok, status, error } = await testWebhook(id);
      setTested(ok ? `It was taken (${status}).` : `It was not taken: ${error ?? `status ${status}`}.`);
    });
  return (
    <li>
      <strong>{url}</strong>
      <span class="quiet">{stateOf(hook)}</span>
      <span role="status">{tested}</span>
      <button type="button" aria-label={`Test ${url}`} disabled={action.busy} onClick={test}>
        Test
      </button>
      {state === "disabled" ? (
        <button
          type="button"
          aria-label={`Enable ${url}`}
          disabled={action.busy}
          onClick={then(() => enableWebhook(id), `${url} is enabled`)}
        >
          Enable
        </button>
      ) : null}
      <EndingButton
        does="Remove"
        what={url}
        consequence="It is told nothing more, and its secret is forgotten."
        onYes={then(() => endWebhook(id), `${url} is removed`)}
      />
    </li>
  );
}

function stateOf({ state, reason, failingSince, lastError, kinds }: ListedWebhook): string {
  if (state === "disabled") return `disabled: ${reason ?? lastError ?? "it failed too long"}`;
  if (failingSince !== null) return `failing since ${agoOf(failingSince, Date.now())}: ${lastError ?? "no answer"}`;
  return kinds.length === NOTICE_KINDS.length ? "told of everything" : kinds.join(", ");
}

function NewWebhook({ onMade }: { onMade: () => void }) {
  const [url, setUrl] = useState("");
  const [kinds, setKinds] = useState<readonly NoticeKind[]>(NOTICE_KINDS);
  const [secret, setSecret] = useState<string>();
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      setSecret((await makeWebhook({ url: url.trim(), kinds })).secret);
      setUrl("");
      onMade();
    });
  };
  return (
    <>
      {secret === undefined ? null : (
        <ShownOnce
          name="The webhook’s secret"
          value={secret}
          says="It is shown this once. Whoever receives the webhook checks its signatures with it."
        />
      )}
      <form onSubmit={submit} aria-label="New webhook">
        <label class="field">
          <span>Address of a new webhook</span>
          <input
            type="url"
            required
            placeholder="https://example.com/hooks/repobase"
            autocomplete="off"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        <KindChecks legend="It is told when" kinds={kinds} onChange={setKinds} />
        {action.problem ? <ProblemNote problem={action.problem} /> : null}
        <button class="primary" disabled={action.busy || url.trim() === "" || kinds.length === 0}>
          Add the webhook
        </button>
      </form>
    </>
  );
}
