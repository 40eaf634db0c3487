/** The box for a question or a follow-up, where it looks, and the way to stop the answer. */
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_QUESTION } from "../../protocol/chat-api.ts";
import type { RemoteRepo } from "../../protocol/cloud-api.ts";
import type { AskPlace } from "../router.ts";
import { branchesOf, RepoChips, TextChip } from "./filters.tsx";

interface AskFormProps {
  readonly place: AskPlace;
  readonly repos: readonly RemoteRepo[];
  readonly followUp: boolean;
  readonly asking: boolean;
  readonly onAsk: (question: string) => void;
  readonly onStop: () => void;
  readonly onNew: () => void;
  readonly onScope: (change: Partial<Pick<AskPlace, "repos" | "ref">>) => void;
}

export function AskForm(of: AskFormProps) {
  const form = useRef<HTMLFormElement>(null);
  // what the address asks is not asked by itself: a link from somebody else must not spend this space's money
  const first = of.followUp ? "" : of.place.q;
  const [text, setText] = useState(first);
  useEffect(() => setText(first), [first]);
  const focusBox = () => form.current?.querySelector("textarea")?.focus();
  const submit = () => {
    if (of.asking || text.trim() === "") return;
    of.onAsk(text.trim());
    setText("");
    focusBox();
  };
  const then = (act: () => void) => () => {
    act();
    focusBox();
  };
  return (
    <form
      ref={form}
      class="ask-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <QuestionBox followUp={of.followUp} text={text} onText={setText} onEnter={submit} />
      <Where {...of} />
      <p class="row">
        <button class="primary" disabled={of.asking || text.trim() === ""}>
          Ask
        </button>
        {of.asking ? <Button name="Stop" onClick={then(of.onStop)} /> : null}
        {of.followUp ? <Button name="New question" onClick={then(of.onNew)} /> : null}
      </p>
    </form>
  );
}

/** Enter asks; with Shift it is a new line. */
function QuestionBox(of: { followUp: boolean; text: string; onText: (text: string) => void; onEnter: () => void }) {
  return (
    <label class="field">
      <span>{of.followUp ? "A follow-up" : "A question about the code"}</span>
      <textarea
        rows={3}
        maxLength={MAX_QUESTION}
        placeholder={of.followUp ? "And where is it tested?" : "How are tokens refreshed?"}
        enterkeyhint="send"
        value={of.text}
        onInput={(event) => of.onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          of.onEnter();
        }}
      />
    </label>
  );
}

function Where({ place, repos, onScope }: AskFormProps) {
  return (
    <div class="chips open" role="group" aria-label="Where to look">
      <RepoChips place={place} repos={repos} onChange={onScope} />
      <TextChip
        name="Branch or commit"
        value={place.ref}
        list={branchesOf({ place, repos })}
        set={(ref) => onScope({ ref })}
      />
    </div>
  );
}

const Button = ({ name, onClick }: { name: string; onClick: () => void }) => (
  <button type="button" onClick={onClick}>
    {name}
  </button>
);
