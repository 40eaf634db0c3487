/** Sets made of other sets' questions: what is asked in quotes, and what is asked for by its path. */
import type { Question } from "./question.ts";

/** The sentences of `quoted`, in quotes. */
export function phraseQuestions(questions: readonly Question[]): Question[] {
  const asked = questions.filter(({ set, q }) => set === "quoted" && !q.includes('"'));
  return asked.map(({ repo, tree, language, q, answers }) => ({
    set: "phrase",
    repo,
    tree,
    language,
    category: "phrase",
    q: `"${q}"`,
    answers,
  }));
}

/** The last folder and name of each file that a commit of the set changed -> the files whose path ends so. */
export function pathQuestions(questions: readonly Question[], paths: readonly string[]): Question[] {
  const changed = questions.filter(({ set }) => set === "commit");
  const ends = new Set(
    changed.flatMap(({ answers }) => answers.map(({ path }) => path.split("/").slice(-2).join("/"))),
  );
  return [...ends].flatMap((end) => {
    const answers = paths.filter((path) => path === end || path.endsWith(`/${end}`)).map((path) => ({ path }));
    return end.includes("/") && changed[0]
      ? [{ ...changed[0], set: "path", category: "path", q: end, answers } satisfies Question]
      : [];
  });
}
