import { expect, test } from "bun:test";
import type { SecretPolicy } from "../../../src/protocol/secret-policy.ts";
import { guardText } from "../../../src/source/secrets/guard-text.ts";
import { findSecrets } from "../../../src/source/secrets/find-secrets.ts";
import { redactSecrets } from "../../../src/source/secrets/redact.ts";
import { plantedSecrets } from "./planted.ts";

/** Secrets are put together here, so that no scanner (ours included) finds one in this file. */
const random = (length: number, alphabet = "kQ7vZp2Xw9LrT4mBc8JdYh3NfGs6UaEe5VtRoKiM") =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + 3 + (i >> 3)) % alphabet.length]).join("");
const pem = (kind: string, digits: number) =>
  `-----BEGIN ${kind}-----\n${random(digits)
    .match(/.{1,64}/g)
    ?.join("\n")}\n-----END ${kind}-----\n`;

/** `redacted`, `secret` (the file is left out), or null: nothing was found. */
function guarded(path: string, text: string, policy: SecretPolicy = "redact"): "redacted" | "secret" | null {
  const result = guardText({ path, text, policy });
  if ("reason" in result) return result.reason;
  expect(result.text.length).toBe(text.length);
  return result.text === text ? null : "redacted";
}

test("private keys, wherever they lie; not what only looks like one", () => {
  for (const kind of [
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
  ])
    expect([kind, guarded("server.pem", pem(kind, 1600))]).toEqual([kind, "secret"]);
  expect(guarded("ed25519.key", pem("PRIVATE KEY", 64))).toBe("secret");
  const key = pem("PRIVATE KEY", 300);
  expect(guarded("account.json", JSON.stringify({ type: "service_account", private_key: key }))).toBe("redacted");
  expect(
    guarded(
      "a.ts",
      `const key =\n${key
        .trim()
        .split("\n")
        .map((line) => `  "${line}\\n" +\n`)
        .join("")} "";`,
    ),
  ).toBe("redacted");
  expect(guarded("a.ts", `export const KEY = \`${key.replace("AAAA", "AAAAAAAA")}\`;`)).toBe("redacted");
  expect(
    guarded(
      "x.pem",
      pem("RSA PRIVATE KEY", 600).replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n"),
    ),
  ).toBe("secret");

  expect(guarded("cert.pem", pem("CERTIFICATE", 1600))).toBeNull();
  expect(guarded("pub.pem", pem("PUBLIC KEY", 400))).toBeNull();
  expect(
    guarded("test.ts", 'const fake = "-----BEGIN PRIVATE KEY-----\\nMIIEfake\\n-----END PRIVATE KEY-----";\n'),
  ).toBeNull();
  expect(
    guarded("README.md", "-----BEGIN RSA PRIVATE KEY-----\n...your key here...\n-----END RSA PRIVATE KEY-----\n"),
  ).toBeNull();
  expect(guarded("parser.go", 'if strings.Contains(s, "-----BEGIN PRIVATE KEY-----") {\n')).toBeNull();
});

test("tokens of full length that look drawn at random", () => {
  const base32 = "KQ7VZP2XWL4TMBCJDYH3NFGS6UAE5";
  const tokens = [
    `AKIA${random(16, base32)}`,
    `ASIA${random(16, base32)}`,
    `ghp_${random(36)}`,
    `github_pat_${random(22)}_${random(59)}`,
    `xoxb-123456789012-1234567890123-${random(24)}`,
    `https://hooks.slack.com/services/T0KQ7VZP2/B0XWL4TMB/${random(24)}`,
    `sk_live_${random(24)}`,
    `sk-proj-${random(60)}T3BlbkFJ${random(60)}`,
    `sk-${random(20)}T3BlbkFJ${random(20)}`,
    `sk-ant-api03-${random(93)}`,
    `AIza${random(35)}`,
    `GOCSPX-${random(28)}`,
    `glpat-${random(20)}`,
    `npm_${random(36)}`,
    `pypi-AgEIcHlwaS5vcmc${random(80)}`,
    `SG.${random(22)}.${random(43)}`,
  ];
  for (const token of tokens) {
    expect([token, guarded("config.ts", `const token = "${token}";\n`)]).toEqual([token, "redacted"]);
    expect([token, findSecrets({ path: "a.ts", text: `x${token}y` }).length]).toEqual([token, 0]); // within a longer word
  }
});

test("made-up tokens in tests and documents do not lose the file", () => {
  const fakes = [
    ["AKIA", "IOSFODNN7EXAMPLE"].join(""),
    `AKIA${"X".repeat(16)}`,
    "AKIA1234567890ABCDEF",
    `ghp_${"x".repeat(36)}`,
    `ghp_${"a1".repeat(18)}`,
    "ghp_fake",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    `sk_test_${random(24)}`,
    "sk_live_short",
    "sk-your-key-here",
    `AIza${"0".repeat(35)}`,
    "xoxb-your-token",
    `npm_${"A".repeat(36)}`,
    `sk-${random(48)}`,
  ];
  for (const fake of fakes)
    expect([fake, guarded("auth.test.ts", `expect(login("${fake}")).toBe(true);\n`)]).toEqual([fake, null]);
});

