/**
 * The home folder (`$REPOBASE_HOME`, default `~/.repobase`): configuration, locks, and the indexes, whose keys are
 * the same as in the bucket. Files are replaced by rename, so a reader and a crash see the old one or the new one.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RepobaseError } from "../protocol/errors.ts";
import { CONFIG_KEY } from "../protocol/keys.ts";
import { DirectoryStore } from "../store/directory-store.ts";
import { type CloudConfig, type Config, parseCloudConfig, type RepoConfig } from "./config.ts";
import type { Environment } from "./env.ts";
import { homeFolder } from "./home-folder.ts";
import { readConfig, readHomeFile } from "./read-config.ts";
import { acquireLock, type Lock } from "../files/lock.ts";
import { unpackLibrariesInto } from "../files/unpack-native.ts";
import { writeFileAtomic } from "../files/write-file-atomic.ts";

const MAX_TIMEOUT_SECONDS = 86_400;

/** How this machine speaks with whatever server it is. */
export interface RemoteSettings {
  /** Plain http to other machines, too. */
  readonly allowHttp?: true;
  /** ms without a byte after which a server counts as gone; absent: the client's own. */
  readonly stallMs?: number;
  readonly trace?: Trace;
}

/** Told what is done and why, a line each time; never a key or a token. */
export type Trace = (text: string) => void;

export interface CloudAccess extends CloudConfig, RemoteSettings {}

export class Home {
  /** The indexes, with the bucket's keys. */
  readonly store: DirectoryStore;

  private constructor(
    readonly dir: string,
    readonly env: Environment,
    readonly trace: Trace | undefined,
  ) {
    this.store = new DirectoryStore(dir);
  }

  /** @throws RepobaseError `home_unwritable` when the folder cannot be made */
  static open(env: Environment, trace?: Trace): Home {
    const dir = homeFolder(env);
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new RepobaseError("home_unwritable", `cannot make the home folder "${dir}"`, {
        hint: "set REPOBASE_HOME to a folder you can write",
        cause,
      });
    }
    unpackLibrariesInto(join(dir, "native"));
    return new Home(dir, env, trace);
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  config(): Config {
    return readConfig(this.path(CONFIG_KEY));
  }

  /** Reads, changes and replaces `config.json` under a lock, so that two processes lose nothing of each other's. */
  async updateConfig(change: (config: Config) => Config): Promise<Config> {
    const lock = await this.lock("config", 10_000);
    try {
      const before = this.config();
      const config = change(before);
      const text = JSON.stringify(config, null, 2);
      if (text !== JSON.stringify(before, null, 2)) await writeFileAtomic(this.path(CONFIG_KEY), `${text}\n`);
      return config;
    } finally {
      lock.release();
    }
  }

  /** Changes one repository's entry; the entry must exist. */
  async updateRepo(id: string, change: (repo: RepoConfig) => RepoConfig): Promise<void> {
    await this.updateConfig((config) => ({ ...config, repos: config.repos.map((r) => (r.id === id ? change(r) : r)) }));
  }

  /** The environment's REPOBASE_ENDPOINT, REPOBASE_API_KEY and REPOBASE_USER_ID win over `cloud.json`, so CI needs no files. */
  cloud(): CloudAccess | undefined {
    const saved = this.savedCloud();
    const { REPOBASE_ENDPOINT: endpoint, REPOBASE_API_KEY: apiKey, REPOBASE_USER_ID: userId } = this.env;
    if (!saved && !(endpoint && apiKey)) return undefined;
    return {
      userId: userId || saved?.userId || "",
      apiKey: apiKey || saved?.apiKey || "",
      endpoint: (endpoint || saved?.endpoint || "").replace(/\/+$/, ""),
      enabled: saved?.enabled ?? true,
      ...this.remoteSettings(),
    };
  }

  /** @throws RepobaseError `usage` */
  remoteSettings(): RemoteSettings {
    const { REPOBASE_ALLOW_HTTP: allow, REPOBASE_TIMEOUT_SECONDS: timeout } = this.env;
    const http = {
      ...(allow === "1" && { allowHttp: true as const }),
      ...(this.trace && { trace: this.trace }),
    };
    if (!timeout) return http;
    const seconds = Number(timeout);
    if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS))
      throw new RepobaseError("usage", `REPOBASE_TIMEOUT_SECONDS must be a number up to ${MAX_TIMEOUT_SECONDS}`);
    return { ...http, stallMs: seconds * 1000 };
  }

  /** What `cloud login` kept, without the environment. */
  savedCloud(): CloudConfig | undefined {
    const text = readHomeFile(this.path("cloud.json"));
    return text === undefined ? undefined : parseCloudConfig(text, this.path("cloud.json"));
  }

  /** The key must be readable by its owner alone from the first byte on. */
  async saveCloud(cloud: CloudConfig): Promise<void> {
    await writeFileAtomic(this.path("cloud.json"), `${JSON.stringify(cloud, null, 2)}\n`, 0o600);
  }

  forgetCloud(): boolean {
    const had = existsSync(this.path("cloud.json"));
    rmSync(this.path("cloud.json"), { force: true });
    return had;
  }

  /** @throws RepobaseError `busy` when another process holds it past `waitMs` */
  async lock(name: string, waitMs = 0): Promise<Lock> {
    try {
      return await acquireLock(this.path("locks", `${name}.lock`), name, waitMs);
    } catch (cause) {
      if (cause instanceof RepobaseError) throw cause;
      throw new RepobaseError("home_unwritable", `cannot write to the home folder "${this.dir}"`, {
        hint: "set REPOBASE_HOME to a folder you can write",
        cause,
      });
    }
  }
}
