/** Sets the space's own model. The key is written and never read: left empty, the one that is there stays. */
import { useState } from "preact/hooks";
import { type ChatModelInfo, DEFAULT_CHAT_LIMITS } from "../../protocol/chat-model-api.ts";
import { announce } from "../announce.ts";
import { modelChange, type ModelFields } from "../model-fields.ts";
import { changeModel } from "../model-api.ts";
import { useAction } from "../use-action.ts";
import { ProblemNote } from "./problem-note.tsx";

interface FieldOf {
  readonly name: keyof ModelFields;
  readonly label: string;
  readonly keyboard?: "url" | "decimal";
  readonly hint?: string;
}

const FIELDS: readonly FieldOf[] = [
  {
    name: "baseUrl",
    label: "Address of an OpenAI-compatible API",
    keyboard: "url",
    hint: "https://api.example.com/v1",
  },
  { name: "model", label: "Name of the model", hint: "as its provider writes it" },
  { name: "key", label: "Key" },
  { name: "input", label: "Price of a million tokens read", keyboard: "decimal" },
  { name: "output", label: "Price of a million tokens written", keyboard: "decimal" },
  { name: "currency", label: "Currency", hint: "USD" },
  { name: "questionsPerDay", label: "Questions a day, of the whole space", keyboard: "decimal", hint: "no limit" },
  { name: "tokensPerDay", label: "Tokens a day", keyboard: "decimal", hint: "no limit" },
];

export function ModelForm({ info, onSet }: { info: ChatModelInfo; onSet: () => void }) {
  const [fields, setFields] = useState(() => fieldsOf(info));
  const action = useAction();
  const kept = info.owner === "space" && info.hasKey;
  const submit = (event: Event) => {
    event.preventDefault();
    action.run(async () => {
      await changeModel(modelChange(fields, info));
      setFields({ ...fields, key: "" });
      announce("The model is set");
      onSet();
    });
  };
  return (
    <form onSubmit={submit} aria-label="Model for Ask">
      {FIELDS.map((field) => (
        <Field
          key={field.name}
          of={field.name === "key" && kept ? { ...field, hint: "the one that is set" } : field}
          value={fields[field.name]}
          onInput={(value) => setFields({ ...fields, [field.name]: value })}
        />
      ))}
      {action.problem ? <ProblemNote problem={action.problem} /> : null}
      <button class="primary" disabled={action.busy || fields.baseUrl.trim() === "" || fields.model.trim() === ""}>
        Set the model
      </button>
    </form>
  );
}

function Field({ of, value, onInput }: { of: FieldOf; value: string; onInput: (value: string) => void }) {
  const common = { value, placeholder: of.hint, onInput: (event: InputEvent) => onInput(valueOf(event)) };
  return (
    <label class="field">
      <span>{of.label}</span>
      {of.name === "key" ? (
        <input type="password" autocomplete="new-password" {...common} />
      ) : (
        <input autocomplete="off" autocapitalize="off" spellcheck={false} inputMode={of.keyboard} {...common} />
      )}
    </label>
  );
}

const valueOf = ({ currentTarget }: Event): string =>
  currentTarget instanceof HTMLInputElement ? currentTarget.value : "";

function fieldsOf(info: ChatModelInfo): ModelFields {
  const own = info.owner === "space";
  const limits = own ? info : DEFAULT_CHAT_LIMITS;
  const words = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return {
    baseUrl: info.baseUrl ?? "",
    model: own ? (info.model ?? "") : "",
    key: "",
    input: own ? words(info.prices?.input) : "",
    output: own ? words(info.prices?.output) : "",
    currency: (own && info.prices?.currency) || "USD",
    questionsPerDay: words(limits.questionsPerDay),
    tokensPerDay: words(limits.tokensPerDay),
  };
}
