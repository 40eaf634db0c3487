/** The languages. A file name or extension that two of them name belongs to the later one; no two do. */
import { BY_LINES } from "./by-lines.ts";
import { c } from "./c.ts";
import { cpp } from "./cpp.ts";
import { csharp } from "./csharp.ts";
import { css } from "./css.ts";
import { dart } from "./dart.ts";
import { elixir } from "./elixir.ts";
import { go } from "./go.ts";
import { haskell } from "./haskell.ts";
import { ini } from "./ini.ts";
import { java } from "./java.ts";
import { javascript } from "./javascript.ts";
import { kotlin } from "./kotlin.ts";
import { lua } from "./lua.ts";
import { markdown } from "./markdown.ts";
import { php } from "./php.ts";
import { powershell } from "./powershell.ts";
import { python } from "./python.ts";
import { ruby } from "./ruby.ts";
import { rust } from "./rust.ts";
import { scala } from "./scala.ts";
import { shell } from "./shell.ts";
import { solidity } from "./solidity.ts";
import { swift } from "./swift.ts";
import { typescript } from "./typescript.ts";
import { zig } from "./zig.ts";
import type { Language } from "./language.ts";

export const LANGUAGES: readonly Language[] = [
  c,
  cpp,
  csharp,
  css,
  dart,
  elixir,
  go,
  haskell,
  ini,
  java,
  javascript,
  kotlin,
  lua,
  markdown,
  php,
  powershell,
  python,
  ruby,
  rust,
  scala,
  shell,
  solidity,
  swift,
  typescript,
  zig,
  ...BY_LINES,
];
