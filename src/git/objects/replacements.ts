/** `git replace`: objects that stand for others, named by refs below `refs/replace/`. */
import { isGitId } from "../../protocol/ids.ts";
import { listRefs } from "./list-refs.ts";

const PREFIX = "refs/replace/";
/** git's own limit on replacements of replacements. */
const MAX_DEPTH = 5;

/** By the id that is asked for: the id that is read. Chains are followed. */
export function readReplacements(commonDir: string): ReadonlyMap<string, string> {
  const direct = new Map<string, string>();
  for (const [name, { id }] of listRefs(commonDir, PREFIX)) {
    const replaced = name.slice(PREFIX.length);
    if (isGitId(replaced)) direct.set(replaced, id);
  }
  return new Map([...direct.keys()].map((id) => [id, follow(direct, id)]));
}

function follow(direct: ReadonlyMap<string, string>, id: string): string {
  let last = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) last = direct.get(last) ?? last;
  return last;
}
