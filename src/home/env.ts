/**
 * Every environment variable that the program reads: a variable is one line here. docs/CONFIGURATION.md is made from this
 * table (`bun scripts/configuration-doc.ts --write`); tests/home/env.test.ts fails where the code reads a name that is not
 * here, where nothing reads one that is, and where a flag and its variable are paired otherwise in `src/commands/`.
 * Rooms that may not import this one get the values, or the environment, as an argument from those that may.
 */
import { SEARCH_MODES } from "../protocol/search-api.ts";
import { SECRET_POLICIES } from "../protocol/secret-policy.ts";

export interface Variable {
  /** Heading in the document. */
  readonly group: "program" | "server" | "network" | "git" | "ci" | "terminal";
  readonly type: "text" | "URL" | "folder" | "file" | "whole number" | "seconds" | "switch";
  /** What holds without it; for people. */
  readonly default: string;
  readonly meaning: string;
  /** Not our code: the runtime reads it. */
  readonly readBy?: "Bun";
  /** The flag that it stands in for; a flag that is given wins. `command --flag`. */
  readonly flag?: string;
  /** `repobase config` keeps it by this name (settings.ts); absent: it comes from the environment alone. */
  readonly setting?: SettingRule;
}

export interface SettingRule {
  readonly key: string;
  /** The words it may be; absent: as its type says. */
  readonly values?: readonly string[];
  /** Of a number: the least and the most. */
  readonly range?: readonly [number, number];
  /** `config list` says only whether it is set. */
  readonly secret?: true;
  /** Each repository keeps its own in `config.json`: what is set for all is what `add` begins with. */
  readonly remembered?: "secrets" | "maxFileBytes";
}

/** Set by a CI host: they name the branch of a commit that was checked out without one. */
const ci = (meaning: string) => ({ group: "ci", type: "text", default: "none", meaning }) as const;

