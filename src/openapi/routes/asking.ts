/** Search, and looking around in an index. */
import { union } from "valibot";
import { DEFAULT_PAGE, MAX_PAGE } from "../../protocol/browse-api.ts";
import { CHAT_QUESTION } from "../../protocol/chat-api.ts";
import { CHAT_ANSWER } from "../../protocol/decode-chat.ts";
import { REMOTE_REPOS, WHO_AM_I } from "../../protocol/cloud-api.ts";
import { DEFAULT_LIMIT, MAX_LIMIT, MAX_QUERY, SEARCH_MODES, SEARCH_RESPONSE } from "../../protocol/search-api.ts";
import { SEARCH_BODY } from "../../protocol/search-question.ts";
import { FILE, HEALTH, RPC_ANSWER, RPC_MESSAGE } from "../answers.ts";
import {
  COMMIT_DIFF_ANSWER,
  COMMIT_LIST_ANSWER,
  FILE_DIFF_ANSWER,
  FILE_HISTORY_ANSWER,
  FILE_LIST_ANSWER,
  OCCURRENCES_ANSWER,
  OUTLINE_ANSWER,
} from "../browse-answers.ts";
import { needed, param, type Parameter, type RouteTable } from "../route.ts";

const ref = param("branch, tag, commit or unique beginning of one; default: the default branch");
const glob = param("glob over paths, for instance `src/**/*.ts`");
const lang = param("name of a language, as in results");
const page: Readonly<Record<string, Parameter>> = {
  limit: param("entries of one answer", { type: "integer", minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE }),
  cursor: param("`next` of the answer before"),
};
const line = (about: string) => param(about, { type: "integer", minimum: 1 });
const MISSING = ["repo_not_found", "ref_not_found"] as const;
/** Of a repository that is named. */
const UNREADABLE = ["corrupt_index", "unsupported_format"] as const;

export const ASKING: RouteTable = {
  "GET /healthz": { about: "Is the server there?", needs: "nothing", answers: { 200: { schema: HEALTH } } },
  "GET /v1/openapi.json": {
    about: "This document",
    needs: "nothing",
    stored: true,
    answers: { 200: "application/json" },
    errors: ["not_found"],
  },
  "GET /v1/whoami": {
    about: "Whose key this is, what it may do, and what is used of the quota",
    needs: "read",
    answers: { 200: WHO_AM_I },
    errors: ["damaged_config"],
  },
  "GET /v1/search": {
    about: "Search one, several or all repositories",
    needs: "read",
    query: {
      q: needed("words, a question, a name of code, or a phrase in quotes", {
        type: "string",
        minLength: 1,
        maxLength: MAX_QUERY,
      }),
      mode: param("by words, by meaning, or both", { enum: SEARCH_MODES, default: "hybrid" }),
      limit: param("files to return", { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
      repo: param("repository ids; default: all", { type: "array", items: { type: "string" } }),
      ref,
      path: glob,
      lang,
      language: { ...lang, about: "the same as `lang`" },
      explain: param("`1`: say with each result why it ranks where it does", { enum: ["1", "true"] }),
      stats: param("`1`: say what the search cost: reads, bytes, waves, time by stage", { enum: ["1", "true"] }),
    },
    answers: { 200: SEARCH_RESPONSE },
    errors: [...MISSING, ...UNREADABLE, "model_unavailable"],
  },
  "POST /v1/search": {
    about: "Search, with the client's own query vector where it has one",
    needs: "read",
    body: SEARCH_BODY,
    answers: { 200: SEARCH_RESPONSE },
    errors: [...MISSING, ...UNREADABLE, "model_unavailable"],
  },
  "POST /v1/chat": {
    about:
      "Ask a question: an answer with citations, as server-sent events, or as JSON where only that is accepted (docs/ASK.md)",
    needs: "read",
    body: CHAT_QUESTION,
    answers: { 200: CHAT_ANSWER },
    errors: [...MISSING, ...UNREADABLE, "model_unavailable", "damaged_config"],
  },
  "POST /mcp": {
    about: "The Model Context Protocol, for agents: one JSON-RPC message, one answer (docs/MCP.md)",
    needs: "read",
    body: RPC_MESSAGE,
    answers: { 200: { schema: RPC_ANSWER }, 202: null },
  },
  "GET /v1/repos": { about: "What is synced", needs: "read", answers: { 200: REMOTE_REPOS } },
  "GET /v1/repos/:id/files": {
    about: "The files of a commit; with `dir` those of one folder, and its folders",
    needs: "read",
    query: { ref, path: glob, lang, dir: param("folder; empty: the root"), ...page },
    answers: { 200: { schema: FILE_LIST_ANSWER } },
    errors: [...MISSING, ...UNREADABLE, "not_found"],
  },
  "GET /v1/repos/:id/files/*": {
    about: "One file of the index, or some of its lines",
    needs: "read",
    path: { path: needed("of the file: each part percent-encoded once, slashes as they are") },
    query: { ref, from: line("first line"), to: line("last line") },
    answers: { 200: { schema: FILE } },
    errors: [...MISSING, ...UNREADABLE, "not_found", "range_not_satisfiable"],
  },
  "GET /v1/repos/:id/commits": {
    about: "The commits of the index, the one pushed last first; with `path` those that changed one file",
    needs: "read",
    query: { path: param("one file"), ...page },
    answers: { 200: { schema: union([COMMIT_LIST_ANSWER, FILE_HISTORY_ANSWER]) } },
    errors: [...MISSING, ...UNREADABLE, "not_found"],
  },
  "GET /v1/repos/:id/diff": {
    about: "Which files differ between two indexed commits; with `path` how one file does",
    needs: "read",
    query: {
      from: needed("branch, tag or commit"),
      to: needed("branch, tag or commit"),
      path: param("one file"),
      ...page,
    },
    answers: { 200: { schema: union([COMMIT_DIFF_ANSWER, FILE_DIFF_ANSWER]) } },
    errors: [...MISSING, ...UNREADABLE, "not_found"],
  },
  "GET /v1/repos/:id/outline": {
    about: "The definitions of one file",
    needs: "read",
    query: { path: needed("one file"), ref },
    answers: { 200: { schema: OUTLINE_ANSWER } },
    errors: [...MISSING, ...UNREADABLE, "not_found"],
  },
  "GET /v1/repos/:id/occurrences": {
    about: "Where a name stands as a whole word, in the case it is written, and where it is defined",
    needs: "read",
    query: { name: needed("name of code"), ref, path: glob, ...page },
    answers: { 200: { schema: OCCURRENCES_ANSWER } },
    errors: [...MISSING, ...UNREADABLE],
  },
};
