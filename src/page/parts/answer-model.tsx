/** The model that answers the space's questions: seen by its members, set, tried and removed by its admins. */
import { useState } from "preact/hooks";
import type { Me } from "../../protocol/identity-api.ts";
import type { ChatModelInfo } from "../../protocol/chat-model-api.ts";
import { plural } from "../../text/figures.ts";
import { announce } from "../announce.ts";
import { askModel, endModel, tryModel } from "../model-api.ts";
import { useAction } from "../use-action.ts";
import { useLoad } from "../use-load.ts";
import { EndingButton } from "./ending-button.tsx";
import { ModelForm } from "./model-form.tsx";
import { ProblemNote, sentence } from "./problem-note.tsx";

export function AnswerModel({ me, space }: { me: Me; space: string }) {
  const admin = me.scopes.includes("admin");
  const model = useLoad(space, askModel);
  return (
    <section aria-labelledby="model">
      <h2 id="model">Model for Ask</h2>
      {model.problem ? <ProblemNote problem={model.problem} again={model.again} /> : null}
      {model.value ? <About info={model.value} /> : null}
      {model.value?.problem ? <p class="note error">{sentence(model.value.problem)}</p> : null}
      {model.value && model.value.owner !== null ? <TryIt /> : null}
      {model.value && admin ? <Change info={model.value} onChange={model.again} /> : null}
      {model.value && !admin ? <p class="quiet">An admin of the space sets it.</p> : null}
    </section>
  );
}

function About({ info }: { info: ChatModelInfo }) {
  const { owner, model, baseUrl, hasKey, prices, today, questionsPerDay, tokensPerDay } = info;
  if (owner === null) return <p>No model is set: Ask shows the places that it finds, and no answer.</p>;
  const lines = [
    ["Model", owner === "server" ? `${model} (the server’s, for all spaces)` : model],
    ["Address", baseUrl],
    ["Key", owner === "space" ? (hasKey ? "set, and never shown" : "none") : null],
    ["Prices", prices && `${prices.input} in, ${prices.output} out, ${prices.currency} per million tokens`],
    [
      "Today",
      `${limited(today.questions, questionsPerDay, "question")}, ${limited(today.tokens, tokensPerDay, "token")}`,
    ],
  ] as const;
  return (
    <ul class="plain">
      {lines.map(([name, value]) =>
        value === null ? null : (
          <li key={name}>
            <span class="quiet">{name}</span> {value}
          </li>
        ),
      )}
    </ul>
  );
}

const limited = (n: number, most: number | null, one: string): string =>
  most === null ? plural(n, one) : `${n} of ${plural(most, one)}`;

function TryIt() {
  const action = useAction();
  const [said, setSaid] = useState<string>();
  const run = () =>
    action.run(async () => {
      setSaid(undefined);
      const { reason, answer, error, model } = await tryModel();
      if (error) setSaid(`It failed: ${sentence(error.detail)} ${sentence(error.hint ?? "")}`);
      else setSaid(reason === "stop" ? `${model} answers: ${answer}` : `It ended early (${reason}): ${answer}`);
    });
  return (
    <>
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
      <p role="status">{said}</p>
      <button type="button" disabled={action.busy} onClick={run}>
        {action.busy ? "Asking …" : "Test it with a question"}
      </button>
    </>
  );
}

function Change({ info, onChange }: { info: ChatModelInfo; onChange: () => void }) {
  const remove = useAction();
  return (
    <>
      {info.owner === "space" ? (
        <EndingButton
          does="Remove"
          what="the model"
          consequence="Its address and key are forgotten. Ask shows places, or answers with the server’s model if it has one."
          onYes={() =>
            remove.run(async () => {
              await endModel();
              announce("The model is removed");
              onChange();
            })
          }
        />
      ) : null}
      {remove.problem ? <ProblemNote problem={remove.problem} /> : null}
      <details>
        <summary>{info.owner === "space" ? "Change it" : "Set a model of your own"}</summary>
        <ModelForm key={`${info.baseUrl} ${info.model}`} info={info} onSet={onChange} />
      </details>
    </>
  );
}
