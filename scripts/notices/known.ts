/**
 * What the packages themselves do not say: the projects behind the grammars of the two collections, and the licence texts
 * of packages that carry none. Looked up in the project's own repository or npm package; the line is its copyright notice.
 */
export interface KnownLicense {
  readonly license: "MIT" | "Apache-2.0";
  /** Left out where the project states none. */
  readonly copyright?: string;
  readonly url: string;
}

const mit = (copyright: string, url: string): KnownLicense => ({ license: "MIT", copyright, url });
const treeSitter = (name: string, copyright: string): KnownLicense =>
  mit(copyright, `https://github.com/tree-sitter/tree-sitter-${name}`);

/** Packages that hold grammars of other projects: the grammar is named by its file, `tree-sitter-<name>.wasm`. */
export const GRAMMAR_COLLECTIONS: ReadonlySet<string> = new Set([
  "@repomix/tree-sitter-wasms",
  "@vscode/tree-sitter-wasm",
]);

const typescript = treeSitter("typescript", "Copyright (c) 2017 Max Brunsfeld");

export const GRAMMARS: Readonly<Record<string, KnownLicense>> = {
  bash: treeSitter("bash", "Copyright (c) 2017 Max Brunsfeld"),
  c: treeSitter("c", "Copyright (c) 2014 Max Brunsfeld"),
  "c-sharp": treeSitter(
    "c-sharp",
    "Copyright (c) 2014-2023 Max Brunsfeld, Damien Guard, Amaan Qureshi, and contributors.",
  ),
  cpp: treeSitter("cpp", "Copyright (c) 2014 Max Brunsfeld"),
  css: treeSitter("css", "Copyright (c) 2018 Max Brunsfeld"),
  dart: mit("Copyright (c) 2020-2023 UserNobody14 and others", "https://github.com/UserNobody14/tree-sitter-dart"),
  go: treeSitter("go", "Copyright (c) 2014 Max Brunsfeld"),
  ini: { license: "Apache-2.0", url: "https://github.com/justinmk/tree-sitter-ini" },
  java: treeSitter("java", "Copyright (c) 2017 Ayman Nadeem"),
  javascript: treeSitter("javascript", "Copyright (c) 2014 Max Brunsfeld"),
  php: treeSitter("php", "Copyright (c) 2017 Josh Vera, GitHub"),
  powershell: mit("Copyright (c) 2023 Airbus CERT", "https://github.com/airbus-cert/tree-sitter-powershell"),
  python: treeSitter("python", "Copyright (c) 2016 Max Brunsfeld"),
  ruby: treeSitter("ruby", "Copyright (c) 2016 Rob Rix"),
  rust: treeSitter("rust", "Copyright (c) 2017 Maxim Sokolov"),
  solidity: mit("Copyright (c) 2020 Joran Honig", "https://github.com/JoranHonig/tree-sitter-solidity"),
  swift: mit("Copyright (c) 2021 alex-pinkus", "https://github.com/alex-pinkus/tree-sitter-swift"),
  tsx: typescript,
  typescript,
};

const onnxruntime = mit("Copyright (c) Microsoft Corporation", "https://github.com/microsoft/onnxruntime");

/** Packages without any licence text. */
export const PACKAGES_WITHOUT_TEXT: Readonly<Record<string, KnownLicense>> = {
  "@lancedb/lancedb": {
    license: "Apache-2.0",
    copyright: "Copyright The LanceDB Authors",
    url: "https://github.com/lancedb/lancedb",
  },
  "clean-git-ref": {
    license: "Apache-2.0",
    url: "https://github.com/TheSavior/clean-git-ref",
  },
  "onnxruntime-common": onnxruntime,
  "onnxruntime-node": onnxruntime,
};

/** Packages whose text stands in another file: from the first line that `from` fits to the last that `to` fits. */
export const TEXT_IN_FILE: Readonly<
  Record<string, { readonly file: string; readonly from: RegExp; readonly to: RegExp }>
> = {
  clipanion: { file: "README.md", from: /Copyright/, to: /SOFTWARE\.$/ },
  diff3: { file: "diff3.js", from: /Copyright/, to: /SOFTWARE\.$/ },
  typanion: { file: "README.md", from: /Copyright/, to: /SOFTWARE\.$/ },
};

/** Said under a package's text. */
export const REMARKS: Readonly<Record<string, string>> = {
  "@opentui/core-linux-x64":
    "Its native library links FFmpeg 9.0.2 (LGPL-2.1-or-later, decoders alone), whose source is at\n" +
    "https://ffmpeg.org/releases/ffmpeg-9.0.2.tar.xz. To use one of your own, build the library from\n" +
    "https://github.com/anomalyco/opentui (packages/native/scripts/build-ffmpeg.ts holds the configuration), put it in the\n" +
    "place of the package's file, and build Repobase from its source: bun run build.",
  "onnxruntime-node":
    "Its native library links further libraries. Their notices are not in the npm package; they are at\n" +
    "https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt",
  "@lancedb/lancedb":
    "Its native library is made of the Rust crates listed in its file RUST_THIRD_PARTY_LICENSES.html: they are in the\n" +
    "list above, and their texts are at the end of this file.",
};
