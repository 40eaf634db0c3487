/** The editor of whoever runs this, as a command line: the program's own setting wins, as in git, over what other programs use too. */
import type { Environment } from "./env.ts";

export const editorOf = (env: Environment): string => env.REPOBASE_EDITOR || env.VISUAL || env.EDITOR || "vi";
