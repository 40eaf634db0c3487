/**
 * Makes docs/CONFIGURATION.md from the table of environment variables in `src/home/env.ts`. `--write` writes it; a test
 * fails when they differ.
 */
import { join } from "node:path";
import { type Variable, VARIABLES } from "../src/home/env.ts";

export const CONFIGURATION_DOC = join(import.meta.dir, "../docs/CONFIGURATION.md");

const GROUPS: Readonly<Record<Variable["group"], string>> = {
  program: "The program",
  server: "Servers",
  network: "The network (read by the runtime)",
  git: "git",
  ci: "CI: which branch a detached HEAD is",
  terminal: "The terminal",
};

export function configurationDoc(variables: Readonly<Record<string, Variable>> = VARIABLES): string {
  const sections = Object.entries(GROUPS).map(([group, heading]) => {
    const rows = Object.entries(variables)
      .filter(([, variable]) => variable.group === group)
      .map(
        ([name, { type, default: fallback, flag, meaning }]) =>
          `| <a id="${name}"></a>\`${name}\` | ${type} | ${fallback} | ${flag ? `\`${flag}\`` : ""} | ${meaning} |`,
      );
    return [
      `## ${heading}`,
      "",
      "| variable | type | default | flag | meaning |",
      "|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `# Configuration

Every setting that a machine or a CI job needs can come from the environment; nothing has to be written to disk. A flag wins over its variable, and
a variable wins over what is kept in the home folder. A switch is on when it is set to anything, unless its line says otherwise.
What the home folder keeps is in [FORMAT.md](FORMAT.md).

${sections.join("\n\n")}

This page is made from \`src/home/env.ts\` by \`bun scripts/configuration-doc.ts --write\`.
`;
}

if (import.meta.main && process.argv.includes("--write")) await Bun.write(CONFIGURATION_DOC, configurationDoc());
