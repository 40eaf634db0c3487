/** The threads that read, as a `Reading`. */
import type { Reading } from "./reading.ts";
import type { ReadingStart } from "./reading-thread.ts";
import { ThreadCaller } from "./thread-caller.ts";

export interface ReadingThread extends Reading {
  close(): void;
}

/**
 * Two threads: answers and files come from one; what takes long and nobody waits for, how each repository stands, from another, which
 * ends when it has nothing left to do.
 */
export function startReading(start: ReadingStart): ReadingThread {
  const thread = { file: "reading-thread.ts", what: "the search" } as const;
  const answering = new ThreadCaller(start, thread);
  const looking = new ThreadCaller(start, { ...thread, endsIdle: true });
  return {
    warm: () => answering.call("warm", null),
    search: (request) => answering.call("search", request),
    preview: (hit) => answering.call("preview", hit),
    commits: (repo) => answering.call("commits", repo),
    sync: (repo) => looking.call("sync", repo),
    look: (repos) => looking.call("look", repos),
    sizes: (repos) => looking.call("sizes", repos),
    close() {
      answering.close();
      looking.close();
    },
  };
}
