/** This thread and some workers take the slices of a task together; `run` returns when all are done. */
import { RepobaseError } from "../../../src/protocol/errors.ts";
import { CONTROL, type SharedState, SLICES, TASK, type Task } from "./shared-state.ts";
import { runSlice } from "./tasks.ts";

export class ThreadTeam {
  private constructor(
    private readonly state: SharedState,
    private readonly workers: readonly Worker[],
  ) {}

  /** @param threads this one included */
  static async open(state: SharedState, threads: number): Promise<ThreadTeam> {
    const workers = Array.from(
      { length: threads - 1 },
      () => new Worker(new URL("./team-worker.ts", import.meta.url).href),
    );
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.onmessage = () => resolve();
            worker.onerror = (event) =>
              reject(new RepobaseError("failure", `a training thread failed: ${event.message}`));
            worker.postMessage(state, []);
          }),
      ),
    );
    return new ThreadTeam(state, workers);
  }

  run(task: Task): void {
    const { control } = this.state;
    Atomics.store(control, CONTROL.task, task);
    Atomics.store(control, CONTROL.next, 0);
    Atomics.store(control, CONTROL.finished, 0);
    Atomics.add(control, CONTROL.round, 1);
    Atomics.notify(control, CONTROL.round);
    takeSlices(this.state, task);
    for (
      let finished = Atomics.load(control, CONTROL.finished);
      finished < this.workers.length;
      finished = Atomics.load(control, CONTROL.finished)
    )
      Atomics.wait(control, CONTROL.finished, finished, 1000);
  }

  close(): void {
    this.run(TASK.stop);
    for (const worker of this.workers) worker.terminate();
  }
}

export function takeSlices(state: SharedState, task: Task): void {
  for (
    let slice = Atomics.add(state.control, CONTROL.next, 1);
    slice < SLICES;
    slice = Atomics.add(state.control, CONTROL.next, 1)
  )
    runSlice(state, task, slice);
}
