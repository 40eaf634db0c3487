/** Which limits a run of a repository has: those given now, else those it remembers from a run before, else the usual ones. */
import type { RepoConfig } from "../../home/config.ts";
import type { SecretPolicy } from "../../protocol/secret-policy.ts";
import { DEFAULT_LIMITS, type SelectLimits } from "../../source/select-file.ts";

export interface GivenLimits {
  readonly maxFileBytes: number | null;
  /** Patterns as in `.gitignore`, put after those that are remembered: the last that fits a file decides. */
  readonly include?: readonly string[] | null | undefined;
  readonly secrets?: SecretPolicy | null | undefined;
}

type Remembered = Pick<RepoConfig, "maxFileBytes" | "include" | "secrets">;

export function selectLimits(of: GivenLimits & { readonly repo: Remembered }): SelectLimits {
  const { repo, maxFileBytes, include, secrets } = of;
  const known = repo.include ?? [];
  const wanted = [...known, ...(include ?? []).filter((pattern) => known.at(-1) !== pattern)];
  return {
    maxFileBytes: maxFileBytes ?? repo.maxFileBytes ?? DEFAULT_LIMITS.maxFileBytes,
    secrets: secrets ?? repo.secrets ?? DEFAULT_LIMITS.secrets,
    ...(wanted.length > 0 && { include: wanted }),
  };
}

/** The repository with what it remembers of them, beside the policy for secrets. */
export function withLimits<R extends Remembered>(repo: R, { maxFileBytes, include }: SelectLimits): R {
  const isUsual = maxFileBytes === DEFAULT_LIMITS.maxFileBytes && repo.maxFileBytes === undefined;
  return { ...repo, ...(!isUsual && { maxFileBytes }), ...(include && { include }) };
}
