/** A TLS certificate that this machine does not trust: no repeat helps, so it must not pass for trouble of the network. */
import { RepobaseError } from "./errors.ts";

/** @param cause what `fetch` threw. @returns undefined for another failure */
export function certificateError(cause: unknown, url: string): RepobaseError | undefined {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (!/CERT|TLS|SSL|SELF_SIGNED|LEAF_SIGNATURE/.test(code)) return undefined;
  return new RepobaseError("untrusted_certificate", `the certificate of "${url}" is not trusted (${code})`, {
    hint: "if it is your own, name the file of its authority in NODE_EXTRA_CA_CERTS",
    fields: { url },
    cause,
  });
}
