/** What happens to a file that holds secrets: flags, configuration and the indexer speak of it. */

/** `redact`: secrets are covered, the file is indexed. `skip`: the file is left out. `allow`: it is indexed as it is. */
export type SecretPolicy = "redact" | "skip" | "allow";

export const SECRET_POLICIES: readonly SecretPolicy[] = ["redact", "skip", "allow"];
