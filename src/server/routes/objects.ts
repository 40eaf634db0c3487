/**
 * `/v1/index/:repo/*path`: the files of an index. Create-only: bytes under a name never change, so a repeated PUT is
 * answered without a write and a different one refused. `_versions/` is written by the server alone (see versions.ts).
 */
import { Hono } from "hono";
import { REPAIR_HEADER, SHA256_HEADER } from "../../protocol/cloud-api.ts";
import { RepobaseError } from "../../protocol/errors.ts";
import { isTableName } from "../../protocol/ids.ts";
import { checkSha256, LANCE_VERSIONS, objectKey } from "../../protocol/keys.ts";
import type { ManifestObject } from "../../protocol/manifest.ts";
import { relyOn } from "../../gc/rely-on.ts";
import { admitTo, type AppEnv, type Services } from "../app-env.ts";
import { sizedBody } from "../limits.ts";
import { readCurrent } from "../read-index.ts";
import type { CurrentIndex } from "../read-index.ts";
import { describeStored, sendObject } from "../stored-answer.ts";
import { storeOnce } from "../store-once.ts";

export function objectRoutes(services: Services): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const route = "/:repo/:path{.+}" as const;

  app.get(route, async (c) => {
    const key = objectKey(c.req.param("repo"), c.req.param("path"));
    // a push that was cut off asks before it sends, and will count on the answer
    if (c.req.raw.method === "HEAD" && c.var.caller.scopes.includes("write")) await relyOn(c.var.home, key);
    return sendObject({ request: c.req.raw, home: c.var.home, key });
  });

  app.put(route, async (c) => {
    const key = objectKey(c.req.param("repo"), checkWritable(c.req.param("path")));
    const body = sizedBody(c.req.raw, services.limits.objectBody);
    const given = c.req.header(SHA256_HEADER);
    if (given === undefined)
      throw new RepobaseError("usage", `${SHA256_HEADER} is missing`, { hint: "send the hex sha256 of the body" });
    const sha256 = checkSha256(given.toLowerCase());
    const { repo, path } = c.req.param();
    const isNamed = async () => namesObject(await readCurrent(c.var.home, repo), { path, size: body.size, sha256 });
    const isDamage = c.req.header(REPAIR_HEADER) === "1" ? { isDamage: isNamed } : {};
    const { info, created } = await storeOnce({
      home: c.var.home,
      key,
      body,
      sha256,
      admit: admitTo(services, c, repo),
      ...isDamage,
    });
    const answer = { path, size: info.size, sha256, created };
    return c.json(answer, created ? 201 : 200, describeStored(info));
  });

  app.delete(route, async (c) => {
    const repo = c.req.param("repo");
    const path = checkWritable(c.req.param("path"));
    const key = objectKey(repo, path);
    const current = await readCurrent(c.var.home, repo);
    if (current?.manifest.objects.some((object) => object.path === path))
      throw new RepobaseError("in_use", `"${path}" belongs to the current index of ${repo}`, {
        fields: { repo, path },
      });
    const there = await c.var.home.head(key);
    await c.var.home.delete(key);
    if (there) await services.usage.took(c.var.caller.userId, -there.size);
    return c.json({ deleted: true, path });
  });
  return app;
}

/** A repair may do no more than put back what the ref says is there. */
const namesObject = (current: CurrentIndex | undefined, wanted: Omit<ManifestObject, "crc32">): boolean =>
  current?.manifest.objects.some(
    ({ path, size, sha256 }) => path === wanted.path && size === wanted.size && sha256 === wanted.sha256,
  ) === true;

/** Names a table's file that clients write. @throws RepobaseError `usage` */
function checkWritable(path: string): string {
  const [table = "", folder] = path.split("/");
  if (!isTableName(table)) throw new RepobaseError("usage", `"${path}" is not in a table's folder`);
  if (folder === LANCE_VERSIONS)
    throw new RepobaseError("usage", `"${path}" is written by the server, from the manifest of the ref`);
  return path;
}
