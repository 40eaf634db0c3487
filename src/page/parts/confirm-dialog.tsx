/** Asks before something ends for good, and names it. Escape and Cancel change nothing. */
import { useEffect, useRef } from "preact/hooks";

export function ConfirmDialog(of: {
  /** A question, with the name of what ends. */
  readonly question: string;
  readonly consequence: string;
  /** What the button says. */
  readonly does: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="question" onClose={of.onClose}>
      <h2 id="question">{of.question}</h2>
      <p>{of.consequence}</p>
      <p class="row">
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class="danger"
          onClick={() => {
            dialog.current?.close();
            of.onYes();
          }}
        >
          {of.does}
        </button>
      </p>
    </dialog>
  );
}
