/** `repobase add`: flags, help, and one call. */
import { Command, Option } from "clipanion";
import type { WholeOf } from "../porcelain/indexing/add.ts";
import type { IndexResult } from "../porcelain/indexing/index-result.ts";
import { WORKTREE } from "../protocol/ids.ts";
import { isTerminal } from "../report/report.ts";
import { EXIT_STATUS } from "./base-command.ts";
import { describeIndexResult, detailsOfIndex } from "./describe-index.ts";
import { IndexingCommand } from "./indexing-command.ts";

function describeWhole({ root, named }: WholeOf, target: string): string {
  const word = /^[\w./+@-]+$/.test(target) ? target : JSON.stringify(target);
  return `"${named}" is a folder of the repository "${root}", which is indexed whole\n  that folder alone: repobase add ${word} --only`;
}

/** What somebody who is new here may not see: that there is nothing to find, that no history is kept, and what to type next, once. */
function adviceAfter({ repoId, files, commit, skipped }: IndexResult, isNew: boolean): readonly string[] {
  if (files === 0)
    return skipped.length > 0
      ? [`every file was skipped; each with its reason: repobase index ${repoId} --verbose`]
      : [`there is no file in it to index; when there is: repobase index ${repoId}`];
  const noGit =
    commit === WORKTREE
      ? [
          "it has no commit in git: its files are indexed as they are, and stay on this machine unless pushed with --worktree",
        ]
      : [];
  if (!isNew) return noGit;
  return [
    ...noGit,
    "next:",
    '  repobase search "what you look for, in words or names"',
    "  repobase watch                                 the index follows while you work",
  ];
}

export class AddCommand extends IndexingCommand {
  static override paths = [["add"]];
  static override usage = Command.Usage({
    category: "Index",
    description: "Register a repository and index it.",
    details: `
      The target is an http(s) git URL or a local folder. A clean git work tree is indexed at its HEAD; uncommitted
      work is indexed as the local snapshot "worktree", which is never pushed unless asked.

      A folder inside a repository stands for the whole repository. With --only it is indexed alone, beside the whole one
      if that is registered too; paths stay relative to the repository's root.

      ${EXIT_STATUS}
    `,
    examples: [
      ["A remote repository", "repobase add https://github.com/honojs/hono"],
      ["The folder you are in", "repobase add ."],
      ["One folder of a repository", "repobase add ./packages/core --only"],
    ],
  });

  target = Option.String({ name: "url or path" });
  branch = Option.String("--branch", {
    description: "Follow this branch of a URL; name the detached HEAD of a folder.",
  });
  name = Option.String("--name", { description: "Name it by this instead of its last path segment." });
  only = Option.Boolean("--only", false, { description: "Index this folder of its repository alone." });
  model = Option.String("--model", { description: "Embedding model (see: repobase model list)." });

  protected async run(): Promise<void> {
    const { addRepository } = await import("../porcelain/indexing/add.ts");
    const { maxFileBytes, secrets, include, nativeTextIndex, threads, flushSeconds } = this.indexingOptions();
    const isFirst = this.home.config().repos.length === 0;
    const result = await addRepository({
      home: this.home,
      target: this.target,
      cwd: this.context.cwd,
      branch: this.branch ?? null,
      name: this.name ?? null,
      model: this.model ?? null,
      maxFileBytes,
      secrets,
      include,
      nativeTextIndex,
      threads,
      flushSeconds,
      onProgress: (step) => this.report.progress(step),
      only: this.only,
      onWhole: (whole) => this.report.info(describeWhole(whole, this.target)),
      onWarning: (text) => this.report.warn(text),
      signal: this.context.signal,
    });
    if (this.report.isVerbose) detailsOfIndex(result).forEach((line) => this.report.detail(line));
    this.report.result(result, describeIndexResult(result));
    // a script and a CI job need nobody to tell them
    const isNew = isFirst && isTerminal(this.context.stderr);
    for (const line of adviceAfter(result, isNew)) this.report.info(line);
  }
}
