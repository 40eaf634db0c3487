/** The program itself: which one runs, and whether its native parts load. */
import type { Home } from "../../home/home.ts";
import { isEmbedded } from "../../embedded.ts";
import { listModels } from "../../models/model-add.ts";
import { version } from "../../version.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, error } = findingsOf("program");

/** @param home undefined: it cannot be opened, and without it nothing can be unpacked */
export async function* checkProgram(home: Home | undefined): AsyncGenerator<Finding> {
  const { execPath, platform, arch } = process;
  const kind = isEmbedded(import.meta.url) ? execPath : `from its source, by ${execPath}`;
  yield ok("version", `repobase ${version}, ${kind}, ${platform} ${arch}`);
  if (home === undefined) return;
  const again = "download repobase again";
  try {
    const { loadNative } = await import("../../table/table-writer.ts");
    await loadNative();
    yield ok("native", "the native part that writes indexes loads");
  } catch (cause) {
    yield error("native", cause, again);
  }
  try {
    if ((await listModels(home.path("models"))).length === 0) return;
    const { loadOnnxRuntime } = await import("../../embed/onnx/runtime.ts");
    await loadOnnxRuntime(home.path("cache"));
    yield ok("onnx", "the native part that runs ONNX models loads");
  } catch (cause) {
    yield error("onnx", cause, again);
  }
}
