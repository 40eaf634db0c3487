/** Asks many things of the bucket, a few at a time. */

/** A Worker may have six requests waiting for their answer; more gains nothing elsewhere either. */
const AT_ONCE = 6;

/** What `work` gives for each item, in the order of the items. After the first error nothing new begins, and that error is thrown. */
export async function mapBounded<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  let failed = false;
  const takeTurns = async () => {
    for (const [i, item] of left) {
      if (failed) return;
      try {
        results[i] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, takeTurns));
  return results;
}
