/** What a request may say of a key that it wants. */
import { array, exactOptional, maxLength, nullable, picklist, pipe } from "valibot";
import { text } from "../../protocol/decode.ts";
import { type Scope, SCOPES } from "../../protocol/roles.ts";
import type { OwnKey } from "../identity/own-key.ts";
import { checkExpires } from "../key-store.ts";

const MAX_LABEL = 200;

export const KEY_BODY = {
  label: exactOptional(nullable(pipe(text, maxLength(MAX_LABEL, `must have at most ${MAX_LABEL} characters`)))),
  scopes: exactOptional(array(picklist(SCOPES, `must be one of ${SCOPES.join(", ")}`), "must be a list")),
  expires: exactOptional(nullable(text)),
};

/** @throws RepobaseError `usage` */
export const wantedKey = (
  body: { readonly label?: string | null; readonly scopes?: readonly Scope[]; readonly expires?: string | null },
  now: number,
): OwnKey => ({
  label: body.label ?? null,
  scopes: body.scopes,
  expires: typeof body.expires === "string" ? checkExpires(body.expires, now) : null,
});
