/** `repobase ask`: flags, help, and one call a question. */
import { Command, Option } from "clipanion";
import { type ChatTurn, checkQuestion } from "../protocol/chat-api.ts";
import { RepobaseError } from "../protocol/errors.ts";
import { AnswerReport } from "../report/answer-report.ts";
import { isTerminal } from "../report/report.ts";
import { BaseCommand, EXIT_STATUS } from "./base-command.ts";

export class AskCommand extends BaseCommand {
  static override paths = [["ask"]];
  static override usage = Command.Usage({
    category: "Search",
    description: "Ask a question about the indexed code; the answer cites its sources.",
    details: `
      The model is any OpenAI-compatible endpoint: REPOBASE_CHAT_BASE_URL, REPOBASE_CHAT_MODEL and, where it needs one,
      REPOBASE_CHAT_KEY. What was found for the question is sent to it, and no more. With --remote the server answers, with the
      model of your space. Without a model the sources alone are shown.

      On a terminal, without a question, it asks for one after the other until an empty line.

      ${EXIT_STATUS}
    `,
    examples: [
      ["A question", 'repobase ask "where do we refresh tokens, and what if that fails"'],
      ["One more, about the same", 'repobase ask --follow-up "and where is that tested"'],
      ["Only what was found, as JSON", 'repobase ask "how is a push retried" --no-model --json'],
    ],
  });

  question = Option.Rest({ name: "question" });
  repo = Option.Array("--repo", { description: "Only this repository; may be repeated." });
  ref = Option.String("--ref", { description: "Branch, commit, commit prefix, or worktree." });
  remote = Option.Boolean("--remote", false, { description: "Let the server answer, from its indexes." });
  followUp = Option.Boolean("-f,--follow-up", false, { description: "Go on with the last conversation." });
  noModel = Option.Boolean("--no-model", false, { description: "Ask no model: the sources alone." });

  protected async run(): Promise<number> {
    const { localAsk, remoteAsk } = await import("../porcelain/search/ask.ts");
    const { keepConversation, lastConversation } = await import("../porcelain/search/last-conversation.ts");
    const { signal, cwd } = this.context;
    const first = this.question.join(" ").trim();
    const questions = first === "" ? this.prompt() : [checkQuestion(first)];
    const ask = this.remote ? remoteAsk(this.home, signal) : localAsk(this.home, { cwd, signal });
    const { localFile } = await import("../porcelain/search/search.ts");
    const locate = this.remote || this.json ? () => undefined : localFile(this.home, cwd);
    const fileUrl = (place: { readonly repoId: string; readonly path: string }) => {
      const file = locate(place.repoId, place.path);
      return file ? Bun.pathToFileURL(file).href : undefined;
    };
    const history: ChatTurn[] = this.followUp ? [...lastConversation(this.home)] : [];
    let worst = 0;
    for await (const question of questions) {
      const scope = { repos: this.repo ?? [], ref: this.ref ?? null, model: !this.noModel };
      const report = new AnswerReport(this.report, { fileUrl, remote: this.remote, wantsModel: scope.model });
      const { answer, citations, exit } = await report.show(ask({ question, history, ...scope }));
      worst = Math.max(worst, exit);
      if (answer === "") continue;
      history.push({ question, answer, citations });
      await keepConversation(this.home, history);
    }
    return worst;
  }

  /** Questions as they are typed. */
  private async *prompt(): AsyncGenerator<string> {
    const { stdin, stdout, signal } = this.context;
    if (!isTerminal(stdout) || !(stdin as { isTTY?: boolean }).isTTY || this.json)
      throw new RepobaseError("usage", "there is no question", { hint: 'repobase ask "where do we refresh tokens"' });
    const { createInterface } = await import("node:readline/promises");
    const lines = createInterface({ input: stdin, output: stdout });
    try {
      for (;;) {
        const question = (await lines.question("? ", { signal })).trim();
        if (question === "") return;
        yield checkQuestion(question);
      }
    } finally {
      lines.close();
    }
  }
}
