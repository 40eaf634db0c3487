/** The configuration of agents' clients: what the program writes, and what it leaves as it was. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { CLIENTS, configFile, findClient } from "../../../src/porcelain/agents/clients.ts";
import { editConfig } from "../../../src/porcelain/agents/edit-config.ts";
import { applyChange, placesOf, planChange } from "../../../src/porcelain/agents/install.ts";
import { runMain } from "../../helpers/run-main.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "repobase-clients-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const run = (line: string) =>
  runMain(line.split(" "), { env: { HOME: dir, REPOBASE_HOME: join(dir, "rb") }, cwd: join(dir, "project") });
const put = async (file: string, text: string) => {
  await mkdir(dirname(join(dir, file)), { recursive: true });
  await writeFile(join(dir, file), text);
};
const read = (file: string) => readFile(join(dir, file), "utf8");
const ENTRY = { command: "/opt/repobase", args: ["mcp"] };

test.each(CLIENTS.map(({ id }) => id))(
  "%s: written once, as its own format has it, and taken out again",
  async (id) => {
    const client = findClient(id);
    const file = configFile(client, "user", placesOf({ HOME: dir }, dir));
    expect(file).toStartWith(dir);
    const said = await run(`mcp install ${id} --yes --remote --repo demo`);
    expect([said.code, said.stdout]).toEqual([0, `${id}\twritten\t${file}\n`]);
    const text = await readFile(file, "utf8");
    const value = client.format === "json" ? JSON.parse(text) : parseToml(text);
    expect(value).toEqual({
      [client.key]: {
        repobase: {
          ...(client.typed && { type: "stdio" }),
          command: process.execPath,
          args: [Bun.main, "mcp", "--remote", "--repo", "demo"],
          env: { REPOBASE_HOME: join(dir, "rb") },
        },
      },
    });
    const again = await run(`mcp install ${id} --remote --repo demo`);
    expect([again.code, again.stdout]).toEqual([0, `${id}\tunchanged\t${file}\n`]);
    expect((await run(`mcp uninstall ${id} --yes`)).code).toBe(0);
    expect(await readFile(file, "utf8")).not.toContain("repobase");
  },
);

test("all else in a file stays, comments and order too", () => {
  const zed = `// mine\n{\n\t"theme": "One", // dark\n\t"context_servers": {\n\t\t"other": { "command": "x" }, /* keep */\n\t},\n}\n`;
  const added = editConfig(findClient("zed"), zed, ENTRY);
  for (const part of [
    "// mine\n",
    '"theme": "One", // dark',
    "/* keep */",
    '\n\t\t"repobase": {\n\t\t\t"command": "/opt/repobase"',
  ])
    expect(added).toContain(part);
  expect(added).toContain('"command": "/opt/repobase"');
  const codex = `# mine\nmodel = "x" # best\n\n[mcp_servers.repobase] # old\ncommand = "old"\n\n[mcp_servers.repobase.env]\nA = "1"\n\n[mcp_servers.other]\ncommand = 'y'\n`;
  const changed = editConfig(findClient("codex"), codex, ENTRY);
  expect(changed).toStartWith(`# mine\nmodel = "x" # best\n`);
  expect(parseToml(changed)).toEqual({ model: "x", mcp_servers: { other: { command: "y" }, repobase: ENTRY } });
  expect(parseToml(editConfig(findClient("codex"), changed, undefined))).toEqual({
    model: "x",
    mcp_servers: { other: { command: "y" } },
  });
});

test.each([
  ["cursor", "{ nothing"],
  ["cursor", "[]"],
  ["cursor", '{"mcpServers": 3}'],
  ["codex", "a = = b"],
  ["codex", "mcp_servers = { repobase = { command = 'x' } }\n"],
])("%s: what cannot be changed safely is left alone: %s", async (id, text) => {
  const file = configFile(findClient(id), "user", placesOf({ HOME: dir }, dir)).slice(dir.length + 1);
  await put(file, text);
  const said = await run(`mcp install ${id} --yes`);
  expect([said.code, said.stderr.includes("--print")]).toEqual([2, true]);
  expect(await read(file)).toBe(text);
});

test("nothing is written unless somebody says so; what would be is shown", async () => {
  await put(".cursor/mcp.json", '{\n  "mcpServers": {\n    "other": { "command": "x" }\n  }\n}\n');
  const said = await run("mcp install cursor");
  expect([said.code, said.stdout]).toEqual([2, `cursor\tshown\t${join(dir, ".cursor/mcp.json")}\n`]);
  expect(said.stderr).toContain('+     "repobase": {');
  expect(await read(".cursor/mcp.json")).not.toContain("repobase");
  const printed = await run("mcp install codex cursor --print --json");
  expect(JSON.parse(printed.stdout).map(({ client }: { client: string }) => client)).toEqual(["codex", "cursor"]);
  expect(await readdir(dir)).toEqual([".cursor"]);
});

test("a project's file names no machine, and a client without one says so", async () => {
  await mkdir(join(dir, "project"));
  expect((await run("mcp install vscode --scope project --yes")).code).toBe(0);
  expect(JSON.parse(await read("project/.vscode/mcp.json"))).toEqual({
    servers: { repobase: { type: "stdio", command: "repobase", args: ["mcp"] } },
  });
  expect((await run("mcp install codex --scope project --yes")).code).toBe(2);
  expect((await run("mcp install cursor --scope world")).code).toBe(2);
  expect((await run("mcp install curser")).stderr).toContain('did you mean "cursor"');
});

test("a link stays a link, permissions stay, and a file that changed meanwhile is not written over", async () => {
  await put("dotfiles/claude.json", "{}\n");
  await symlink(join(dir, "dotfiles/claude.json"), join(dir, ".claude.json"));
  const { mode } = await stat(join(dir, "dotfiles/claude.json"));
  expect((await run("mcp install claude --yes")).code).toBe(0);
  expect(await read("dotfiles/claude.json")).toContain("repobase");
  expect((await stat(join(dir, "dotfiles/claude.json"))).mode).toBe(mode);
  const places = placesOf({ HOME: dir }, dir);
  const plan = planChange({ client: findClient("claude"), scope: "user", places, entry: undefined });
  await put("dotfiles/claude.json", '{"mine": 1}\n');
  expect(applyChange(plan)).rejects.toThrow("changed meanwhile");
  expect(await read("dotfiles/claude.json")).toBe('{"mine": 1}\n');
});