// prettier-ignore
export const VARIABLES = {
  REPOBASE_HOME: { group: "program", type: "folder", default: "`~/.repobase`", meaning: "Configuration, indexes, models and clones." },
  REPOBASE_MAX_FILE_BYTES: { group: "program", type: "whole number", default: "1048576", flag: "add, index --max-file-bytes", meaning: "Larger files are not indexed.", setting: { key: "index.maxFileBytes", range: [1, 2 ** 31], remembered: "maxFileBytes" } },
  REPOBASE_THREADS: { group: "program", type: "whole number", default: "one a core", flag: "add, index, watch --threads", meaning: "Threads that parse and embed.", setting: { key: "index.threads", range: [1, 256] } },
  REPOBASE_SECRETS: { group: "program", type: "text", default: "redact", flag: "add, index --secrets", meaning: "What happens to files that hold secrets: redact, skip or allow.", setting: { key: "index.secrets", values: SECRET_POLICIES, remembered: "secrets" } },
  REPOBASE_KEEP_COMMITS: { group: "program", type: "whole number", default: "200", flag: "gc --keep", meaning: "So many of the newest commits of each branch stay searchable, beside those that a branch or a tag names.", setting: { key: "index.keepCommits", range: [1, 1_000_000] } },
  REPOBASE_FLUSH_SECONDS: { group: "program", type: "seconds", default: "20", flag: "add, index --flush-seconds", meaning: "What is embedded is kept at least this often.", setting: { key: "index.flushSeconds", range: [1, 86_400] } },
  REPOBASE_NATIVE_TEXT_INDEX: { group: "program", type: "switch", default: "as each index has it; a new one has none", meaning: "As `--native-text-index` of `add` and `index`: the table keeps a full-text index that LanceDB itself can search by. `0` and `false` mean none.", setting: { key: "index.nativeTextIndex" } },
  REPOBASE_SEARCH_MODE: { group: "program", type: "text", default: "hybrid", flag: "search --mode", meaning: "How a search looks: keyword, semantic or hybrid.", setting: { key: "search.mode", values: SEARCH_MODES } },
  REPOBASE_SEARCH_LIMIT: { group: "program", type: "whole number", default: "10", flag: "search --limit", meaning: "How many files a search gives.", setting: { key: "search.limit", range: [1, 100] } },
  REPOBASE_FRESH: { group: "program", type: "switch", default: "off", meaning: "As `search --fresh`: a search brings the folders that it is about up to date first. `0` and `false` mean off.", setting: { key: "search.fresh" } },
  REPOBASE_VERBOSITY: { group: "program", type: "text", default: "normal", meaning: "What is said beside the answer: quiet (as --quiet), normal, or verbose (as --verbose). A flag wins.", setting: { key: "output.verbosity", values: ["quiet", "normal", "verbose"] } },
  REPOBASE_MCP_WATCH: { group: "program", type: "switch", default: "off", meaning: "As `mcp --watch`: the indexes follow their folders while an agent runs. `0` and `false` mean off.", setting: { key: "mcp.watch" } },
  REPOBASE_DEBUG: { group: "program", type: "switch", default: "off", meaning: "An unexpected error is printed with its stack; `serve` also prints the stack of each failed request." },
  REPOBASE_ENDPOINT: { group: "server", type: "URL", default: "what `cloud login` kept", flag: "cloud login --endpoint", meaning: "Base URL of the server." },
  REPOBASE_API_KEY: { group: "server", type: "text", default: "what `cloud login` kept", flag: "cloud login --api-key", meaning: "The key that is sent to the server." },
  REPOBASE_USER_ID: { group: "server", type: "text", default: "what `cloud login` kept", meaning: "The user that the key belongs to." },
  REPOBASE_ADMIN_TOKEN: { group: "server", type: "text", default: "asked for", meaning: "The server's admin token, for `cloud keys` and `cloud quota`; it is not kept." },
  REPOBASE_ALLOW_HTTP: { group: "server", type: "switch", default: "off", meaning: "`1` allows http to other machines, in a network that you trust; any other value does not.", setting: { key: "cloud.allowHttp" } },
  REPOBASE_TIMEOUT_SECONDS: { group: "server", type: "seconds", default: "30", meaning: "A server that sends nothing for this long counts as gone; up to 86400.", setting: { key: "cloud.timeoutSeconds", range: [1, 86_400] } },
  REPOBASE_PORT: { group: "server", type: "whole number", default: "8787", flag: "serve --port", meaning: "TCP port to listen on; 0 takes any free one.", setting: { key: "serve.port", range: [0, 65_535] } },
  REPOBASE_HOST: { group: "server", type: "text", default: "127.0.0.1", flag: "serve --host", meaning: "Address to listen on.", setting: { key: "serve.host" } },
  REPOBASE_DATA: { group: "server", type: "folder", default: "`server/` in the home folder", flag: "serve --data", meaning: "Folder to serve.", setting: { key: "serve.data" } },
  REPOBASE_RATE_LIMIT: { group: "server", type: "whole number", default: "1200", flag: "serve --rate-limit", meaning: "Requests of one user in a minute; 0: no limit.", setting: { key: "serve.rateLimit", range: [0, 1_000_000] } },
  REPOBASE_QUOTA_REPOS: { group: "server", type: "text", default: "10", flag: "serve --quota-repos", meaning: "Repositories a user may keep, or `none`, until the admin says otherwise for one.", setting: { key: "serve.quotaRepos" } },
  REPOBASE_QUOTA_FILES: { group: "server", type: "text", default: "100000", flag: "serve --quota-files", meaning: "Files a user may keep, all default branches together, or `none`.", setting: { key: "serve.quotaFiles" } },
  REPOBASE_QUOTA_BYTES: { group: "server", type: "text", default: "10GB", flag: "serve --quota-bytes", meaning: "Bytes a user may keep, such as `500MB`, or `none`.", setting: { key: "serve.quotaBytes" } },
  REPOBASE_SIGN_UP: { group: "server", type: "text", default: "closed", flag: "serve --sign-up", meaning: "Who may come to the server without an invitation: `open`, `closed`, or GitHub organisations, separated by commas.", setting: { key: "serve.signUp" } },
  REPOBASE_GITHUB_CLIENT_ID: { group: "server", type: "text", default: "no sign-in with GitHub", flag: "serve --github-client-id", meaning: "Client id of the OAuth app that people sign in with.", setting: { key: "serve.githubClientId" } },
  REPOBASE_GITHUB_CLIENT_SECRET: { group: "server", type: "text", default: "no sign-in on the page", meaning: "Secret of that OAuth app, for `serve`; the command line signs in without it." },
  REPOBASE_GITHUB_BASE_URL: { group: "server", type: "URL", default: "https://github.com", flag: "serve --github-base-url", meaning: "GitHub's address, for GitHub Enterprise Server.", setting: { key: "serve.githubBaseUrl" } },
  REPOBASE_SESSION_SECRET: { group: "server", type: "text", default: "made of the admin token", meaning: "Signs the sessions of `serve`, 32 characters or more. A new one ends them all." },
  REPOBASE_PUBLIC_URL: { group: "server", type: "URL", default: "as each request says", flag: "serve --public-url", meaning: "Where people reach `serve`, when a proxy stands before it.", setting: { key: "serve.publicUrl" } },
  REPOBASE_CHAT_BASE_URL: { group: "program", type: "URL", default: "none", meaning: "Address of an OpenAI-compatible API whose model answers `ask` here; and, for `serve`, the questions of spaces that have no model of their own.", setting: { key: "chat.baseUrl" } },
  REPOBASE_CHAT_MODEL: { group: "program", type: "text", default: "none", meaning: "The model's name there.", setting: { key: "chat.model" } },
  REPOBASE_CHAT_KEY: { group: "program", type: "text", default: "none", meaning: "Its key; sent to REPOBASE_CHAT_BASE_URL alone.", setting: { key: "chat.key", secret: true } },
  REPOBASE_CHAT_PRICES: { group: "program", type: "text", default: "not known", meaning: "What a million tokens cost, in and out, such as `0.15/0.60` or `0.15/0.60 EUR`: then each answer says what it cost.", setting: { key: "chat.prices" } },
  REPOBASE_CHAT_QUESTIONS_PER_DAY: { group: "server", type: "text", default: "200", meaning: "Of each space to the chat model of `serve`, or `none`.", setting: { key: "chat.questionsPerDay" } },
  REPOBASE_GIT_TOKEN: { group: "git", type: "text", default: "none", meaning: "Password for private repositories of REPOBASE_GIT_TOKEN_HOST. Sent to that host alone, over https, once it asks; used and not stored. Without it, the helpers of the user's git are asked." },
  REPOBASE_GIT_TOKEN_HOST: { group: "git", type: "text", default: "github.com", meaning: "The host that REPOBASE_GIT_TOKEN is for, with its port where that is not 443.", setting: { key: "git.tokenHost" } },
  REPOBASE_GIT_USER: { group: "git", type: "text", default: "x-access-token", meaning: "User name that goes with REPOBASE_GIT_TOKEN.", setting: { key: "git.user" } },
  PATH: { group: "git", type: "text", default: "the system's", meaning: "Where `git` is found, whose credential helpers may be asked." },
  NODE_EXTRA_CA_CERTS: { group: "network", type: "file", default: "none", readBy: "Bun", meaning: "Certificates (PEM) that are trusted beside the built-in ones." },
  HTTPS_PROXY: { group: "network", type: "URL", default: "none", readBy: "Bun", meaning: "Proxy for https." },
  HTTP_PROXY: { group: "network", type: "URL", default: "none", readBy: "Bun", meaning: "Proxy for http." },
  NO_PROXY: { group: "network", type: "text", default: "none", readBy: "Bun", meaning: "Hosts, separated by commas, that are spoken to without a proxy." },
  GIT_CONFIG_GLOBAL: { group: "git", type: "file", default: "git's own places", meaning: "The user's git configuration, as git reads it." },
  GIT_CONFIG_SYSTEM: { group: "git", type: "file", default: "`/etc/gitconfig`", meaning: "The system's git configuration, as git reads it." },
  GIT_CONFIG_COUNT: { group: "git", type: "whole number", default: "0", meaning: "So many more git settings are in `GIT_CONFIG_KEY_0`, `GIT_CONFIG_VALUE_0` and so on." },
  GIT_CONFIG_NOSYSTEM: { group: "git", type: "switch", default: "off", meaning: "`1` leaves `/etc/gitconfig` unread." },
  GIT_NO_REPLACE_OBJECTS: { group: "git", type: "switch", default: "off", meaning: "Set: the refs below `refs/replace/` replace nothing." },
  XDG_CONFIG_HOME: { group: "git", type: "folder", default: "`~/.config`", meaning: "Holds `git/config` and `git/ignore`; for `completion --install` also fish's completions." },
  HOME: { group: "git", type: "folder", default: "the system's", meaning: "Holds `.gitconfig`, and what `~` means above." },
  GITHUB_EVENT_NAME: ci("GitHub Actions: says what the other variables stand for."),
  GITHUB_HEAD_REF: ci("GitHub Actions: the branch that a pull request asks to merge."),
  GITHUB_REF_TYPE: ci("GitHub Actions: says what the other variables stand for."),
  GITHUB_REF_NAME: ci("GitHub Actions: the branch."),
  GITHUB_SHA: ci("GitHub Actions: the commit that the branch is of."),
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: ci("GitLab: the branch that a pull request asks to merge."),
  CI_COMMIT_SOURCE_BRANCH: ci("Woodpecker: the branch that a pull request asks to merge."),
  CI_COMMIT_BRANCH: ci("GitLab: the branch."),
  CI_COMMIT_TAG: ci("GitLab: the job is about a tag, which is no branch."),
  CI_COMMIT_REF_NAME: ci("GitLab: the branch."),
  CI_COMMIT_SHA: ci("GitLab: the commit that the branch is of."),
  BUILDKITE_TAG: ci("Buildkite: the job is about a tag, which is no branch."),
  BUILDKITE_BRANCH: ci("Buildkite: the branch."),
  BUILDKITE_COMMIT: ci("Buildkite: the commit that the branch is of."),
  CIRCLE_BRANCH: ci("CircleCI: the branch."),
  CIRCLE_SHA1: ci("CircleCI: the commit that the branch is of."),
  TRAVIS_PULL_REQUEST_BRANCH: ci("Travis CI: the branch that a pull request asks to merge."),
  TRAVIS_TAG: ci("Travis CI: the job is about a tag, which is no branch."),
  TRAVIS_BRANCH: ci("Travis CI: the branch."),
  TRAVIS_COMMIT: ci("Travis CI: the commit that the branch is of."),
  BITBUCKET_BRANCH: ci("Bitbucket: the branch."),
  BITBUCKET_COMMIT: ci("Bitbucket: the commit that the branch is of."),
  DRONE_SOURCE_BRANCH: ci("Drone: the branch that a pull request asks to merge."),
  DRONE_TAG: ci("Drone: the job is about a tag, which is no branch."),
  DRONE_BRANCH: ci("Drone: the branch."),
  DRONE_COMMIT_SHA: ci("Drone: the commit that the branch is of."),
  SYSTEM_PULLREQUEST_SOURCEBRANCH: ci("Azure Pipelines: the branch that a pull request asks to merge."),
  BUILD_SOURCEBRANCH: ci("Azure Pipelines: the branch."),
  BUILD_SOURCEVERSION: ci("Azure Pipelines: the commit that the branch is of."),
  CHANGE_BRANCH: ci("Jenkins: the branch that a pull request asks to merge."),
  GIT_BRANCH: ci("Jenkins: the branch."),
  BRANCH_NAME: ci("Jenkins: the branch."),
  GIT_COMMIT: ci("Jenkins: the commit that the branch is of."),
  CODEBUILD_WEBHOOK_HEAD_REF: ci("AWS CodeBuild: the branch."),
  CODEBUILD_RESOLVED_SOURCE_VERSION: ci("AWS CodeBuild: the commit that the branch is of."),
  SEMAPHORE_GIT_PR_BRANCH: ci("Semaphore: the branch that a pull request asks to merge."),
  SEMAPHORE_GIT_REF_TYPE: ci("Semaphore: says what the other variables stand for."),
  SEMAPHORE_GIT_BRANCH: ci("Semaphore: the branch."),
  SEMAPHORE_GIT_SHA: ci("Semaphore: the commit that the branch is of."),
  APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH: ci("AppVeyor: the branch that a pull request asks to merge."),
  APPVEYOR_REPO_TAG: ci("AppVeyor: the job is about a tag, which is no branch."),
  APPVEYOR_REPO_BRANCH: ci("AppVeyor: the branch."),
  APPVEYOR_REPO_COMMIT: ci("AppVeyor: the commit that the branch is of."),
  REPOBASE_PLAIN: { group: "terminal", type: "switch", default: "off", meaning: "The full screen in lines, for a screen reader; `repobase` alone then prints help. `0` and `false` mean off.", setting: { key: "ui.plain" } },
  REPOBASE_ASCII: { group: "terminal", type: "switch", default: "off", meaning: "The full screen is drawn in ASCII. `0` and `false` mean off.", setting: { key: "ui.ascii" } },
  REPOBASE_UI_WATCH: { group: "terminal", type: "switch", default: "off", meaning: "The indexes follow their folders while the full screen is open; `w` there switches it. `0` and `false` mean off.", setting: { key: "ui.watch" } },
  REPOBASE_EDITOR: { group: "terminal", type: "text", default: "VISUAL", meaning: "The editor that the full screen and `search -i` open results in, and `config edit` the settings: a program and its flags.", setting: { key: "editor" } },
  VISUAL: { group: "terminal", type: "text", default: "EDITOR", meaning: "The same, where REPOBASE_EDITOR is not set." },
  EDITOR: { group: "terminal", type: "text", default: "vi", meaning: "The same, where VISUAL is not set." },
  TERM: { group: "terminal", type: "text", default: "none", meaning: "`dumb` or none: no full screen." },
  LC_ALL: { group: "terminal", type: "text", default: "LC_CTYPE", meaning: "A locale without UTF-8: the full screen is drawn in ASCII." },
  LC_CTYPE: { group: "terminal", type: "text", default: "LANG", meaning: "The same, where LC_ALL is not set." },
  LANG: { group: "terminal", type: "text", default: "none", meaning: "The same, where neither is set." },
  XDG_DATA_HOME: { group: "terminal", type: "folder", default: "`~/.local/share`", meaning: "Where `completion --install` puts completions of bash and zsh." },
  SHELL: { group: "terminal", type: "text", default: "none", meaning: "The shell whose completions `doctor` looks at." },
  NO_COLOR: { group: "terminal", type: "switch", default: "off", meaning: "No colours and links on a terminal." },
} as const satisfies Record<string, Variable>;

/** The variables that the program reads; a name that is not in the table is a type error. */
export type Environment = { readonly [Name in keyof typeof VARIABLES]?: string | undefined };
