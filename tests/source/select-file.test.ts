import { expect, test } from "bun:test";
import { DEFAULT_LIMITS, selectContent, skipByName } from "../../src/source/select-file.ts";

const byName = (path: string, size: number | null = 100) => skipByName(path, size);
const byContent = (path: string, text: string | Uint8Array, limits = DEFAULT_LIMITS) => {
  const selected = selectContent(path, typeof text === "string" ? Buffer.from(text) : text, limits);
  return "reason" in selected ? selected.reason : null;
};

test("kept: sources, prose, configuration, and names that only look like something else", () => {
  const paths = `src/main.ts README Makefile .gitignore .env.example .env.sample example.env config/default.env.template lib/lock.ts
    src/package-lock.ts min.js admin.js pem.go keys.md id_rsa.pub data.csv LICENSE .github/workflows/ci.yml Dockerfile src/secret.rs
    docs/README.pt src/generated.md map.ts foo.map.txt Cargo.toml go.mod key.ts environment.env.ts array-min.js Model.mo data.dat app.pb protein.pdb cube.stl .npmrc credentials.json server.pem`;
  for (const path of paths.split(/\s+/)) expect([path, byName(path)]).toEqual([path, null]);
});

test("by name: binaries, locks, minified, generated, secrets", () => {
  const cases = {
    binary: "a.png A.JPG x/y.wasm fonts/a.woff2 lib.so model.onnx a.pdf data.sqlite3 a.tar.gz",
    lock: "package-lock.json a/b/yarn.lock Cargo.lock go.sum pnpm-lock.yaml bun.lockb Package.resolved .terraform.lock.hcl",
    minified: "jquery.min.js a/b.min.css x.min.mjs",
    generated:
      "api.pb.go a_pb2.py a_pb2_grpc.py dist/x.js.map x.d.ts.map zz_generated.deepcopy.go model.g.dart schema.generated.ts Form.Designer.cs",
    secret:
      ".env a/.env.local .env.production prod.env id_rsa .ssh/id_ed25519 .netrc key.p12 release.jks x/.aws/credentials .kube/config .docker/config.json prod.tfstate terraform.tfstate.backup kubeconfig kubeconfig.yaml dev.kubeconfig .repobase/cloud.json .pgpass pgpass.conf store.jks config/master.key",
  };
  for (const [reason, paths] of Object.entries(cases))
    for (const path of paths.split(" "))
      expect([path, byName(path)]).toEqual([path, reason as ReturnType<typeof byName>]);
});

test("by size, where it is known; the same limits apply to content", () => {
  expect(byName("a.ts", DEFAULT_LIMITS.maxFileBytes)).toBeNull();
  expect(byName("a.ts", DEFAULT_LIMITS.maxFileBytes + 1)).toBe("too-large");
  expect(byName("a.ts", 0)).toBe("empty");
  expect(byName("a.ts", null)).toBeNull();
  expect(skipByName("a.ts", 11, { ...DEFAULT_LIMITS, maxFileBytes: 10 })).toBe("too-large");
  expect(byContent("a.ts", "x\n".repeat(6), { ...DEFAULT_LIMITS, maxFileBytes: 10 })).toBe("too-large");
  expect(byName(".env", 1 << 30)).toBe("secret");
});

test("empty, binary, and text in any encoding", () => {
  expect(byContent("a.ts", "")).toBe("empty");
  expect(byContent("a.ts", " \r\n\t\n")).toBe("empty");
  expect(byContent("a.ts", Buffer.from("\ufeff \r\n", "utf16le"))).toBe("empty");
  expect(byContent("a.ts", "text\0text")).toBe("binary");
  expect(byContent("a.ts", Buffer.from("\ufeffa\0b", "utf16le"))).toBe("binary");
  expect(byContent("a.ts", Buffer.from("\ufefftext in UTF-32", "utf16le").swap16())).toBeNull();
  expect(byContent("noise", Buffer.from(Array.from({ length: 900 }, (_, i) => 1 + ((i * 7919) % 255))))).toBe("binary");
  expect(byContent("a.ts", Buffer.from("\ufeffconst x = 1;\n", "utf16le"))).toBeNull();
  expect(byContent("a.ts", Buffer.from("caf\xe9", "latin1"))).toBeNull();
  expect(byContent("a.ts", Buffer.from("\x83\x6e\x83\x8d\x81\x5b = 1", "latin1"))).toBeNull(); // Shift-JIS
  expect(byContent("a.ts", "\ufeffcafé 数据 🎉\n")).toBeNull();
  expect(byContent("a.ts", `${"const a = 1;\n".repeat(700)}const nul = "\0";\n`)).toBeNull(); // git calls it text as well
  expect(byContent("a.ts", `${"const a = 1;\n".repeat(700)}${"\0".repeat(99)}`)).toBe("binary");
});

