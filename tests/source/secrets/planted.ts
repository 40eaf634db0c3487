/**
 * Secrets of many kinds, made when a test runs: nothing here looks like one to a scanner, and nothing opens a door. Shapes
 * are those that their makers publish; what is random is drawn from a seed.
 */

export interface Planted {
  readonly kind: string;
  readonly path: string;
  readonly text: string;
  /** What must not be seen again, once it was found. */
  readonly values: readonly string[];
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const HEX = `${DIGITS}abcdef`;
const ALNUM = LOWER + LOWER.toUpperCase() + DIGITS;
const WORD = `${ALNUM}_`;
const BASE64 = `${ALNUM}+/`;
const BASE64URL = `${ALNUM}_-`;
const BASE32 = `${LOWER.toUpperCase()}234567`;

/** Draws like the makers do: with letters and digits both in it, and no placeholder by chance. */
export class Draw {
  constructor(private seed: number) {}

  of(alphabet: string, length: number): string {
    for (;;) {
      const text = Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join("");
      const mixed =
        !/\d/.test(alphabet) || !/[a-z]/i.test(alphabet) || length < 8 || (/\d/.test(text) && /[a-z]/i.test(text));
      if (mixed && !/(.)\1{3}|123|234|345|456|567|678|789|abc|bcd|cde|key|foo|bar|baz|qux|test|pass|user/i.test(text))
        return text;
    }
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.of(HEX, length)).join("-");
  }

  base64(text: string): string {
    return Buffer.from(text).toString("base64");
  }

  private below(limit: number): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed % limit;
  }
}

const join = (...parts: readonly string[]): string => parts.join("");

/** [kind, the token]: a value that says itself what it is, in a line of code. */
function tokens(draw: Draw): [string, string][] {
  const u = (n: number) => draw.of(ALNUM, n);
  const hex = (n: number) => draw.of(HEX, n);
  const b64u = (n: number) => draw.of(BASE64URL, n);
  return [
    ["AWS access key id", join("AK", "IA", draw.of(BASE32, 16))],
    ["AWS temporary key id", join("AS", "IA", draw.of(BASE32, 16))],
    ["Google API key", join("AI", "za", b64u(35))],
    ["Google OAuth secret", join("GOC", "SPX-", b64u(28))],
    ["Google access token", join("ya", "29.", b64u(90))],
    ["Azure client secret", join(draw.of(WORD, 3), "8", "Q~", draw.of(WORD, 34))],
    ["GitHub personal", join("gh", "p_", u(36))],
    ["GitHub OAuth", join("gh", "o_", u(36))],
    ["GitHub server", join("gh", "s_", u(36))],
    ["GitHub fine-grained", join("github", "_pat_", u(22), "_", u(59))],
    ["GitLab personal", join("gl", "pat-", b64u(20))],
    ["GitLab runner", join("gl", "rt-", b64u(20))],
    ["GitLab trigger", join("gl", "ptt-", hex(40))],
    ["Slack bot", join("xo", "xb-", draw.of(DIGITS, 12), "-", draw.of(DIGITS, 13), "-", u(24))],
    [
      "Slack user",
      join("xo", "xp-", draw.of(DIGITS, 12), "-", draw.of(DIGITS, 12), "-", draw.of(DIGITS, 12), "-", hex(32)),
    ],
    ["Slack app", join("xa", "pp-1-A", draw.of(BASE32, 9), "7-", draw.of(DIGITS, 13), "-", hex(64))],
    [
      "Slack webhook",
      join("https://hooks.", "slack.com/services/T", draw.of(BASE32, 9), "/B", draw.of(BASE32, 10), "/", u(24)),
    ],
    ["Stripe", join("sk", "_live_", u(24))],
    ["Stripe restricted", join("rk", "_live_", u(24))],
    ["Stripe webhook", join("wh", "sec_", u(32))],
    ["Twilio", join("S", "K", hex(32))],
    ["SendGrid", join("S", "G.", b64u(22), ".", b64u(43))],
    ["Telegram bot", join(draw.of(DIGITS, 9), "7", ":A", "A", b64u(33))],
    ["Discord webhook", join("https://discord.com/api", "/webhooks/", draw.of(DIGITS, 18), "/", b64u(68))],
    ["Hugging Face", join("h", "f_", draw.of(LOWER + LOWER.toUpperCase(), 34))],
    ["OpenAI project", join("sk", "-proj-", b64u(58), "T3Blbk", "FJ", b64u(58))],
    ["OpenAI", join("sk", "-", u(20), "T3Blbk", "FJ", u(20))],
    ["Anthropic", join("sk", "-ant-api03-", b64u(93), "AA")],
    ["npm", join("np", "m_", u(36))],
    ["PyPI", join("py", "pi-AgEIcHlwaS5vcmc", b64u(100))],
    ["RubyGems", join("ruby", "gems_", hex(48))],
    ["Docker Hub", join("dckr", "_pat_", b64u(27))],
    ["DigitalOcean", join("do", "p_v1_", hex(64))],
    ["Shopify access", join("sh", "pat_", hex(32))],
    ["Shopify secret", join("sh", "pss_", hex(32))],
    ["Vault", join("hv", "s.", b64u(92))],
    ["Linear", join("li", "n_api_", u(40))],
    ["Square access", join("sq", "0atp-", b64u(22))],
    ["Square secret", join("sq", "0csp-", b64u(43))],
    ["Notion", join("nt", "n_", draw.of(DIGITS, 11), u(35))],
    ["Atlassian", join("ATA", "TT3", b64u(186))],
    ["Mailgun", join("ke", "y-", hex(32))],
    ["Mailchimp", join(hex(32), "-u", "s14")],
    ["Brevo", join("xkey", "sib-", hex(64), "-", u(16))],
    ["Databricks", join("da", "pi", hex(32))],
    ["Grafana", join("gl", "sa_", u(32), "_", hex(8))],
    ["New Relic", join("NR", "AK-", draw.of(BASE32, 27))],
    ["Sentry", join("snt", "ryu_", hex(64))],
    ["Postman", join("PM", "AK-", hex(24), "-", hex(34))],
    ["Pulumi", join("pu", "l-", hex(40))],
    ["Terraform Cloud", join(u(14), ".atlas", "v1.", b64u(66))],
    ["Doppler", join("dp", ".pt.", u(43))],
    ["PlanetScale", join("psc", "ale_tkn_", b64u(43))],
    ["Supabase", join("sb", "p_", hex(40))],
    ["Tailscale", join("ts", "key-auth-", u(17), "-", u(32))],
    ["age", join("AGE-SECRET", "-KEY-1", draw.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58))],
    ["Groq", join("gs", "k_", u(52))],
    ["Airtable", join("p", "at", u(14), ".", hex(64))],
    ["Figma", join("fi", "gd_", b64u(40))],
    ["Cloudflare origin", join("v1", ".0-", hex(24), "-", hex(146))],
    ["Repobase key", join("r", "b_", b64u(43))],
  ];
}

