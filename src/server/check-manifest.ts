/**
 * Is a manifest that a client sends in order? Checked once, when it is stored: every name in it stays inside the repository and
 * its table, so that whoever walks it later, server or client, can follow it without asking again.
 */
import { decodeChecksums } from "../bytes/block-checksums.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { isCommit, isSha256, isTableName } from "../protocol/ids.ts";
import { checkObjectPath, checkTableId, LANCE_VERSIONS } from "../protocol/keys.ts";
import type { ByteSpan, Manifest } from "../protocol/manifest.ts";

const MAX_BRANCH = 255;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @throws RepobaseError `usage` */
export function checkManifest(manifest: Manifest, repo: string): void {
  const { table, objects, snapshots } = manifest;
  expect(manifest.repo === repo, `the manifest is of "${manifest.repo}", not of "${repo}"`);
  checkTableId(manifest.tableId);
  expect(isTableName(table.name), `the table name ${JSON.stringify(table.name)} is not allowed`);
  for (const [commit, sha256] of Object.entries(snapshots))
    expect(isCommit(commit) && isSha256(sha256), `the snapshot of ${JSON.stringify(commit.slice(0, 64))} is not one`);
  for (const { commit, branch = "" } of manifest.log ?? [])
    expect(
      isCommit(commit) && branch.length <= MAX_BRANCH,
      `${JSON.stringify(commit.slice(0, 64))} in the log is no commit`,
    );
  objects.forEach(({ path, size, crc32 }, i) => {
    checkObjectPath(path);
    const inside = path.startsWith(`${table.name}/`) && !path.startsWith(`${table.name}/${LANCE_VERSIONS}/`);
    expect(inside && size >= 0, `"${path}" is not an object of the table "${table.name}"`);
    const checksums = crc32 === undefined || decodeChecksums(crc32, size) !== undefined;
    expect(checksums, `the crc32 of "${path}" is not one number for each 16 KiB`);
    expect(i === 0 || (objects[i - 1]?.path ?? "") < path, `"${path}" is listed twice or out of order`);
  });
  const listed = new Map(objects.map((object) => [object.path, object]));
  for (const { pack } of manifest.segments ?? []) {
    const object = pack && listed.get(pack.path);
    const isListed = pack === undefined || (object?.size === pack.size && object.sha256 === pack.sha256);
    expect(isListed, `the search pack "${pack?.path}" is not an object of the manifest`);
    const isInside = pack === undefined || (pack.tables <= pack.root.offset && endOf(pack.root) === pack.size);
    expect(isInside, `the search pack "${pack?.path}" does not end with its root`);
  }
  expect(Number.isSafeInteger(table.version) && table.version > 0, `the table version ${table.version} is not one`);
  expect(BASE64.test(table.manifest), "the manifest carries no Lance manifest in base64");
}

const endOf = ({ offset, length }: ByteSpan): number => offset + length;

function expect(holds: boolean, message: string): asserts holds {
  if (!holds) throw new RepobaseError("usage", message);
}
