/** When the table is opened for writing: late, once, and closed however the run ends. */
import type { TableWriter } from "../table/table-writer.ts";

/** The one writer of a run, opened when it is certain or likely to be needed. */
export class WriteSession {
  private opened: Promise<TableWriter> | undefined;
  private closed = false;

  constructor(private readonly open: () => Promise<TableWriter>) {}

  writer(): Promise<TableWriter> {
    return (this.opened ??= this.open());
  }

  /** Begins to open it: loading native code takes as long as parsing a small repository. */
  prepare(): void {
    if (!this.closed) this.writer().catch(() => {}); // who asks for it has the error
  }

  close(): void {
    this.closed = true;
    this.opened?.then(
      (writer) => writer.close(),
      () => {}, // who asked for it has the error
    );
  }
}
