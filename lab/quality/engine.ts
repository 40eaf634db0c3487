/** The search engine over the indexed trees, in this process, with everything it reads kept in memory. */
import { loadStaticEmbedder } from "../../src/embed/load-static.ts";
import { Home } from "../../src/home/home.ts";
import { findRepo } from "../../src/protocol/find-repo.ts";
import { strings } from "../../src/lance/values.ts";
import type { SearchHit, SearchMode } from "../../src/protocol/search-api.ts";
import type { IndexView } from "../../src/search/index-view.ts";
import { openView } from "../../src/search/open-view.ts";
import type { RankingOptions } from "../../src/search/ranking.ts";
import { search } from "../../src/search/search.ts";
import { inMemory } from "./memory-view.ts";
import { DEPTH, scoreRanking } from "./metrics.ts";
import { homeOf } from "./product.ts";
import type { Question } from "./question.ts";
import type { Scored } from "./tables.ts";

export interface Variant {
  readonly mode: SearchMode;
  /** undefined: the product's own. */
  readonly ranking?: RankingOptions;
}

export class Engine {
  private readonly views = new Map<string, Promise<IndexView>>();
  private readonly queries = new Map<string, Promise<Float32Array>>();

  private constructor(
    private readonly home: Home,
    private readonly repos: ReturnType<Home["config"]>["repos"],
    private readonly embedder: Awaited<ReturnType<typeof loadStaticEmbedder>>,
  ) {}

  static async open(out: string): Promise<Engine> {
    const home = Home.open({ REPOBASE_HOME: homeOf(out) });
    return new Engine(home, home.config().repos, await loadStaticEmbedder());
  }

  /** In the order of `questions`. */
  async scoreAll(questions: readonly Question[], variant: Variant): Promise<Scored[]> {
    const scored: Scored[] = [];
    for (const question of questions) {
      const view = await this.view(question.tree);
      const request = {
        q: question.q,
        mode: variant.mode,
        limit: DEPTH,
        repos: [],
        ref: null,
        path: null,
        lang: null,
        vector: null,
      };
      const { results } = await search({
        views: [view],
        request,
        embedQuery: () => this.embed(question.q),
        ...(variant.ranking && { ranking: variant.ranking }),
      });
      const ranked = results.map((hit: SearchHit) => ({ path: hit.path, chunks: [hit, ...hit.chunks] }));
      scored.push({ question, score: scoreRanking(ranked, question.answers) });
    }
    return scored;
  }

  /** path -> text of every file a tree's index holds: its chunks, joined. */
  async texts(tree: string): Promise<Map<string, string>> {
    const { table } = await this.view(tree);
    const files = new Map<string, string>();
    for (const { id } of table.fragments) {
      const [paths, contents] = [strings(await table.scan("path", id)), strings(await table.scan("contents", id))];
      paths.forEach((path, row) => files.set(path ?? "", (files.get(path ?? "") ?? "") + (contents[row] ?? "")));
    }
    return files;
  }

  private view(tree: string): Promise<IndexView> {
    const open = () => openView({ store: this.home.store, repo: findRepo(this.repos, tree).id, ref: null });
    const view = this.views.get(tree) ?? open().then(inMemory);
    this.views.set(tree, view);
    return view;
  }

  private embed(q: string): Promise<Float32Array> {
    const vector = this.queries.get(q) ?? this.embedder.embedQuery(q);
    this.queries.set(q, vector);
    return vector;
  }
}
