/**
 * Credentials in a file's text. Few patterns, each with a shape that nothing else has, as a file with a match is left out
 * whole: a missed search result must not be the price of a made-up key in a test. So a token must have its full length
 * and look drawn at random (no `xxxx`, no `EXAMPLE`, no counting), test keys of payment providers do not count, and a
 * private key must be a whole block of at least 64 base64 digits with its end. A real private key counts wherever it
 * lies, tests included: nobody can tell which door it opens.
 */

/** A cheap test before the expensive one: no match without one of these. */
const HINTS =
  /PRIVATE KEY|AKIA|ASIA|gh[pousr]_|github_pat_|xox[abeprs]-|hooks\.slack\.com|[sr]k_live_|sk-|AIza|GOCSPX-|ya29\.|glpat-|npm_|pypi-|SG\./;

const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----((?:[A-Za-z0-9+/=\s"'+,:-]|\\[nr])+?)-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/g;

/** The parts in parentheses are those that are drawn at random. */
const TOKENS = [
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)([A-Z2-7]{16})(?![A-Za-z0-9])/g, // AWS access key id
  /(?<![A-Za-z0-9])gh[pousr]_([A-Za-z0-9]{36})(?![A-Za-z0-9])/g, // GitHub
  /(?<![A-Za-z0-9])github_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])xox[abeprs]-(?:\d+-){1,4}([A-Za-z0-9]{24,})/g, // Slack
  /hooks\.slack\.com\/services\/T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/([A-Za-z0-9]{24})(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])[sr]k_live_([A-Za-z0-9]{24,})/g, // Stripe
  /(?<![A-Za-z0-9])sk-(?:[a-z0-9]+-)?([A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,})/g, // OpenAI
  /(?<![A-Za-z0-9])sk-ant-[a-z]+\d\d-([A-Za-z0-9_-]{80,})/g, // Anthropic
  /(?<![A-Za-z0-9_-])AIza([A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])/g, // Google
  /(?<![A-Za-z0-9])GOCSPX-([A-Za-z0-9_-]{28})(?![A-Za-z0-9_-])/g,
  /(?<![A-Za-z0-9])ya29\.([A-Za-z0-9_-]{60,})/g,
  /(?<![A-Za-z0-9])glpat-([A-Za-z0-9_-]{20})(?![A-Za-z0-9_-])/g, // GitLab
  /(?<![A-Za-z0-9])npm_([A-Za-z0-9]{36})(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])pypi-AgEIcHlwaS5vcmc([A-Za-z0-9_-]{50,})/g,
  /(?<![A-Za-z0-9])SG\.([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/g, // SendGrid
];

/** @param text of the whole file; bytes read as latin1 will do, as all patterns are ASCII */
export function holdsSecret(text: string): boolean {
  if (!HINTS.test(text)) return false;
  for (const [, body = ""] of text.matchAll(PRIVATE_KEY)) {
    const digits = body.replace(/\\[nr]/g, "").replace(/[^A-Za-z0-9+/]/g, "");
    // Not `looksRandom`: real keys hold long runs of `A` where numbers are short.
    if (digits.length >= 64 && new Set(digits).size >= 20) return true;
  }
  return TOKENS.some((pattern) => [...text.matchAll(pattern)].some(([, random = ""]) => looksRandom(random)));
}

/** Credentials that only certain files hold: `.npmrc`, `.pypirc`, and cloud accounts in JSON. Variables do not count. */
export function holdsFileSecret(name: string, text: string): boolean {
  if (name === ".npmrc" || name === ".yarnrc.yml" || name === ".yarnrc")
    return /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent)["']?\s*[=:]\s*["']?(?!["']?\$)[^\s"'$]{8,}/.test(
      text,
    );
  if (name === ".pypirc") return /^\s*password\s*[=:]\s*(?!\$)\S+/m.test(text);
  if (name.endsWith(".json") && name.includes("credential"))
    return /"(?:private_key|client_secret|refresh_token|secret_?access_?key|password)"\s*:\s*"[^"]{12,}"/i.test(text);
  return /\.tfstate(?:\.backup)?$/.test(name);
}

/** No placeholder word, no run of one character, no counting up, and as many different characters as chance gives. */
function looksRandom(token: string): boolean {
  if (/example|placeholder|changeme|your|dummy|fake|redacted|sample|(.)\1{4}/i.test(token)) return false;
  if (/01234|12345|23456|abcde|bcdef/i.test(token)) return false;
  return new Set(token).size >= Math.min(10, token.length / 2);
}