test("files that hold credentials by nature, when they do", () => {
  expect(guarded(".npmrc", `//npm.example.com/:_authToken=${random(30)}\n`)).toBe("redacted");
  expect(guarded(".npmrc", "//npm.example.com/:_authToken=${NPM_TOKEN}\nsave-exact=true\n")).toBeNull();
  expect(guarded(".pypirc", "[pypi]\nusername = me\npassword = letmein9\n")).toBe("redacted");
  expect(guarded(".pypirc", "[pypi]\nrepository = https://x\n")).toBeNull();
  expect(guarded("gcloud/credentials.json", `{"client_id": "x", "client_secret": "${random(24)}"}`)).toBe("redacted");
  expect(guarded("credentials.json", '{"fields": ["client_secret", "user"]}')).toBeNull();
});

test("of a file that is a way into a cluster nothing stays", () => {
  const user = `users:\n- name: a\n  user:\n    client-key-data: ${random(600)}\n`;
  expect(guarded("deploy/cluster.yaml", `apiVersion: v1\nkind: Config\nclusters: []\n${user}`)).toBe("secret");
  expect(guarded("deploy/cluster.yaml", `about: x\n${user}`)).toBe("redacted");
});

test("policies: cover, leave out, index as it is", () => {
  const text = `const key = "glpat-${random(20)}";\nexport const area = 2;\n`;
  expect(guarded("a.ts", text, "redact")).toBe("redacted");
  expect(guarded("a.ts", text, "skip")).toBe("secret");
  expect(guarded("a.ts", text, "allow")).toBeNull();
  const result = guardText({ path: "a.ts", text, policy: "redact" });
  expect(result).toEqual({
    text: `const key = "${"*".repeat(26)}";\nexport const area = 2;\n`,
    secrets: [{ rule: "gitlab-pat", line: 1 }],
  });
});

test("of values that any text could be, only random ones count: no placeholders, variables, paths, words, ids of rows", () => {
  const values = [
    "changeme1234567", "your-password-1", "${DB_PASSWORD_1}", "{{ vault.secret1 }}", "process.env.TOKEN1", "/run/secrets/db_1",
    "https://acme.dev/token1", "correct-horse-battery-1", "550e8400-e29b-41d4-a716-446655440000", "[A-Za-z0-9._~+/-]+=*",
    "aaaaaaaaaaaaaaaa1", "user_password_field_2", "<password123>", "%(password1)s", "test-secret-9f8e", "Bearer realm1",
  ]; // prettier-ignore
  for (const value of values) {
    expect([value, guarded("src/a.ts", `const password = "${value}";\n`)]).toEqual([value, null]);
    expect([value, guarded("app.yaml", `password: ${value}\n`)]).toEqual([value, null]);
  }
  const value = random(24);
  expect(guarded("src/a.ts", `const passwordHash = "${value}";\n`)).toBeNull();
  expect(guarded("src/a.ts", `const title = "${value}";\n`)).toBeNull();
  expect(guarded("src/a.ts", `const secret = ${value};\n`)).toBeNull();
  expect(guarded("tests/a.test.ts", `const secret = "${value}";\n`)).toBeNull();
  expect(guarded("src/a.ts", `const secret = "${value}";\n`)).toBe("redacted");
});

test("addresses: only real passwords on real hosts", () => {
  const real = random(18);
  const addresses = [
    "postgres://user:password@localhost:5432/db", "http://admin:admin@host/", "https://user:pass1234@example.com/x",
    `https://me:${real}@example.com/x`, "mysql://root:${PASSWORD}@db/x", "redis://:<secret1>@cache.acme.dev", "https://a.dev:8080@x",
    "amqp://guest:guest@mq.acme.dev", "http://[::1]:8080/a@b", "see http://a.dev/x:y1234567@z",
  ]; // prettier-ignore
  for (const address of addresses)
    expect([address, guarded("src/a.ts", `open("${address}");\n`)]).toEqual([address, null]);
  expect(guarded("src/a.ts", `open("mysql://root:${real}@db.acme.dev/x");\n`)).toBe("redacted");
});

test("what was covered is not found again, and text without secrets is left as it is", () => {
  for (const { path, text } of plantedSecrets()) {
    const once = redactSecrets({ path, text })?.text ?? "";
    expect([path, findSecrets({ path, text: once }).map(({ rule }) => rule.id)]).toEqual([path, []]);
  }
  expect(redactSecrets({ path: "a.ts", text: "" })).toBeNull();
  expect(redactSecrets({ path: "a.ts", text: "数据 token 🎉\n" })).toBeNull();
});

test("a file made to be slow is not: of 256 KiB of beginnings nothing is read over and over", () => {
  const beginnings = [
    "-----BEGIN PRIVATE KEY-----\n",
    "LS0tLS1CRUdJTi",
    "eyJhbGciOi.eyJ",
    "password=",
    'token = "',
    "://a:b",
    "://",
    "SG.",
    "A",
    "xoxb-1-",
    "discord token ",
    "twitter_key_",
  ];
  for (const beginning of beginnings) {
    const text = beginning.repeat(Math.ceil((1 << 18) / beginning.length));
    const began = process.cpuUsage().user;
    findSecrets({ path: "a.yaml", text });
    expect([beginning, (process.cpuUsage().user - began) / 1e6 < 3]).toEqual([beginning, true]);
  }
});
