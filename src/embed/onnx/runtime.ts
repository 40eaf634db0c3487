/**
 * Loads onnxruntime-node inside the one binary. Its `.node` file is unpacked by src/files/unpack-native.ts, but that file links
 * a shared library the system's loader can only find on disk: so the library travels as an embedded file, is written once into
 * the cache folder and opened before the package is imported (the loader then finds it by name). `bun build --compile` replaces `process.platform` and `process.arch` by the target's and drops the other branches, so a
 * binary holds one platform's library. Nothing here runs before an ONNX model is asked for.
 */
import { basename, join } from "node:path";
import { mkdir } from "node:fs/promises";
import type * as onnxruntime from "onnxruntime-node";
import { version } from "onnxruntime-node/package.json";
import { isEmbedded } from "../../embedded.ts";
import { fileError } from "../../files/file-errors.ts";
import { unpackedEarlier, withLibraries } from "../../files/unpack-native.ts";
import { writeFileAtomic } from "../../files/write-file-atomic.ts";
import { isRepobaseError, RepobaseError } from "../../protocol/errors.ts";

export type OnnxRuntime = typeof onnxruntime;

/** Path of the shared library: in node_modules when run from source, inside the binary when compiled. */
async function libraryPath(): Promise<string | undefined> {
  // One literal import a branch: the bundler must see which file belongs to which target.
  if (process.platform === "linux" && process.arch === "x64") {
    return (await import("onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1", { with: { type: "file" } }))
      .default;
  } else if (process.platform === "linux" && process.arch === "arm64") {
    return (await import("onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1", { with: { type: "file" } }))
      .default;
  } else if (process.platform === "darwin" && process.arch === "arm64") {
    return (
      await import("onnxruntime-node/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib", { with: { type: "file" } })
    ).default;
  } else if (process.platform === "win32" && process.arch === "x64") {
    return (await import("onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll", { with: { type: "file" } })).default;
  } else if (process.platform === "win32" && process.arch === "arm64") {
    return (await import("onnxruntime-node/bin/napi-v6/win32/arm64/onnxruntime.dll", { with: { type: "file" } }))
      .default;
  }
  return undefined;
}

/**
 * A real file with an embedded one's bytes: `{cacheDir}/{name}-{its name in the binary}/{file}`. It is written once, whole, for its
 * user alone, and again where size, owner or mode say that it is not that file any more. The file keeps its own name because Windows
 * finds loaded libraries by it. Processes that start together each see no file or a whole one.
 * @throws RepobaseError `home_unwritable`, `no_space`
 */
export async function extractFile(of: {
  embedded: string;
  cacheDir: string;
  name: string;
  file: string;
}): Promise<string> {
  const folder = join(of.cacheDir, `${of.name}-${basename(of.embedded)}`);
  const target = join(folder, of.file);
  if (isThere(target, of.embedded)) return target;
  try {
    // Only the owner may write where code is loaded from.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFileAtomic(target, await Bun.file(of.embedded).bytes(), 0o500);
  } catch (error) {
    // Windows refuses to replace a library in use: right when another process has just put the same bytes there.
    if (isThere(target, of.embedded)) return target;
    throw fileError(error, { doing: "write", path: target });
  }
  return target;
}

function isThere(path: string, embedded: string): boolean {
  try {
    return unpackedEarlier(path, embedded) !== undefined;
  } catch {
    return false; // a folder that cannot be looked into: writing says why
  }
}

/** The bundler puts a hash of the contents into an embedded file's name; this gives the name back. */
const LIBRARY_NAME: Partial<Record<NodeJS.Platform, string>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  win32: "onnxruntime.dll",
};

let loaded: Promise<OnnxRuntime> | undefined;

/**
 * The runtime, loaded once a process (or worker thread); `cacheDir` is where its library is unpacked.
 * @throws RepobaseError `model_unavailable` where there is no runtime for the platform or the system cannot load it,
 *   `home_unwritable` or `no_space` when the library cannot be unpacked. A failed load may be tried again.
 */
export function loadOnnxRuntime(cacheDir: string): Promise<OnnxRuntime> {
  loaded ??= load(cacheDir).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(cacheDir: string): Promise<OnnxRuntime> {
  const unavailable = (cause?: unknown) =>
    new RepobaseError("model_unavailable", `ONNX models cannot run on ${process.platform} ${process.arch}`, {
      hint: "use the built-in model",
      ...(cause === undefined ? {} : { cause }),
    });
  const embedded = await libraryPath();
  const file = LIBRARY_NAME[process.platform];
  if (embedded === undefined || file === undefined) throw unavailable();
  const path = isEmbedded(embedded)
    ? await extractFile({ embedded, cacheDir, name: `onnxruntime-${version}`, file })
    : embedded;
  try {
    const { dlopen } = await import("bun:ffi");
    // Never closed: the binding uses it until the process ends.
    dlopen(path, { OrtGetApiBase: { args: [], returns: "ptr" } });
    return await withLibraries(importRuntime);
  } catch (cause) {
    // a full or foreign folder is no matter of the platform
    if (isRepobaseError(cause, "home_unwritable", "no_space", "hash_mismatch")) throw cause;
    throw unavailable(cause);
  }
}

async function importRuntime(): Promise<OnnxRuntime> {
  // The package has no macOS build for Intel; without this branch a build for that target fails on its missing file.
  if (process.platform === "darwin" && process.arch === "x64") {
    throw new Error("onnxruntime-node has no build for this platform");
  } else {
    const runtime = await import("onnxruntime-node");
    // Errors come back as exceptions; the runtime's own log would go to stderr behind the report's back.
    runtime.env.logLevel = "fatal";
    return runtime;
  }
}
