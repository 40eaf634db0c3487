/** Two small repositories whose every word the tests of the page know: a definition with its uses, a long file, a change. */
import type { FileChange } from "../helpers/git-server.ts";

export interface PageFixture {
  readonly name: string;
  readonly remote: string;
  readonly files: Readonly<Record<string, FileChange>>;
  /** The second commit. */
  readonly changes: Readonly<Record<string, FileChange>>;
}

const RETRY = `/** Tries again what failed for a while. */
export interface RetryOptions {
  /** How often at most. */
  readonly attempts: number;
  /** Milliseconds before the first repetition; it doubles each time. */
  readonly pause: number;
}

/** Runs \`work\` until it succeeds. @throws the last error */
export async function retryWithBackoff<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  let pause = options.pause;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= options.attempts) throw error;
      await new Promise((done) => setTimeout(done, pause));
      pause *= 2;
    }
  }
}
`;

const SESSION = `/** Sessions of signed-in people. */
import { retryWithBackoff } from "./retry.ts";

export interface SessionStore {
  read(id: string): Promise<string | undefined>;
}

/** Refreshes the token of a session before it expires. */
export async function refreshSessionToken(store: SessionStore, id: string): Promise<string> {
  const token = await retryWithBackoff(() => store.read(id), { attempts: 3, pause: 50 });
  if (token === undefined) throw new Error("no session " + id);
  return token + "-fresh";
}
`;

/** One function after another, so that it is many screens long. */
const long = Array.from(
  { length: 300 },
  (_, n) =>
    `/** Step ${n} of the long pipeline. */\nexport function step${n}(input: number): number {\n  return input + ${n};\n}\n`,
).join("\n");

const PARSER = `"""Parses the configuration of the tools."""


class ConfigurationParser:
    """Reads lines of name and value."""

    def parse_line(self, line: str) -> tuple[str, str]:
        name, _, value = line.partition("=")
        return name.strip(), value.strip()
`;

export const FIXTURES = {
  web: {
    name: "web",
    remote: "https://github.com/acme/web.git",
    files: {
      "README.md": "# Web\n\nA service that signs people in and keeps their sessions.\n",
      "src/retry.ts": RETRY,
      "src/session.ts": SESSION,
      "src/pipeline.ts": long,
      "styles/theme.css": ".dark { color: white; background: black; }\n",
    },
    changes: {
      "src/session.ts": SESSION.replace("attempts: 3, pause: 50", "attempts: 5, pause: 100"),
      "src/clock.ts": "/** The time, as tests may set it. */\nexport const now = (): number => Date.now();\n",
    },
  },
  tools: {
    name: "tools",
    remote: "https://gitlab.com/acme/tools.git",
    files: {
      "README.md": "# Tools\n\nSmall tools around the service.\n",
      "tools/parser.py": PARSER,
      "tools/main.go": '// Command main retries what failed.\npackage main\n\nfunc main() {\n\tprintln("retry")\n}\n',
    },
    changes: { "tools/version.py": 'VERSION = "2.0"\n' },
  },
} as const satisfies Record<string, PageFixture>;
