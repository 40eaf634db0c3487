/** A button that ends something by its name, once the person has said so in a dialog. */
import { useState } from "preact/hooks";
import { ConfirmDialog } from "./confirm-dialog.tsx";

export function EndingButton(of: {
  /** `Revoke`, `Remove`: what the button shows. */
  readonly does: string;
  /** What ends, as its owner calls it. */
  readonly what: string;
  readonly consequence: string;
  readonly onYes: () => void;
}) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" aria-label={`${of.does} ${of.what}`} onClick={() => setAsking(true)}>
        {of.does}
      </button>
      {asking ? (
        <ConfirmDialog
          question={`${of.does} ${of.what}?`}
          consequence={of.consequence}
          does={`${of.does} it`}
          onYes={of.onYes}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
