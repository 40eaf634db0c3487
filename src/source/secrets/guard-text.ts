/** What of a file's text may be indexed. It comes before chunks are cut, so nothing after it (rows, terms, vectors, names) sees a secret. */
import type { SecretHit } from "../source-tree.ts";
import type { SecretPolicy } from "../../protocol/secret-policy.ts";
import { type Redacted, redactSecrets } from "./redact.ts";

/** Files that may be nothing but a key. What is code stays, with its key covered. */
const KEY_FILE =
  /\.(?:pem|key|crt|cer|asc|gpg|p8|pk8|pkcs8|priv|rsa|dsa|ecdsa|ed25519|ssh|openssh|txt|bak|old)$|(?:^|\/)[^./]+$/i;
/** Of such a file, how much is covered. A certificate before its key leaves about half. */
const MOST = 0.4;

/** @returns the text with marks where secrets were; or: leave the file out */
export function guardText(of: {
  readonly path: string;
  readonly text: string;
  readonly policy: SecretPolicy;
}): { readonly text: string; readonly secrets: readonly SecretHit[] } | { readonly reason: "secret" } {
  const { path, text, policy } = of;
  const redacted = policy === "allow" ? null : redactSecrets({ path, text });
  if (redacted === null) return { text, secrets: [] };
  if (policy === "skip" || isAllSecret(of, redacted)) return { reason: "secret" };
  return { text: redacted.text, secrets: redacted.hits };
}

function isAllSecret({ path, text }: { path: string; text: string }, { hits, share }: Redacted): boolean {
  const isKeyFile = KEY_FILE.test(path) && hits.some(({ rule }) => /private-key|sops-age/.test(rule)) && share >= MOST;
  return isKeyFile || (hits.length > 0 && /^kind:\s*["']?Config\b/m.test(text) && /^users:/m.test(text));
}
