/** Signing in by a code: the key that the server shows once is not lost to what fails after it. */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Home } from "../../../src/home/home.ts";
import { deviceLogin } from "../../../src/porcelain/cloud/device-login.ts";
import { startTestServer } from "../../server/identity/signed-in.ts";

test("the key is kept although the server does not say whose it is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "repobase-device-login-"));
  const server = startTestServer();
  server.github.person({ id: 7, login: "alice", name: "Alice A." });
  const http = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      new URL(request.url).pathname === "/v1/whoami" ? new Response(null, { status: 403 }) : server.send(request),
  });
  try {
    const home = Home.open({ REPOBASE_HOME: folder });
    const signedIn = deviceLogin({
      home,
      endpoint: http.url.origin,
      wanted: { label: "laptop" },
      onCode: ({ userCode }) => server.github.enter(userCode, "alice"),
      sleep: async () => void (server.now += 10_000),
    });
    await expect(signedIn).rejects.toMatchObject({ code: "forbidden" });
    const kept = Home.open({ REPOBASE_HOME: folder }).cloud();
    expect(kept).toMatchObject({ userId: "alice", endpoint: http.url.origin, enabled: true });
    const asked = new Request(`${http.url.origin}/v1/whoami`, { headers: { authorization: `Bearer ${kept?.apiKey}` } });
    expect((await server.send(asked)).status).toBe(200);
  } finally {
    await http.stop(true);
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