/** [kind, path, text with the values, the values]: what only its surroundings tell. */
function settings(draw: Draw): [string, string, string, string[]][] {
  const u = (n: number) => draw.of(ALNUM, n);
  const hex = (n: number) => draw.of(HEX, n);
  const key = draw.of(BASE64, 1600);
  const lines = key.match(/.{64}/g) ?? [];
  const pem = [join("-----BEGIN RSA PRIVATE", " KEY-----"), ...lines, join("-----END RSA PRIVATE", " KEY-----")];
  const seen = [lines[0] ?? "", lines[9] ?? ""];
  const whole = draw.base64(pem.join("\n"));
  const jwt = [
    { alg: "HS256", typ: "JWT" },
    { iss: "auth.acme.dev", sub: u(12), exp: 1_900_000_000 },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const s = Array.from({ length: 24 }, (_, i) => u(18 + (i % 9)));
  const at = (i: number) => s[i] ?? "";
  const signed = join(jwt, ".", draw.of(BASE64URL, 43));
  const storage = join(draw.of(BASE64, 86), "==");
  const aws = draw.of(BASE64, 40);
  const global = hex(37);
  const cloudflare = draw.of(BASE64URL, 39) + "x";
  const auth = hex(32);
  const bot = join("MTE", u(21), ".G", u(5), ".", draw.of(BASE64URL, 37), "z");
  const basic = draw.base64(join("deploy:", at(9)));
  return [
    ["AWS secret", "src/s3.py", `client(aws_secret_access_key="${aws}")\n`, [aws]],
    [
      "Azure storage",
      "src/blob.cs",
      `var c = "AccountName=acme;AccountKey=${storage};EndpointSuffix=core";\n`,
      [storage],
    ],
    ["Cloudflare API token", "deploy/cf.sh", `export CLOUDFLARE_API_TOKEN=${cloudflare}\n`, [cloudflare]],
    ["Cloudflare global key", "deploy/cf.ts", `const cloudflareApiKey = "${global}";\n`, [global]],
    ["Twilio auth token", "src/sms.rb", `TWILIO_AUTH_TOKEN = '${auth}'\n`, [auth]],
    ["Discord bot", "src/bot.js", `client.login("${bot}");\n`, [bot]],
    ["JWT", "src/session.ts", `const session = "${signed}";\n`, [signed]],
    ["database URL", "src/db.ts", `connect("postgres://app:${at(0)}@db.acme.dev:5432/prod");\n`, [at(0)]],
    ["database URL without a user", "src/cache.go", `redis.Dial("redis://:${at(1)}@cache.acme.dev:6379/0")\n`, [at(1)]],
    ["HTTP URL", "scripts/get.sh", `curl https://deploy:${at(2)}@packages.acme.dev/list\n`, [at(2)]],
    [
      "PEM",
      "src/keys.ts",
      `export const bits = 1;\nexport const KEY = \`${pem.join("\n")}\`;\n${"// padding\n".repeat(200)}`,
      seen,
    ],
    [
      "PEM on one line",
      "src/key.json",
      JSON.stringify(
        { about: "x".repeat(2), private_key: pem.join("\n"), more: Array.from({ length: 300 }, (_, i) => `row ${i}`) },
        null,
        1,
      ),
      seen,
    ],
    [
      "PEM in YAML",
      "deploy/app.yaml",
      `tls:\n  key: |\n${pem.map((line) => `    ${line}`).join("\n")}\n${"# padding of a line\n".repeat(120)}`,
      seen,
    ],
    [
      "PEM joined in code",
      "src/Keys.java",
      `String k =\n${pem.map((line) => `  "${line}\\n" +`).join("\n")}\n  "";\n${"// padding of a line\n".repeat(120)}`,
      seen,
    ],
    [
      "PEM in base64",
      "ci/deploy.yml",
      `env:\n  TLS: ${whole}\n${"# padding of a line\n".repeat(200)}`,
      [whole.slice(100, 180)],
    ],
    [
      "kubeconfig entry",
      "src/cluster.yaml",
      `user:\n  client-key-data: ${whole.slice(300, 900)}\n${"# padding of a line\n".repeat(60)}`,
      [whole.slice(400, 480)],
    ],
    ["netrc entry", "ci/login.sh", `cat > x <<END\nmachine git.acme.dev login bot password ${at(3)}\nEND\n`, [at(3)]],
    ["pgpass line", "deploy/db.txt", `db.acme.dev:5432:prod:app:${at(4)}\n`, [at(4)]],
    ["tfvars", "infra/prod.tfvars", `region = "eu"\ndb_password = "${at(5)}"\n`, [at(5)]],
    [
      "Maven settings",
      "ci/settings.xml",
      `<settings><servers><server><id>a</id><password>${at(6)}</password></server></servers></settings>\n`,
      [at(6)],
    ],
    ["Docker auths", "ci/registry.json", `{ "auths": { "r.acme.dev": { "auth": "${basic}" } } }\n`, [basic]],
    ["npmrc", ".npmrc", `//npm.acme.dev/:_authToken=${at(7)}\n`, [at(7)]],
    ["pypirc", ".pypirc", `[pypi]\nusername = ci\npassword = ${at(8)}\n`, [at(8)]],
    ["Basic header", "src/call.py", `h = {"Authorization": "Basic ${basic}"}\n`, [basic]],
    ["Bearer header", "src/call.ts", `const h = { Authorization: "Bearer ${u(40)}x" };\n`, []],
    ["password in code", "src/app.py", `DB_PASSWORD = "${at(10)}"\n`, [at(10)]],
    ["secret in code", "src/app.ts", `const clientSecret: string = "${at(11)}";\n`, [at(11)]],
    ["token in code", "src/app.go", `apiToken := "${at(12)}"\n`, [at(12)]],
    ["API key in JSON", "config/app.json", `{ "apiKey": "${at(13)}" }\n`, [at(13)]],
    ["PHP define", "wp-config.php", `define( 'DB_PASSWORD', '${at(14)}' );\n`, [at(14)]],
    ["YAML setting", "config/app.yml", `db:\n  password: ${at(15)}\n`, [at(15)]],
    ["properties setting", "app.properties", `spring.datasource.password=${at(16)}\n`, [at(16)]],
    ["shell export", "ci/env.sh", `export API_TOKEN=${at(17)}\n`, [at(17)]],
    ["connection string", "src/Db.cs", `"Server=db;User Id=app;Password=${at(18)};Encrypt=true"\n`, [at(18)]],
    ["fallback in code", "src/env.js", `const secret = process.env.APP_SECRET || "${at(19)}";\n`, [at(19)]],
    ["WireGuard", "vpn/wg0.conf", `[Interface]\nPrivateKey = ${join(draw.of(BASE64, 42), "A=")}\n`, []],
    ["Datadog", "src/dd.ts", `const datadogApiKey = "${auth}";\n`, [auth]],
    ["Algolia", "src/find.js", `algolia_admin_key: "${auth}",\n`, [auth]],
    ["Heroku", "ci/h.sh", `HEROKU_API_KEY=${draw.uuid()}\n`, []],
    ["Okta", "src/okta.ts", `const oktaToken = "00${draw.of(BASE64URL, 39)}x";\n`, []],
  ];
}

/** A hundred kinds. Equal seeds give equal values. */
export function plantedSecrets(seed = 11): Planted[] {
  const draw = new Draw(seed);
  return [
    ...tokens(draw).map(([kind, value], i) => ({
      kind,
      path: `src/planted/holder${i}.ts`,
      text: `export function holder${i}() {\n  return send("${value}");\n}\n`,
      values: [value.replace(/^https:\/\/[\w.]+\/(?:api\/webhooks|services)\//, "")],
    })),
    ...settings(draw).map(([kind, path, text, values]) => ({ kind, path, text, values })),
  ];
}
