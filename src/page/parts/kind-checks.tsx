/** Which kinds of notices one wants. */
import { NOTICE_KINDS, type NoticeKind } from "../../protocol/notice-api.ts";
import { KIND_CHOICES } from "../notice-words.ts";

export function KindChecks(of: {
  readonly legend: string;
  readonly kinds: readonly NoticeKind[];
  readonly onChange: (kinds: readonly NoticeKind[]) => void;
}) {
  const change = (kind: NoticeKind, on: boolean) =>
    of.onChange(NOTICE_KINDS.filter((one) => (one === kind ? on : of.kinds.includes(one))));
  return (
    <fieldset>
      <legend>{of.legend}</legend>
      {NOTICE_KINDS.map((kind) => (
        <label class="check" key={kind}>
          <input
            type="checkbox"
            checked={of.kinds.includes(kind)}
            onChange={(event) => change(kind, event.currentTarget.checked)}
          />
          {KIND_CHOICES[kind]}
        </label>
      ))}
    </fieldset>
  );
}
