/** Presses the completion key in the real shells, where they are here: a line in, the words that the shell offers out. */
import { join } from "node:path";

export interface Pressed {
  /** The script that `repobase completion` made, as a file. */
  readonly script: string;
  /** Has the program, by its name, in it. */
  readonly bin: string;
  readonly cwd: string;
  /** What is typed up to the cursor. */
  readonly line: string;
}

const run = async (command: readonly string[], { bin, cwd }: Pressed, stdin = ""): Promise<string[]> => {
  const path = `${bin}:${process.env.PATH}`;
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...process.env, PATH: path, TERM: "dumb" },
    stdin: Buffer.from(stdin),
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if (err.trim() !== "") throw new Error(`${command[0]}: ${err}`);
  return out.split("\n").filter((line) => line !== "");
};

/** As readline calls it: the words broken at COMP_WORDBREAKS. */
export function completeInBash(pressed: Pressed): Promise<string[]> {
  const pieces = pressed.line.match(/[^\s=:@]+|[=:@]+|\s(?=$)/g) ?? [];
  const words = pieces.map((piece) => `'${piece.trim().replaceAll("'", `'\\''`)}'`);
  const program = `source ${pressed.script}
COMP_LINE=${JSON.stringify(pressed.line).replaceAll("$", String.raw`\$`)}; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}
compopt() { compgen -f -- "$cur"; }
_repobase; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run(["bash", "--norc", "-c", program], pressed);
}

/** With compadd and the like put in the place of zsh's own, which work within its line editor alone. */
export function completeInZsh(pressed: Pressed): Promise<string[]> {
  const words = pressed.line.split(/\s+/);
  const program = `compdef() { : }
compadd() { local given=\${@[-1]}; print -rl -- \${(PM)given:#$PREFIX*} }
_describe() { local given=\${@[-1]}; print -rl -- \${(PM)\${given}:#$PREFIX*} }
_files() { print -r -- FILES }
compset() { PREFIX=\${PREFIX#*=} }
source ${pressed.script}
words=(${words.map((word) => `'${word}'`).join(" ")}); CURRENT=${words.length}; PREFIX=\${words[CURRENT]}
_repobase`;
  return run(["zsh", "-f", "-c", program], pressed);
}

export const completeInFish = (pressed: Pressed): Promise<string[]> =>
  run(["fish", "--no-config", "-c", `source ${pressed.script}; complete -C ${JSON.stringify(pressed.line)}`], pressed);

export const SHELL_RUNS = { bash: completeInBash, zsh: completeInZsh, fish: completeInFish } as const;

/** A `repobase` that is this source, for shells that start it. */
export async function makeProgram(bin: string, home: string): Promise<void> {
  const main = join(import.meta.dir, "../../../src/main.ts");
  const file = join(bin, "repobase");
  await Bun.write(file, `#!/bin/sh\nREPOBASE_HOME='${home}' exec '${process.execPath}' '${main}' "$@"\n`);
  await Bun.$`chmod +x ${file}`.quiet();
}
