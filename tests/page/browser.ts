/**
 * A headless Chromium for the tests of the page: the system's own where there is one, else the one that @sparticuz/chromium carries
 * inside its npm package, so a machine that has only npm is enough. The package's files are unpacked once for each installation,
 * into node_modules/.cache; its libraries are used only where the system lacks them.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { acquireLock } from "../../src/files/lock.ts";

const modules = join(import.meta.dir, "../../node_modules");
/** In the order of preference. */
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/** A sandbox needs rights that containers do not give; what is shown here is our own. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--font-render-hinting=none"];

/** @throws Error when there is neither a Chromium of the system nor one that runs from the package */
export async function startBrowser(args: readonly string[] = []): Promise<Browser> {
  const own = NAMES.map((name) => Bun.which(name)).find((path) => path !== null);
  const launch = (executablePath: string, env: Record<string, string | undefined> = process.env) =>
    chromium.launch({ executablePath, args: [...ARGUMENTS, ...args], env });
  if (own !== undefined)
    try {
      return await launch(own);
    } catch {
      // some are only a note that says how to install it: the package's is tried
    }
  const dir = await unpacked();
  const path = join(dir, "chromium");
  // the system may have no font at all
  const env = { FONTCONFIG_FILE: join(dir, "fonts.conf"), ...process.env };
  try {
    return await launch(path, env);
  } catch (error) {
    if (!String(error).includes("error while loading shared libraries")) throw error;
    const libraries = [join(dir, "al2023/lib"), process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
    return launch(path, { ...env, LD_LIBRARY_PATH: libraries });
  }
}

/** The folder with `chromium`, `fonts.conf`, `fonts` and `al2023`. Whoever comes while another unpacks waits for it. */
async function unpacked(): Promise<string> {
  const source = join(modules, "@sparticuz/chromium");
  const { version } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as { version: string };
  const dir = join(modules, ".cache", `chromium-${version}`);
  const whole = () => existsSync(join(dir, "chromium"));
  if (whole()) return dir;
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error("the npm package carries Chromium for Linux on x64 only: install Chromium for the page's tests");
  await mkdir(dirname(dir), { recursive: true });
  const lock = await acquireLock(`${dir}.lock`, "the unpacking of Chromium", 300_000);
  try {
    if (whole()) return dir;
    const part = `${dir}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(part);
    await writeFile(join(part, "chromium"), await read(join(source, "bin/chromium.br")));
    await chmod(join(part, "chromium"), 0o755);
    for (const name of ["fonts", "al2023"])
      await new Bun.Archive(await read(join(source, `bin/${name}.tar.br`))).extract(join(part, name));
    await writeFile(join(part, "fonts.conf"), fontsConfiguration(dir));
    await rm(dir, { recursive: true, force: true });
    await rename(part, dir);
    return dir;
  } finally {
    lock.release();
  }
}

/** The system's fonts and the package's: without any, text has no size, and Chromium may end. */
const fontsConfiguration = (dir: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${dir}/fonts</dir>
  <cachedir>${dir}/fonts-cache</cachedir>
</fontconfig>
`;

const inflate = promisify(brotliDecompress);
const read = async (path: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await inflate(await readFile(path)));