test("secrets are covered in any encoding, and where a user includes a file; skipped or allowed by policy", () => {
  const token = `glpat-${"kQ7vZp2Xw9LrT4mBc8Jd"}`;
  const text = `\ufeffconst t = "${token}";\n`;
  const covered = { text: text.replace(token, "*".repeat(26)), secrets: [{ rule: "gitlab-pat", line: 1 }] };
  const utf16 = selectContent("a.ts", Buffer.from(text, "utf16le"));
  expect(utf16).toMatchObject({ secrets: covered.secrets });
  expect(JSON.stringify(utf16)).not.toContain(token);
  expect(selectContent("a.ts", Buffer.from(text))).toEqual(covered);
  expect(selectContent("a.ts", Buffer.from(text), { ...DEFAULT_LIMITS, include: ["*.ts"] })).toEqual(covered);
  expect(byContent("a.ts", text, { ...DEFAULT_LIMITS, secrets: "skip" })).toBe("secret");
  expect(selectContent("a.ts", Buffer.from(text), { ...DEFAULT_LIMITS, secrets: "allow" })).toEqual({
    text,
    secrets: [],
  });
});

test("what a user includes is indexed whatever it looks like, but for binaries and secrets", () => {
  const limits = { ...DEFAULT_LIMITS, maxFileBytes: 100, include: ["*.sql", "dist/**", "!dist/skip.js", "bun.lock"] };
  for (const path of ["big.sql", "dist/a/x.min.js", "bun.lock", "dist/api.pb.go"])
    expect([path, skipByName(path, 1000, limits), byContent(path, "x;\n".repeat(100), limits)]).toEqual([
      path,
      null,
      null,
    ]);
  expect(skipByName("dist/skip.js", 1000, limits)).toBe("too-large");
  expect(skipByName("yarn.lock", 10, limits)).toBe("lock");
  expect(byContent("dist/gen.go", "// Code generated by x. DO NOT EDIT.\n", limits)).toBeNull();
  expect(byContent("dist/a.bin", "\0\0", limits)).toBe("binary");
  expect(skipByName("dist/.env", 10, limits)).toBe("secret");
});

