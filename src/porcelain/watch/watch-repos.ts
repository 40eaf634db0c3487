/**
 * `repobase watch`: the index follows its folder. Every run is the one that `repobase index` makes, which finds out by itself what
 * changed: an event only says when to look. One run at a time, whatever the number of folders.
 */
import { folderOf } from "../../home/config.ts";
import { RunSchedule } from "./run-schedule.ts";
import { WatchedRepo, type WatchOptions } from "./watched-repo.ts";

/** Ends when the signal is aborted, or no folder is registered any more. */
export async function watchRepositories(options: WatchOptions): Promise<void> {
  const { repos, signal } = options;
  const now = () => performance.now();
  const schedule = new RunSchedule(now);
  const alarm = new Alarm();
  const wake = () => alarm.ring();
  const watched = new Map<string, WatchedRepo>();
  signal.addEventListener("abort", wake);
  try {
    for (const repo of repos) {
      const key = `${repo.id} ${folderOf(repo)}`;
      schedule.add(key);
      const handlers = {
        onEvent: () => schedule.note(key) && wake(),
        onPoll: () => schedule.poll(key),
      };
      watched.set(key, new WatchedRepo(options, repo, handlers));
    }
    for (let next = schedule.next(); next && !signal.aborted; next = schedule.next()) {
      const repo = watched.get(next.key);
      if (!repo) break;
      const ms = next.at - now();
      if (ms > 0) await alarm.wait(ms);
      else if (!repo.isRegistered()) {
        watched.delete(next.key);
        schedule.remove(next.key);
        repo.close();
      } else if (repo.gitIsAtWork()) schedule.hold(next.key);
      else schedule.end(next.key, await repo.look(schedule.begin(next.key)));
    }
  } finally {
    signal.removeEventListener("abort", wake);
    for (const repo of watched.values()) repo.close();
  }
}

/** A sleep that can be cut short. */
class Alarm {
  private wake: (() => void) | undefined;

  ring(): void {
    this.wake?.();
  }

  async wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.wake = resolve;
    await promise;
    clearTimeout(timer);
    this.wake = undefined;
  }
}
