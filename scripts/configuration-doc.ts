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
        ([name, { type, default: fallback, flag, setting, meaning }]) =>
          `| <a id="${name}"></a>\`${name}\` | ${setting ? `\`${setting.key}\`` : ""} | ${type} | ${fallback} | ${flag ? `\`${flag}\`` : ""} | ${meaning} |`,
      );
    return [
      `## ${heading}`,
      "",
      "| variable | setting | type | default | flag | meaning |",
      "|---|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `# Configuration

Every setting that a machine or a CI job needs can come from the environment; nothing has to be written to disk. A flag wins over its variable, and
a variable wins over what is kept in the home folder. A switch is on when it is set to anything, unless its line says otherwise.
What the home folder keeps is in [FORMAT.md](FORMAT.md).

## Settings

What has a name in the column *setting* can be kept in the home folder (\`settings.json\`):

\`\`\`sh
repobase config set search.limit 20                  # for all
repobase config set search.mode keyword --repo hono  # for one repository
repobase config list --show-origin                   # what holds here, and why
repobase config unset search.limit
repobase config edit                                 # all of them, in your editor; checked before it is kept
repobase config set alias.k "search --mode keyword"  # then: repobase k parseHeader
\`\`\`

A flag wins over the environment, the environment over the setting of the repository, that over the setting for all, and that over the default. The
repository is the one that the command line names, else the one of the current folder. \`index.secrets\` and \`index.maxFileBytes\` are kept by each repository
itself: set for all, they are what \`add\` begins with.

\`settings.json\` is readable by its user alone: it may hold \`chat.key\`, which \`config list\` shows as *(set)*. What is set for a repository goes when the repository is removed.

An alias stands for the first words of a command line. It is read once, it never takes a command's own name, and it may not stand for another alias.

${sections.join("\n\n")}

This page is made from \`src/home/env.ts\` by \`bun scripts/configuration-doc.ts --write\`.
`;
}

if (import.meta.main && process.argv.includes("--write")) await Bun.write(CONFIGURATION_DOC, configurationDoc());
