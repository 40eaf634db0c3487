/** A program on a terminal of its own: what it wrote, and keys for it. */

const PATIENCE_MS = 20_000;

export class PtyProgram implements Disposable {
  text = "";
  readonly child: Bun.Subprocess;

  constructor(
    command: readonly string[],
    of: { readonly env: Record<string, string>; readonly cwd?: string; readonly cols?: number; readonly rows?: number },
  ) {
    const { env, cwd, cols = 100, rows = 30 } = of;
    const data = (_: unknown, bytes: Uint8Array) => void (this.text += new TextDecoder().decode(bytes));
    this.child = Bun.spawn([...command], {
      env,
      terminal: { cols, rows, data },
      ...(cwd === undefined ? {} : { cwd }),
    });
  }

  async until(wanted: (text: string) => boolean): Promise<string> {
    const end = performance.now() + PATIENCE_MS;
    while (!wanted(this.text)) {
      if (performance.now() > end) throw new Error(`it did not come to that: ${JSON.stringify(this.text.slice(-500))}`);
      await Bun.sleep(5);
    }
    return this.text;
  }

  write(keys: string): void {
    this.child.terminal?.write(keys);
  }

  [Symbol.dispose](): void {
    this.child.kill("SIGKILL");
    this.child.terminal?.close();
  }
}
