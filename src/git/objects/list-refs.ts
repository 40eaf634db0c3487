/** All refs below a folder of `refs/`, as `git for-each-ref` lists them. Symbolic ones are left out. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isGitId } from "../../protocol/ids.ts";
import { readTextIfThere } from "./git-config.ts";
import { isRefName } from "./ref-name.ts";
import { packedRefs } from "./refs.ts";

export interface ListedRef {
  /** 40 hex digits: the object that the name has. */
  readonly id: string;
  /** Of an annotated tag, where `packed-refs` says so: the object it points at in the end. */
  readonly peeled: string | null;
}

/**
 * @param commonDir where the refs lie
 * @param prefix `refs/tags/`, for instance
 * @returns by full name
 */
export function listRefs(commonDir: string, prefix: string): Map<string, ListedRef> {
  const found = new Map<string, ListedRef>();
  for (const [name, ref] of packedRefs(commonDir)) if (name.startsWith(prefix) && isRefName(name)) found.set(name, ref);
  for (const [name, ref] of looseRefs(commonDir, prefix)) found.set(name, ref);
  return found;
}

/** Those that have a file of their own. */
export function looseRefs(commonDir: string, prefix: string): Map<string, ListedRef> {
  const found = new Map<string, ListedRef>();
  for (const name of filesBelow(commonDir, prefix.replace(/\/$/, ""))) {
    const id = readTextIfThere(join(commonDir, name)).trim();
    if (isGitId(id)) found.set(name, { id, peeled: null });
  }
  return found;
}

function filesBelow(commonDir: string, folder: string): string[] {
  try {
    return readdirSync(join(commonDir, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(commonDir, name);
      return entry.isFile() && isRefName(name) ? [name] : [];
    });
  } catch {
    return []; // no such folder: all are packed, or there are none
  }
}
