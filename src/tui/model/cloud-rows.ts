/** What can be chosen in the cloud settings, in order: the window draws these rows, and its keys move over them. */
import type { RepoItem, UiState } from "./state.ts";

export type CloudRow =
  | { readonly kind: "field"; readonly field: "endpoint" | "key" }
  | { readonly kind: "sign-in" | "sign-in-github" | "sign-out" | "global" }
  | { readonly kind: "repo"; readonly repo: RepoItem };

export function cloudRows({ cloud, repos }: UiState): readonly CloudRow[] {
  const fields: CloudRow[] = [
    { kind: "field", field: "endpoint" },
    { kind: "field", field: "key" },
    { kind: "sign-in" },
    { kind: "sign-in-github" },
  ];
  const signedIn: CloudRow[] = [{ kind: "sign-out" }, { kind: "global" }];
  return [...fields, ...(cloud.signedIn ? signedIn : []), ...repos.map((repo) => ({ kind: "repo", repo }) as const)];
}
