/** Credentials inside addresses, headers and connection strings. */
import { looksLikePassword, looksRandom } from "../randomness.ts";
import type { SecretRule } from "../secret-rule.ts";
import { isTestPath } from "../test-path.ts";
import { decode } from "./key-material.ts";

/** Hosts of documents: RFC 2606's, and words for "here goes a host". */
const NO_HOST =
  /(?:^|\.)(?:example|test|invalid|localhost)(?:\.(?:com|org|net|io|dev))?$|^(?:127\.|0\.0\.0\.0|::1|host|hostname|server|myhost|your)/i;

export const CONNECTIONS: readonly SecretRule[] = [
  {
    id: "url-password",
    what: "password in a URL",
    keywords: ["://"],
    pattern:
      /(?<=(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}):\/\/[^\s:@/?#"'`<>]{0,80}:([^\s@/"'`<>]{6,200})@[\w.[\]:%-]{1,200}/y,
    accepts: ({ secret, match, path }) => {
      const [, user = "", host = ""] = /^:\/\/([^:]*):.*@([^@]*)$/s.exec(match[0]) ?? [];
      if (user === secret || NO_HOST.test(host.replace(/:\d*$/, "")) || isTestPath(path)) return false;
      return looksLikePassword(secret, 6);
    },
  },
  {
    id: "connection-string-password",
    what: "password in a connection string",
    keywords: ["password=", "pwd="],
    pattern: /(?<=[;"'?&, ])(?:password|pwd)=([^;"'\s&<>{}$%]{8,128})(?=[;"'&]|$)/imy,
    accepts: ({ secret, path }) => !isTestPath(path) && looksLikePassword(secret, 8),
  },
  {
    id: "basic-auth",
    what: "HTTP basic authentication",
    keywords: ["basic "],
    pattern: /(?<!\w)basic[ ]{1,2}([A-Za-z0-9+/]{12,400}={0,2})(?![\w+/=])/iy,
    accepts: ({ secret, path }) => !isTestPath(path) && holdsLogin(decode(secret)),
  },
  {
    id: "bearer",
    what: "HTTP bearer token",
    keywords: ["bearer "],
    pattern: /(?<!\w)bearer[ ]{1,2}([\w.~+/-]{20,600}={0,2})(?![\w+/=])/iy,
    accepts: ({ secret, path }) => !isTestPath(path) && !/^(?:eyJ|ey)/.test(secret) && looksLikePassword(secret, 20),
  },
  {
    id: "docker-auth",
    what: "Docker registry credential",
    keywords: ['"auth"'],
    pattern: /"auth"[ \t]{0,4}:[ \t]{0,4}"([A-Za-z0-9+/]{8,1000}={0,2})"/y,
    accepts: ({ secret }) => holdsLogin(decode(secret)),
  },
  {
    id: "kubernetes-client-key",
    what: "Kubernetes client key",
    keywords: ["client-key-data"],
    pattern: /client-key-data["']?:[ \t]{0,4}["']?([A-Za-z0-9+/=]{40,20000})/y,
    accepts: ({ secret }) => new Set(secret).size >= 16,
  },
  {
    id: "netrc-password",
    what: "password in a netrc entry",
    keywords: ["machine "],
    pattern:
      /machine[ \t]{1,8}\S{1,200}\s{1,8}login[ \t]{1,8}\S{1,200}\s{1,8}password[ \t]{1,8}((?![$<{%])[^\s"'\\]{6,300})/y,
    accepts: ({ secret }) => looksLikePassword(secret, 6),
  },
  {
    id: "pgpass-line",
    what: "PostgreSQL password file",
    keywords: [":5432:", ":5433:", ":*:"],
    pattern: /(?<=^[\w.*-]{1,200}):(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*-]{1,63}:([^\s:]{6,200})$/my,
    accepts: ({ secret }) => looksLikePassword(secret, 6),
  },
  {
    id: "maven-password",
    what: "password in a settings file",
    keywords: ["<password>", "<passphrase>", "<privatekey>"],
    pattern: /<(?:password|passphrase|privateKey)>([^<>\s${}]{4,400})<\//iy,
    accepts: ({ secret, path }) =>
      /(?:^|\/)settings(?:-security)?\.xml$/.test(path)
        ? looksRandom(secret) && !/^(?:pass(?:word)?|secret|token)$/i.test(secret)
        : looksLikePassword(secret, 8),
  },
];

/** `user:password`, printable, with a password that no document would show. */
function holdsLogin(text: string): boolean {
  const [, user = "", password = ""] = /^([\x20-\x39\x3b-\x7e]{1,200}):([\x21-\x7e]{6,400})$/.exec(text) ?? [];
  return password !== "" && password !== user && looksLikePassword(password, 6);
}
