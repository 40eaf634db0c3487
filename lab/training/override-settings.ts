/** `--set learningRate=0.01`: other numbers for one run, without an edit. */
import { RepobaseError } from "../../src/protocol/errors.ts";
import type { TrainSettings } from "./settings.ts";

/** @throws RepobaseError `usage` for a name that is none, or a value that is no number */
export function overrideSettings(settings: TrainSettings, assignments: readonly string[]): TrainSettings {
  const changed: Record<string, number | readonly number[]> = {};
  for (const assignment of assignments) {
    const [name = "", value = ""] = assignment.split("=");
    const numbers = value.split(",").map(Number);
    if (!(name in settings) || value === "" || numbers.some(Number.isNaN))
      throw new RepobaseError("usage", `--set ${assignment}: no such setting`);
    changed[name] = Array.isArray(settings[name as keyof TrainSettings]) ? numbers : (numbers[0] as number);
  }
  return { ...settings, ...changed };
}
