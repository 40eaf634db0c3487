/**
 * Values assigned to names like `password`. Any text could be one, so only what looks drawn at random counts, and test code
 * is left alone: there nearly every such value is made up.
 */
import { looksLikePassword } from "../randomness.ts";
import type { Found, SecretRule } from "../secret-rule.ts";
import { isTestPath } from "../test-path.ts";

const NAMES =
  "password passwd passphrase pwd secret token apikey api_key api-key access_key accesskey access-key auth_key authkey private_key privatekey " +
  "encryption_key encryptionkey encryption-key signing_key signingkey signing-key master_key masterkey credential";
const KEYWORDS = NAMES.split(" ");
const NAME = `(?:${KEYWORDS.join("|")})[\\w.\\-]{0,24}`;

/** What follows the word says that the value is something about a secret, and not one. */
const ABOUT =
  /(?:name|url|uri|path|file|dir|id|ids|type|field|label|hint|prompt|regex|pattern|length|size|header|expir\w*|endpoint|column|param|hash|digest|checksum|policy|text|message|error|title|class|selector|ref|version|public\w*|issuer|algorithm|format|prefix|kind|count|at)s?$/i;

/** Files of settings, where values need no quotes. */
const SETTINGS =
  /\.(?:ya?ml|properties|ini|toml|conf|cfg|cnf|config|tfvars|hcl|env|envrc|sh|bash|zsh|fish|ps1|service|list|txt)$|(?:^|\/)(?:dockerfile|\.[\w-]*rc|\.env[\w.-]*|credentials|config)$/;

export const ASSIGNMENTS: readonly SecretRule[] = [
  {
    id: "assigned-secret",
    what: "random value assigned to a name for a secret",
    keywords: KEYWORDS,
    pattern: new RegExp(
      `${NAME}["'\`\\]]{0,2}\\)?[ \\t]{0,4}(?::[ \\t]?[A-Za-z&<>']{1,16}[ \\t]{1,2})?(?:=>|:=|={1,3}|:|,|\\|\\||\\?\\?)\\s{0,8}[bfru@]?["'\`]([^"'\`\\s]{10,512})["'\`]`,
      "iy",
    ),
    accepts: (found) =>
      !isTestPath(found.path) &&
      !isAbout(found) &&
      !isSentence(found) &&
      !isExpression(found) &&
      looksLikePassword(found.secret, 10),
  },
  {
    id: "assigned-setting",
    what: "random value of a setting for a secret",
    keywords: KEYWORDS,
    pattern: new RegExp(
      `${NAME}["']?[ \\t]{0,4}(?:=|:)[ \\t]{0,4}((?![$<%{&*!|>@"'\`])[^\\s"'\`,;]{8,512})(?=[ \\t]{0,4}(?:[\\r\\n#;,]|$))`,
      "iy",
    ),
    accepts: (found) =>
      SETTINGS.test(found.path) && !isTestPath(found.path) && !isAbout(found) && looksLikePassword(found.secret, 8),
  },
];

const isAbout = ({ match }: Found): boolean => ABOUT.test(/^[\w.-]+/.exec(match[0])?.[0] ?? "");

/** The last word of a sentence in quotes, and the next item of a list: `"Sign in with a client secret", "oa2-cs.v1."`. */
const isSentence = ({ match }: Found): boolean =>
  /^[\w.-]+["'`][ \t]*,/.test(match[0]) &&
  /\s[\w.-]*$/.test(match.input.slice(Math.max(0, match.index - 40), match.index));

/** A regular expression that describes secrets: a class of characters and how many of them. */
const isExpression = ({ secret }: Found): boolean => /\][{+*]/.test(secret);
