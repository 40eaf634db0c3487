/** Private keys in every wrapping, and signed tokens. A private key counts wherever it lies: nobody can tell which door it opens. */
import type { Found, SecretRule } from "../secret-rule.ts";
import { isTestPath } from "../test-path.ts";

const KIND = "(?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?";
/** All but the dashes that begin the end; a next beginning ends it too, so no text is read twice. */
const BODY = "(?:[^-]|-(?!----)){1,20000}";

/** Covers the digits alone: line ends, escapes, quotes and joints stay, so lines and syntax do. */
function coverDigits(body: string): string {
  return body.replace(/\\[nrt]|["'`][ \t]*\+(?=\s)|[A-Za-z0-9+/=]/g, (part) => (part.length === 1 ? "*" : part));
}

/** Not `looksRandom`: real keys hold long runs of `A` where numbers are short. */
function isKeyBody({ secret }: Found): boolean {
  const digits = secret.replace(/\\[nrt]/g, "").replace(/[^A-Za-z0-9+/]/g, "");
  const others = secret.replace(/\\[nrt]/g, "").replace(/[A-Za-z0-9+/=\s"'`+,:;.()\\|>#*-]/g, "");
  return digits.length >= 64 && new Set(digits).size >= 20 && others.length <= 4;
}

export const KEY_MATERIAL: readonly SecretRule[] = [
  {
    id: "private-key",
    what: "private key",
    keywords: ["-----begin "],
    pattern: new RegExp(`-----BEGIN ${KIND}-----(${BODY})-----END ${KIND}-----`, "y"),
    accepts: isKeyBody,
    covers: coverDigits,
  },
  {
    id: "private-key-part",
    what: "private key without its end",
    keywords: ["-----begin "],
    pattern: new RegExp(
      `-----BEGIN ${KIND}-----((?:(?:\\\\[nr]|[\\s"'\`+,|>]){1,40}[A-Za-z0-9+/=]{40,80}){2,200})`,
      "y",
    ),
    accepts: isKeyBody,
    covers: coverDigits,
  },
  {
    id: "private-key-base64",
    what: "private key in base64",
    keywords: ["ls0tls1crudjti"],
    pattern: /LS0tLS1CRUdJTi(?:[A-Za-z0-9+/=]|\\?\r?\n[ \t]{0,40}){80,20000}/y,
    accepts: ({ secret }) => decode(secret.slice(0, 200).replace(/[\\\s]/g, "")).includes("PRIVATE KEY"),
  },
  {
    id: "putty-private-key",
    what: "PuTTY private key",
    keywords: ["private-lines:"],
    pattern: /Private-Lines: \d{1,3}\r?\n((?:[A-Za-z0-9+/=]{1,64}\r?\n){1,200})/y,
    accepts: ({ secret }) => new Set(secret).size >= 20,
  },
  {
    id: "wireguard-private-key",
    what: "WireGuard key",
    keywords: ["privatekey", "presharedkey"],
    pattern: /(?:PrivateKey|PresharedKey)[ \t]{0,4}=[ \t]{0,4}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)/y,
  },
  {
    id: "json-web-key",
    what: "private JSON web key",
    keywords: ['"d"'],
    pattern: /"d"[ \t]{0,4}:[ \t]{0,4}"([\w-]{42,700})"/y,
    accepts: ({ secret, path, match }) =>
      new Set(secret).size >= 20 && !isTestPath(path) && /"kty"/.test(around(match, 4000)),
  },
  {
    id: "jwt",
    what: "signed JSON web token",
    keywords: ["eyj"],
    pattern: /(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{20,1000}(?![\w-])/y,
    accepts: ({ secret, path }) => isToken(secret, path),
  },
  {
    id: "jwt-base64",
    what: "signed JSON web token in base64",
    keywords: ["zxlk"],
    pattern: /(?<![A-Za-z0-9+/])ZXlK[A-Za-z0-9+/]{60,8000}={0,2}/y,
    accepts: ({ secret, path }) =>
      /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20,}$/.test(decode(secret)) && isToken(decode(secret), path),
  },
];

const around = ({ input, index }: RegExpExecArray, chars: number): string =>
  input.slice(Math.max(0, index - chars), index + chars);

/** A header with an algorithm, a body that is an object; not one that documents show, nor a test's own. */
function isToken(text: string, path: string): boolean {
  const [header = "", body = ""] = text.split(".").map(decode);
  if (!/"alg"\s*:/.test(header) || !/^\{.*\}$/s.test(body)) return false;
  return !isTestPath(path) && !/1234567890|john ?doe|example|"foo"|"bar"|"test/i.test(body);
}

/** Base64, either alphabet; what is none gives rubbish, which no caller takes for text. */
export const decode = (text: string): string => Buffer.from(text, "base64").toString("latin1");
