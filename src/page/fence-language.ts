/** What a fenced block of an answer calls its language -> what we call it. Pure. */
import type { Coloured } from "./use-tokens.ts";

const NAMES: Readonly<Record<string, string | undefined>> = {
  ts: "typescript",
  tsx: "typescript",
  mts: "typescript",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  py: "python",
  python3: "python",
  rb: "ruby",
  rs: "rust",
  golang: "go",
  sh: "shell",
  bash: "shell",
  zsh: "shell",
  console: "shell",
  yml: "yaml",
  jsonc: "json",
  md: "markdown",
  kt: "kotlin",
  cs: "csharp",
  "c#": "csharp",
  "c++": "cpp",
  cc: "cpp",
  h: "c",
  hs: "haskell",
  ps1: "powershell",
  docker: "dockerfile",
  make: "makefile",
  tf: "hcl",
  proto: "protobuf",
};

/** The path says what the language does not: `tsx` and `jsx`. */
export const fenceLanguage = (name: string): Omit<Coloured, "text"> => ({
  language: NAMES[name] ?? name,
  path: `answer.${name}`,
});
