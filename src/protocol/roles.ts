/** What a person may do in a space, and what a key or a session may do: a role gives scopes, a key has some of them. */
export const ROLES = ["read", "write", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** `admin`: of the space, not of the server. */
export const SCOPES = ["read", "write", "notify", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  read: ["read"],
  write: ["read", "write", "notify"],
  admin: SCOPES,
};

export const scopesOf = (role: Role): readonly Scope[] => ROLE_SCOPES[role];
export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** The role that a key without a person amounts to. */
export const roleOf = (scopes: readonly Scope[]): Role =>
  scopes.includes("admin") ? "admin" : scopes.includes("write") ? "write" : "read";