test("generated files say so in their first comments", () => {
  const marked = [
    "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage x\n",
    "/**\n * Copyright\n *\n * @generated SignedSource<<abc>>\n */\n",
    "# @generated by autocargo\n",
    "//------\n// <auto-generated>\n//     This code was generated by a tool.\n",
    "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
    "# This file was automatically generated by Foo.\n# Please do not edit it by hand.\n",
    "<!-- Auto-generated from schema.json, do not modify -->\n<x/>\n",
    "/* A Bison parser, made by GNU Bison 3.8.2.  */\n",
    "# AUTOGENERATED FILE - DO NOT EDIT\n",
    "/* DO NOT EDIT THIS FILE - it is machine generated */\n",
    "// Copyright 2020 The Authors. All rights reserved.\n// Code generated by gen; DO NOT EDIT.\n",
    "-- WARNING: This file was generated by sqlc. All changes will be lost.\n",
    "/* eslint-disable */\n// @generated by protoc-gen-es v1.2.0\n",
    '"""Generated by Django tool. Do not edit."""\n',
    "<?php\n\n/**\n * This class has been auto-generated by the ORM.\n * Do not edit this file.\n */\n",
  ];
  for (const text of marked) expect([text, byContent("x.src", text)]).toEqual([text, "generated"]);
  const own = [
    'const header = "// Code generated by us. DO NOT EDIT.";\n',
    "// Writes the `@generated` marker into files.\nexport const x = 1;\n",
    "# Ids are generated by the database.\nclass A: pass\n",
    "// Do not edit the tables by hand: see gen.ts\nexport const x = 1;\n",
    `${"const a = 1;\n".repeat(60)}// Code generated by x. DO NOT EDIT.\n`,
    "Some text about @generated files\n",
    "/**\n * The prefix differs from the\n * auto-generated routes of the CMS.\n * If you add one, do not change the order below.\n */\n",
    "// Lint rule: leaves out files whose header holds the tag @generated and reports the rest.\nlet a;\n",
    "// Every file it writes starts with the tag\n// @generated\n// and nothing else.\nlet a;\n",
    '// Package x writes Go. Every file starts with the\n// line "// Code generated by x; DO NOT EDIT.", as go vet wants.\npackage x\n',
    "// Package x writes files that begin so:\n//\n//\tCode generated by x; DO NOT EDIT.\npackage x\n",
    "/*\nPackage x writes files that begin so:\n\n    // Code generated by x. DO NOT EDIT.\n*/\npackage x\n",
    "# comfrey.h is automatically generated from comfrey.def; do not edit comfrey.h, edit comfrey.def.\nx: y\n",
    "# The ids below are auto-generated by the database.\n# Please do not modify the Model without a migration.\nx = 1\n",
    "// Names, generated by the server.\n// Do not edit this without asking.\nlet a;\n",
    "const doc = 1;\n/**\n * @generated\n */\n",
  ];
  for (const text of own) expect([text, byContent("x.ts", text)]).toEqual([text, null]);
  const prose = "# Which files are generated\n\nThis file is generated by people. Do not edit this file lightly.\n";
  expect(byContent("GENERATED.md", prose)).toBeNull();
});

test("minified: scripts and styles with most of their code in lines that no person writes", () => {
  const long = "var a=function(b){return b+1};".repeat(200);
  expect(byContent("bundle.js", long)).toBe("minified");
  expect(byContent("bundle.js", `/* licence */\n${long}\n//# sourceMappingURL=x\n`)).toBe("minified");
  expect(byContent("site.css", ".a{color:red}".repeat(400))).toBe("minified");
  // long lines of data make no file machine-made
  expect(byContent("data.json", `{"a":[${"1,".repeat(3000)}1]}`)).toBeNull();
  expect(byContent("seed.sql", `INSERT INTO t VALUES ${"(1,2),".repeat(2000)}(3,4);\n`)).toBeNull();
  expect(
    byContent("study.ipynb", `{"cells":[{"source":["x = 1"],"image/png":"${"iVBORw0KGgo".repeat(900)}"}]}`),
  ).toBeNull();
  expect(
    byContent("logo.css", `.a { background: url(data:image/png;base64,${"iVBORw0KGgo".repeat(900)}) }\n`),
  ).toBeNull();
  expect(byContent("icon.js", `export const d = "${"M1 2L3 4 ".repeat(900)}";\nexport const b = 1;\n`)).toBeNull();
  expect(byContent("words.js", `export const words = [${'"alpha", "beta", '.repeat(400)}"gamma"];\n`)).toBeNull();
  expect(byContent("table.js", `const table = [${"0x1f, 0x2e, ".repeat(900)}0];\n`)).toBeNull();
  expect(byContent("chapter.md", `${"A sentence that goes on. ".repeat(80)}\n\n`.repeat(5))).toBeNull();
  expect(
    byContent("code.ts", `${"const line = 1;\n".repeat(900)}const wasm = "${"AGFzbQ".repeat(1500)}";\n`),
  ).toBeNull();
});

test("secret names count where secrets are allowed by nobody", () => {
  expect(skipByName(".env", 100, { ...DEFAULT_LIMITS, secrets: "allow" })).toBeNull();
  expect(skipByName(".env", 100, { ...DEFAULT_LIMITS, secrets: "skip" })).toBe("secret");
});
