/** The best `capacity` of a stream of scored rows. Of equal scores the earlier pushed stays, so the outcome is fixed. */
import type { Candidate } from "./index-view.ts";

export class TopCandidates {
  /** A heap whose root is the worst kept: lowest score, then latest pushed. */
  private readonly heap: { candidate: Candidate; order: number }[] = [];
  private pushed = 0;
  /** A score must be above this to be kept. */
  threshold = Number.NEGATIVE_INFINITY;

  constructor(private readonly capacity: number) {}

  push(view: number, address: number, score: number): void {
    if (!(score > this.threshold)) return;
    const { heap } = this;
    const entry = { candidate: { view, address, score }, order: this.pushed++ };
    if (heap.length < this.capacity) {
      heap.push(entry);
      this.siftUp(heap.length - 1);
    } else {
      heap[0] = entry;
      this.siftDown();
    }
    if (heap.length === this.capacity) this.threshold = heap[0]?.candidate.score ?? this.threshold;
  }

  /** Best first. */
  sorted(): Candidate[] {
    return this.heap
      .toSorted((a, b) => b.candidate.score - a.candidate.score || a.order - b.order)
      .map(({ candidate }) => candidate);
  }

  private siftUp(at: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.worse(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private siftDown(): void {
    for (let at = 0; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.heap.length && this.worse(child, worst)) worst = child;
      if (worst === at) return;
      this.swap(at, worst);
      at = worst;
    }
  }

  private worse(a: number, b: number): boolean {
    const x = this.heap[a];
    const y = this.heap[b];
    if (x === undefined || y === undefined) return false;
    const { score } = x.candidate;
    return score < y.candidate.score || (score === y.candidate.score && x.order > y.order);
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    const held = heap[a];
    const other = heap[b];
    if (held === undefined || other === undefined) return;
    heap[a] = other;
    heap[b] = held;
  }
}
