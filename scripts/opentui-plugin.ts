/**
 * OpenTUI without what the full screen does not use. Its grammars, and the worker that parses with them, want another tree-sitter
 * than ours and take 5 MB: they are left out, and code is coloured as on the page. Its packages for musl are asked for by name and
 * installed nowhere but there.
 */
import type { BunPlugin } from "bun";

const EMPTY = "empty-opentui-file";

export const lightOpenTui: BunPlugin = {
  name: "light-opentui",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@opentui\/core\/parser\.worker$/ }, ({ path }) => ({ path, namespace: EMPTY }));
    onResolve({ filter: /^web-tree-sitter\/tree-sitter\.wasm$/ }, ({ path }) => ({ path, namespace: EMPTY }));
    onResolve({ filter: /^\.\/assets\/.*\.(?:scm|wasm)$/ }, ({ path, importer }) =>
      importer.includes("/@opentui/core/") ? { path, namespace: EMPTY } : undefined,
    );
    onLoad({ filter: /./, namespace: EMPTY }, () => ({ contents: 'export default "";', loader: "js" }));
  },
};

/** Asked for where OPENTUI_LIBC says so, and not installed elsewhere. */
export const MUSL_PACKAGES = ["@opentui/core-linux-x64-musl", "@opentui/core-linux-arm64-musl"];
