/**
 * The one way a file is written: to a temporary in its folder, flushed to the disk, renamed. A reader, or a crash at any
 * moment, sees the old bytes or the new ones; and once a write is done, a power cut does not undo it.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf, fileError } from "./file-errors.ts";
import { sweepTemporaries, temporaryBeside } from "./temporary.ts";

export type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

const DEFAULT_MODE = 0o666; // less what the user's umask takes

/**
 * Replaces the file at `path`, or makes it and its folders. What is thrown leaves the old file.
 * @param mode exactly this, whatever the umask says; absent: as the umask says
 * @throws RepobaseError `no_space`, `home_unwritable`, `failure`; and what a stream throws
 */
export async function writeFileAtomic(path: string, content: Content, mode?: number): Promise<void> {
  const staged = await stageFile(path, content, { mode });
  try {
    await staged.replace();
  } finally {
    await staged.discard();
  }
}

/** A file that is written whole, beside the place it is for. */
export interface StagedFile {
  /** Puts it at its place, whatever is there. */
  replace(): Promise<void>;
  /** Puts it at its place when nothing is there; `unsupported`: this file system cannot do that in one step. */
  createNew(): Promise<"done" | "exists" | "unsupported">;
  /** Removes what is left of it: to be called in any case. */
  discard(): Promise<void>;
}

/**
 * The first half of `writeFileAtomic`, for those that look at what is there before they replace it.
 * @param of.finish called with the open file before it is flushed
 * @throws as `writeFileAtomic` does
 */
export async function stageFile(
  path: string,
  content: Content,
  of: { readonly mode?: number | undefined; readonly finish?: (file: FileHandle) => Promise<void> } = {},
): Promise<StagedFile> {
  const temporary = temporaryBeside(path);
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw errnoOf(error) === undefined ? error : fileError(error, { doing: "write", path });
    }
  };
  const discard = () => rm(temporary, { force: true }).catch(() => undefined); // swept later: no reason to fail what is done
  try {
    await explained(async () => {
      await mkdir(dirname(path), { recursive: true });
      sweepTemporaries(dirname(path));
      const file = await open(temporary, "wx", of.mode ?? DEFAULT_MODE);
      try {
        if (typeof content === "string" || content instanceof Uint8Array) await file.writeFile(content);
        else for await (const part of content) await file.appendFile(part);
        if (of.mode !== undefined) await file.chmod(of.mode);
        await of.finish?.(file);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    discard,
    replace: () =>
      explained(async () => {
        await rename(temporary, path);
        await syncFolder(dirname(path));
      }),
    createNew: () =>
      explained(async () => {
        const outcome = await linkNew(temporary, path);
        if (outcome === "done") await syncFolder(dirname(path));
        return outcome;
      }),
  };
}

/**
 * `writeFileAtomic` for code that cannot wait: a native library that is loaded by `require`.
 * @throws what the file system throws
 */
export function writeFileAtomicSync(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = temporaryBeside(path);
  mkdirSync(dirname(path), { recursive: true });
  sweepTemporaries(dirname(path));
  try {
    const file = openSync(temporary, "wx", mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function linkNew(from: string, to: string): Promise<"done" | "exists" | "unsupported"> {
  try {
    await link(from, to);
    return "done";
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EEXIST") return "exists";
    // file systems without hard links (exFAT, some network mounts) say one of these
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code ?? "")) return "unsupported";
    throw error;
  }
}

/** Makes a rename survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch (error) {
    // some systems cannot open or sync a folder; the file itself is safe, and more cannot be done there
    if (!["EINVAL", "EPERM", "EISDIR", "ENOTSUP", "EACCES"].includes(errnoOf(error) ?? "")) throw error;
  } finally {
    await handle?.close();
  }
}
