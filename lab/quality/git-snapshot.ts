/** Reads snapshots (git directories without a work tree) by the git command: trees, single commits, history. */
import { join } from "node:path";

export class GitSnapshot {
  constructor(private readonly dir: string) {}

  /** `<mirror>/<owner>+<name>/repo` */
  static of(mirror: string, repository: string): GitSnapshot {
    return new GitSnapshot(join(mirror, repository.replace("/", "+"), "repo"));
  }

  /** Full commit id; undefined: the snapshot has no such commit. */
  async resolve(revision: string): Promise<string | undefined> {
    const { out, code } = await this.git(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`]);
    return code === 0 ? out.toString().trim() : undefined;
  }

  /** path -> bytes of every regular file at `commit`, below `root` if there is one. Attributes and filters do not apply. */
  async files(commit: string, root: string | null): Promise<Map<string, Buffer>> {
    const { out } = await this.run(["ls-tree", "-r", "-z", commit, ...(root ? ["--", root] : [])]);
    const entries = out
      .toString()
      .split("\0")
      .map((line) => /^100\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line))
      .filter((match) => match !== null)
      .map(([, id, path]) => ({ id: id as string, path: path as string }));
    const blobs = await this.run(["cat-file", "--batch"], entries.map(({ id }) => `${id}\n`).join(""));
    const files = new Map<string, Buffer>();
    let at = 0;
    for (const { path } of entries) {
      const headerEnd = blobs.out.indexOf(0x0a, at);
      const [, type, bytes] = blobs.out.subarray(at, headerEnd).toString().split(" ");
      if (type !== "blob") {
        at = headerEnd + 1; // `<id> missing`: a snapshot may leave out its largest files
        continue;
      }
      const size = Number(bytes);
      files.set(path, blobs.out.subarray(headerEnd + 1, headerEnd + 1 + size));
      at = headerEnd + 1 + size + 1;
    }
    return files;
  }

  /** The newest `count` commits that are no merges, newest first, with the paths they changed. */
  async history(count: number): Promise<Commit[]> {
    const format = "%x01%H%x02%P%x02%an%x02%s%x02%b%x03";
    const { out } = await this.run([
      "log",
      "--no-merges",
      `-n${count}`,
      `--format=${format}`,
      "--name-only",
      "--no-renames",
      "HEAD",
    ]);
    return out
      .toString()
      .split("\x01")
      .slice(1)
      .map((record) => {
        const [head = "", names = ""] = record.split("\x03");
        const [id = "", parents = "", author = "", subject = "", body = ""] = head.split("\x02");
        return {
          id,
          parent: parents.split(" ")[0] ?? "",
          author,
          subject,
          body,
          paths: names.split("\n").filter((name) => name !== ""),
        };
      });
  }

  private async run(args: readonly string[], input = ""): Promise<{ out: Buffer }> {
    const result = await this.git(args, input);
    if (result.code !== 0) throw new Error(`git ${args.slice(0, 2).join(" ")} in ${this.dir}: ${result.err}`);
    return result;
  }

  private async git(args: readonly string[], input = ""): Promise<{ out: Buffer; err: string; code: number }> {
    const command = ["git", "-c", "core.quotePath=false", "--git-dir", this.dir, ...args];
    const child = Bun.spawn(command, {
      stdin: Buffer.from(input),
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, GIT_NO_LAZY_FETCH: "1" },
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).arrayBuffer(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { out: Buffer.from(out), err, code };
  }
}

export interface Commit {
  readonly id: string;
  /** Empty for the first commit. */
  readonly parent: string;
  readonly author: string;
  readonly subject: string;
  readonly body: string;
  readonly paths: readonly string[];
}
