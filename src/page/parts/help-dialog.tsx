/** The keys, in a dialog: `?` opens it, Escape closes it. */
import { useEffect, useRef } from "preact/hooks";

const KEYS = [
  ["/", "go to the search box"],
  ["j", "next result"],
  ["k", "previous result"],
  ["Enter", "open the selected result"],
  ["o", "open it at the source host"],
  ["y", "copy a permanent link to it"],
  ["?", "these keys"],
] as const;

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="keys" onClose={onClose}>
      <h2 id="keys">Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
