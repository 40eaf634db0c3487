/** Where a file lies: repository, folders, name. Folders lead to a search below them. */
import { addressOf, EMPTY_SEARCH } from "../router.ts";

export function Breadcrumbs({ repo, gitRef, path }: { repo: string; gitRef: string | null; path: string }) {
  const parts = path.split("/");
  const below = (depth: number) => `${parts.slice(0, depth).join("/")}/**`;
  const search = { ...EMPTY_SEARCH, repos: [repo], ref: gitRef ?? "" };
  return (
    <h1 class="crumbs">
      <a href={addressOf(search)}>{repo}</a>
      {parts.map((part, i) => (
        <>
          <span class="quiet"> / </span>
          {i === parts.length - 1 ? (
            <strong>{part}</strong>
          ) : (
            <a href={addressOf({ ...search, path: below(i + 1) })}>{part}</a>
          )}
        </>
      ))}
    </h1>
  );
}
