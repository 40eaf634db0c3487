/** A secret that is seen this once: to copy now, or never. */
import { copyText } from "../copy-text.ts";
import { Icon } from "./icon.tsx";

export function ShownOnce({ name, value, says }: { name: string; value: string; says: string }) {
  return (
    <div class="note" role="status">
      <label class="field">
        <span>{name}</span>
        <input readOnly value={value} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <p>{says}</p>
      <button type="button" onClick={() => void copyText(value, name)}>
        <Icon name="copy" /> Copy
      </button>
    </div>
  );
}
