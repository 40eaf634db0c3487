/** Runs one action per repository; with several, one failure does not stop the rest, and the end says "partial". */
import { RepobaseError } from "../protocol/errors.ts";
import { withRepairHint } from "../protocol/repair-hint.ts";
import type { Report } from "../report/report.ts";

export async function runForEach<T>(
  report: Report,
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  let failed = 0;
  for (const item of items) {
    try {
      await action(item);
    } catch (error) {
      if (items.length === 1) throw error;
      report.error(withRepairHint(error, { remote: false }));
      failed++;
    }
  }
  if (failed > 0) throw new RepobaseError("partial", `${failed} of ${items.length} repositories failed`);
}
