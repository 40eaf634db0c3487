/**
 * Agents' clients whose configuration can name us, each where it keeps it and in what form. To add one: its entry here; the paths are
 * those of the client's own documentation.
 */
import { join } from "node:path";
import { RepobaseError } from "../../protocol/errors.ts";
import { didYouMean, nearNames } from "../../protocol/near-names.ts";

export const CONFIG_SCOPES = ["user", "project"] as const;
/** Of one person, or of all who work in a folder. */
export type ConfigScope = (typeof CONFIG_SCOPES)[number];

/** Where a client looks. */
export interface Places {
  /** The person's home folder. */
  readonly home: string;
  /** The root of the project. */
  readonly project: string;
  readonly platform: NodeJS.Platform;
}

export interface AgentClient {
  readonly id: string;
  readonly title: string;
  readonly format: "json" | "toml";
  /** The map of servers. */
  readonly key: string;
  /** Its entries say how the server is spoken to. */
  readonly typed?: boolean;
  readonly user: (places: Places) => string;
  /** Absent: it has no configuration of a project. */
  readonly project?: string;
}

/** Where programs keep what is one person's. */
function settingsFolder({ home, platform }: Places): string {
  if (platform === "darwin") return join(home, "Library/Application Support");
  return platform === "win32" ? join(home, "AppData/Roaming") : join(home, ".config");
}

const SERVERS = { format: "json", key: "mcpServers" } as const;

export const CLIENTS: readonly AgentClient[] = [
  {
    ...SERVERS,
    id: "claude",
    title: "Claude Code",
    typed: true,
    user: ({ home }) => join(home, ".claude.json"),
    project: ".mcp.json",
  },
  {
    ...SERVERS,
    id: "claude-desktop",
    title: "Claude Desktop",
    user: (places) => join(settingsFolder(places), "Claude/claude_desktop_config.json"),
  },
  {
    ...SERVERS,
    id: "cursor",
    title: "Cursor",
    user: ({ home }) => join(home, ".cursor/mcp.json"),
    project: ".cursor/mcp.json",
  },
  {
    id: "vscode",
    title: "VS Code",
    format: "json",
    key: "servers",
    typed: true,
    user: (places) => join(settingsFolder(places), "Code/User/mcp.json"),
    project: ".vscode/mcp.json",
  },
  {
    id: "codex",
    title: "Codex",
    format: "toml",
    key: "mcp_servers",
    user: ({ home }) => join(home, ".codex/config.toml"),
  },
  {
    ...SERVERS,
    id: "gemini",
    title: "Gemini CLI",
    user: ({ home }) => join(home, ".gemini/settings.json"),
    project: ".gemini/settings.json",
  },
  {
    ...SERVERS,
    id: "windsurf",
    title: "Windsurf",
    user: ({ home }) => join(home, ".codeium/windsurf/mcp_config.json"),
  },
  {
    id: "zed",
    title: "Zed",
    format: "json",
    key: "context_servers",
    user: ({ home, platform, ...rest }) =>
      platform === "win32"
        ? join(settingsFolder({ home, platform, ...rest }), "Zed/settings.json")
        : join(home, ".config/zed/settings.json"),
    project: ".zed/settings.json",
  },
];

/** @throws RepobaseError `usage` */
export function findClient(id: string): AgentClient {
  const client = CLIENTS.find((each) => each.id === id);
  if (client) return client;
  const ids = CLIENTS.map((each) => each.id);
  throw new RepobaseError("usage", `no client is called "${id}"`, {
    hint: didYouMean(nearNames(id, ids)) || `known: ${ids.join(", ")}; for others: --print`,
  });
}

/** @throws RepobaseError `usage` where the client has no configuration of a project */
export function configFile(client: AgentClient, scope: ConfigScope, places: Places): string {
  if (scope === "user") return client.user(places);
  if (client.project === undefined)
    throw new RepobaseError("usage", `${client.title} has no configuration of a project`, { hint: "use --scope user" });
  return join(places.project, client.project);
}
