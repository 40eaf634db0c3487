/**
 * How fast something goes, smoothed, and how long the rest takes. Pure: the clock is the caller's. A rate is known once it was
 * seen for a while; until then nothing is said, since a first guess is wrong by any factor.
 */

/** What is older counts for less than a third. */
const SMOOTHING_S = 8;
/** Shorter pieces are put together: what comes in batches would look like a burst. */
const MIN_SAMPLE_S = 0.2;
/** Until then a rate is a guess. */
const KNOWN_AFTER_S = 2;
const KNOWN_SAMPLES = 3;

export class Rate {
  readonly #began: number;
  #at: number;
  #done: number;
  /** Weighted sum of rates, and of their weights. */
  #sum = 0;
  #weight = 0;
  #samples = 0;

  /** @param done what is done already when counting begins @param now ms */
  constructor(done: number, now: number) {
    this.#began = now;
    this.#at = now;
    this.#done = done;
  }

  take(done: number, now: number): void {
    const seconds = (now - this.#at) / 1000;
    if (seconds < MIN_SAMPLE_S) return;
    const keep = Math.exp(-seconds / SMOOTHING_S);
    this.#sum = keep * this.#sum + (1 - keep) * (Math.max(0, done - this.#done) / seconds);
    this.#weight = keep * this.#weight + (1 - keep);
    this.#samples++;
    this.#at = now;
    this.#done = done;
  }

  /** null: not known yet. */
  get perSecond(): number | null {
    const isKnown = this.#samples >= KNOWN_SAMPLES && this.#at - this.#began >= KNOWN_AFTER_S * 1000;
    return isKnown ? this.#sum / this.#weight : null;
  }

  /** @param rest how much is left @returns null: not known, or nothing moves */
  secondsLeft(rest: number): number | null {
    const rate = this.perSecond;
    return rate === null || rate <= 0 ? null : Math.max(0, rest) / rate;
  }
}
