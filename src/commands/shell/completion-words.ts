/**
 * What may stand where on the command line, for the shells' completions: one line for every flag that takes a value and
 * for every command that takes words. clipanion knows their names and not what they mean. A test fails when a flag or a
 * command is missing here, or is here and gone.
 */
import { SETTINGS } from "../../home/settings.ts";
import { CLIENTS, CONFIG_SCOPES } from "../../porcelain/agents/clients.ts";
import { ROLES } from "../../protocol/roles.ts";
import { SEARCH_MODES } from "../../protocol/search-api.ts";
import { SECRET_POLICIES } from "../../protocol/secret-policy.ts";
import { SHELLS } from "./shells.ts";

/** Asked of `repobase __complete` when the key is pressed. */
export const LOOKED_UP = ["repos", "refs", "languages", "models"] as const;

/** `=a,b`: one of these words. `text`: nothing can be offered. `commands`: the first words of the command line. */
export type Value = (typeof LOOKED_UP)[number] | "files" | "folders" | "text" | "commands" | `=${string}`;

const oneOf = (words: readonly string[]): Value => `=${words.join(",")}`;

const each = (value: Value, names: string): Readonly<Record<string, Value>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, value]));

/** By the flag, or by the command and the flag where one flag means two things. */
export const FLAG_VALUES: Readonly<Record<string, Value>> = {
  ...each("repos", "--repo"),
  ...each("refs", "--ref --branch"),
  ...each("languages", "--lang"),
  ...each("models", "--model"),
  ...each("files", "--path --include"),
  ...each("folders", "--data"),
  "--mode": oneOf(SEARCH_MODES),
  "--secrets": oneOf(SECRET_POLICIES),
  "--role": oneOf(ROLES),
  "--scope": oneOf(CONFIG_SCOPES),
  "--pooling": "=mean,cls",
  ...each(
    "text",
    "--limit --cursor --name --keep --max-file-bytes --threads --flush-seconds --query-prefix --passage-prefix",
  ),
  ...each("text", "--body --url --key --expect --label --scopes --expires --space --org --login --invitation"),
  ...each("text", "--endpoint --api-key --port --host --rate-limit --cors --sign-up --public-url"),
  ...each("text", "--github-client-id --github-base-url --quota-repos --quota-files --quota-bytes --bytes"),
  ...each("text", "--repos --format"),
  "cloud quota --files": "text",
};

const SETTING = oneOf(SETTINGS.map(({ key }) => key));

/** What the words after a command are, in their order; the last one also stands for all further ones. */
export const PLACES: Readonly<Record<string, readonly Value[]>> = {
  help: ["commands"],
  man: ["commands"],
  completion: [oneOf(SHELLS)],
  "config get": [SETTING],
  "config set": [SETTING, "text"],
  "config unset": [SETTING],
  add: ["folders"],
  index: ["repos"],
  repair: ["repos"],
  gc: ["repos"],
  purge: ["repos", "files"],
  remove: ["repos"],
  search: ["text"],
  ask: ["text"],
  watch: ["repos"],
  ui: ["text"],
  show: ["repos", "files"],
  "mcp install": [oneOf(CLIENTS.map(({ id }) => id))],
  "mcp uninstall": [oneOf(CLIENTS.map(({ id }) => id))],
  push: ["repos"],
  pull: ["repos"],
  status: ["repos"],
  "cloud keys add": ["text"],
  "cloud keys list": ["text"],
  "cloud keys revoke": ["text"],
  "cloud spaces add": ["text"],
  "cloud invite": [oneOf(ROLES)],
  "cloud quota": ["text"],
  "cloud enable": ["repos"],
  "cloud disable": ["repos"],
  notify: ["text"],
  "model add": ["folders"],
  "model remove": ["models"],
  "hash-file": ["files"],
  "ls-remote": ["repos"],
  "cat-manifest": ["repos", "text"],
  "diff-manifest": ["repos", "text"],
  "upload-fragment": ["repos", "text"],
  "download-fragment": ["repos", "text"],
  "write-manifest": ["repos"],
  "update-ref": ["repos"],
  "verify-manifest": ["repos"],
};
