/** A thread of the team: waits for rounds and takes slices until the task is to stop. */
import { CONTROL, type SharedState, TASK, type Task } from "./shared-state.ts";
import { takeSlices } from "./thread-team.ts";

declare const self: Worker;

self.onmessage = ({ data: state }: MessageEvent<SharedState>) => {
  const { control } = state;
  let round = Atomics.load(control, CONTROL.round);
  self.postMessage("ready", []);
  for (let task: Task | undefined; task !== TASK.stop;) {
    Atomics.wait(control, CONTROL.round, round);
    round++;
    task = Atomics.load(control, CONTROL.task) as Task;
    if (task !== TASK.stop) takeSlices(state, task);
    Atomics.add(control, CONTROL.finished, 1);
    Atomics.notify(control, CONTROL.finished);
  }
};
