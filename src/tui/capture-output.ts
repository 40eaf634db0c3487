/** While the full screen is shown nothing else may write to it: messages of libraries and of the engine go to the log. */

const LEVELS = ["log", "info", "warn", "error", "debug", "trace"] as const;

/** @returns a function that puts everything back */
export function captureOutput(onLine: (line: string) => void): () => void {
  const kept = LEVELS.map((level) => [level, console[level]] as const);
  for (const level of LEVELS) console[level] = (...words: unknown[]) => onLine(words.map(asText).join(" "));
  const write = process.stderr.write;
  process.stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
    for (const line of text.split("\n")) if (line.trim() !== "") onLine(line);
    const done = rest.find((each) => typeof each === "function");
    if (done) (done as () => void)();
    return true;
  };
  return () => {
    for (const [level, method] of kept) console[level] = method;
    process.stderr.write = write;
  };
}

const asText = (word: unknown): string => (typeof word === "string" ? word : Bun.inspect(word));
