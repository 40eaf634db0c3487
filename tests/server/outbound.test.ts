/** Where the server may be sent by those who use it, and how much of an answer it reads. */
import { afterAll, expect, test } from "bun:test";
import { Outbound, type OutboundOptions, outboundText } from "../../src/server/outbound.ts";
import { isPrivateHost } from "../../src/server/private-address.ts";
import { codeOf } from "../helpers/sync-fixtures.ts";

const asked: string[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === "/moved") return new Response(null, { status: 302, headers: { location: "/private" } });
    if (pathname === "/slow") await new Promise((done) => setTimeout(done, 2000));
    if (pathname === "/long") return new Response("x".repeat(2000));
    return new Response(await request.text());
  },
});
const local = server.url.origin;
afterAll(() => server.stop(true));

const hostOf = (host: string) => new URL(`https://${host}/`).hostname;

test.each([
  ["localhost"], ["LOCALHOST."], ["app.localhost"], ["printer.local"], ["db.internal"], ["metadata.google.internal"], ["router"], ["nas.home.arpa"],
  ["127.0.0.1"], ["127.1"], ["2130706433"], ["0x7f000001"], ["0177.0.0.1"], ["0"], ["10.1.2.3"], ["100.64.0.1"], ["169.254.169.254"], ["172.16.0.1"], ["172.31.255.255"],
  ["192.168.1.1"], ["192.0.0.8"], ["198.18.0.1"], ["224.0.0.1"], ["255.255.255.255"],
  ["[::]"], ["[::1]"], ["[fc00::1]"], ["[fd12:3456::1]"], ["[fe80::1]"], ["[febf::1]"], ["[ff02::1]"], ["[::ffff:127.0.0.1]"], ["[::ffff:10.0.0.1]"], ["[::ffff:a00:1]"],
  ["[::7f00:1]"], ["[64:ff9b::10.0.0.1]"], ["[2002:7f00:1::]"], ["[2002:c0a8:101::]"],
])("%s is private", (host) => expect(isPrivateHost(hostOf(host))).toBe(true)); // prettier-ignore

test.each([
  ["example.com"], ["hooks.example.co.uk"], ["local.example.com"], ["internal.example.com"], ["8.8.8.8"], ["172.15.0.1"], ["172.32.0.1"], ["192.169.0.1"], ["100.128.0.1"],
  ["11.0.0.1"], ["[2606:4700::1111]"], ["[::ffff:8.8.8.8]"], ["[2002:808:808::]"], ["[2a00:1450:4001:80f::200e]"], ["xn--bcher-kva.example.com"],
])("%s is public", (host) => expect(isPrivateHost(hostOf(host))).toBe(false)); // prettier-ignore

test("only https to a public host is asked, and http to this machine where that is allowed", () => {
  const strict = new Outbound();
  expect(strict.check("the url", "https://example.com/a?b=c#d").href).toBe("https://example.com/a?b=c");
  for (const value of ["", "example.com", "http://example.com/", "ftp://example.com/", "https://u:p@example.com/", "https://10.0.0.1/", `${local}/`, `https://example.com/${"x".repeat(3000)}`, "javascript:alert(1)"])
    expect(() => strict.check("the url", value)).toThrow(/^the url /); // prettier-ignore
  const own = new Outbound({ allowLoopback: true });
  expect(own.check("the url", `${local}/`).href).toBe(`${local}/`);
  for (const value of ["http://10.0.0.1/", "http://example.com/", "https://192.168.0.1/", "http://printer.local/"])
    expect(() => own.check("the url", value)).toThrow(/^the url /);
});

const send = (path: string, of: { options?: OutboundOptions; seconds?: number; signal?: AbortSignal } = {}) =>
  new Outbound({ allowLoopback: true, ...of.options }).send({
    url: path.startsWith("http") ? path : local + path,
    method: "POST",
    body: "hello",
    seconds: of.seconds ?? 5,
    maxBytes: 1000,
    ...(of.signal ? { signal: of.signal } : {}),
  });

test("an answer comes whole up to the limit; no redirect is followed; slow and silent hosts are given up", async () => {
  expect(await outboundText(await send("/echo"))).toBe("hello");
  expect(await codeOf(send("/long").then(outboundText))).toBe("too_large");
  expect((await send("/moved")).status).toBe(302);
  expect(asked).not.toContain("/private");
  expect(await codeOf(send("/slow", { seconds: 0.05 }))).toBe("transient");
  expect(await codeOf(send("/slow", { signal: AbortSignal.abort() }))).toBe("interrupted");
  expect(await codeOf(send("http://127.0.0.1:1/"))).toBe("transient");
});

test("a name that resolves into a private network is not asked", async () => {
  const fetched: string[] = [];
  const sendTo = (addresses: string[] | undefined) =>
    send("https://rebind.example.com/", {
      options: {
        resolve: async () => addresses ?? Promise.reject(new Error("ENOTFOUND")),
        fetch: async (url) => {
          fetched.push(url);
          return new Response("ok");
        },
      },
    });
  expect(await codeOf(sendTo(["93.184.216.34", "10.0.0.1"]))).toBe("usage");
  expect(await codeOf(sendTo(["::1"]))).toBe("usage");
  expect(await codeOf(sendTo(undefined))).toBe("transient");
  expect(fetched).toEqual([]);
  expect((await sendTo(["93.184.216.34", "2606:4700::1111"])).status).toBe(200);
});
