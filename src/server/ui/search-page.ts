/** The page at `/`: our own file with a nonce per answer, so that the policy can forbid every script and style but its own. */
import page from "./page.html" with { type: "text" };

/** `import … with { type: "text" }` gives text; TypeScript knows only what Bun gives for HTML without it. */
const PAGE = page as unknown as string;

export function searchPage(): Response {
  const nonce = crypto.randomUUID();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(PAGE.replaceAll("{{nonce}}", nonce), {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy.join("; ") },
  });
}
