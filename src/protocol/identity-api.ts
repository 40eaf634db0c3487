/** The JSON bodies of sign-in, people and spaces; see docs/API.md. */
import { array, boolean, exactOptional, literal, nullable, number, picklist, union } from "valibot";
import { ANSWER, ISSUED_KEY_FIELDS } from "./cloud-api.ts";
import { count, type DocumentType, fields, text } from "./decode.ts";
import { ROLES, type Role } from "./roles.ts";

const list = "must be a list";
const role = picklist(ROLES, `must be one of ${ROLES.join(", ")}`);
const KINDS = ["personal", "shared"] as const;
const kind = picklist(KINDS, `must be one of ${KINDS.join(", ")}`);
export type SpaceKind = (typeof KINDS)[number];

/** `GET /v1/auth`: how one signs in to this server. */
export interface AuthInfo {
  /** null: not with GitHub; API keys come from the server's admin. */
  readonly github: { readonly baseUrl: string; readonly device: boolean; readonly page: boolean } | null;
  /** `open`, `closed`, or organisations at GitHub, separated by commas. */
  readonly signUp: string;
  /** Does the request bring a session, so that it is worth asking who it is? Absent: an older server. */
  readonly session?: boolean;
}

export const AUTH_INFO: DocumentType<AuthInfo> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    github: nullable(fields({ baseUrl: text, device: boolean(), page: boolean() })),
    signUp: text,
    session: exactOptional(boolean()),
  }),
};

/** `POST /v1/auth/device` */
export interface DeviceStarted {
  /** Sealed by the server; it goes back in `POST /v1/auth/device/token`. */
  readonly deviceToken: string;
  /** What the person types in at `verificationUri`. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Seconds to wait before each question. */
  readonly interval: number;
}

export const DEVICE_STARTED: DocumentType<DeviceStarted> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ deviceToken: text, userCode: text, verificationUri: text, expiresIn: count, interval: count }),
};

/** `POST /v1/auth/device/token` with status 202: nobody has typed the code in yet. */
export interface DevicePending {
  readonly pending: true;
  /** Seconds to wait before the next question; it may have grown. */
  readonly interval: number;
}

export const DEVICE_PENDING: DocumentType<DevicePending> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ pending: literal(true, "must be true"), interval: count }),
};

/** The same with status 200: a key of the person, seen this once. */
export interface DeviceKey {
  readonly apiKey: string;
  readonly id: string;
  /** The space that the key is for. */
  readonly userId: string;
  /** Of the person at GitHub. */
  readonly login: string;
  readonly scopes: readonly string[];
  readonly label: string | null;
  /** ISO 8601; null: no end. */
  readonly expires?: string | null;
}

export const DEVICE_KEY: DocumentType<DeviceKey> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ ...ISSUED_KEY_FIELDS, login: text }),
};

/** Either of the two: whether somebody has typed the code in. */
export const DEVICE_ANSWER: DocumentType<DevicePending | DeviceKey> = {
  ...ANSWER,
  name: "answer",
  schema: union([DEVICE_PENDING.schema, DEVICE_KEY.schema], "is neither a key nor a word to wait"),
};

/** `GET /v1/me` */
export interface Me {
  /** null: a key that the server's admin made for no person. */
  readonly person: { readonly id: string; readonly login: string; readonly name: string | null } | null;
  /** The space that this request is about; null: the person has none. */
  readonly userId: string | null;
  /** With a key: the one it is for. */
  readonly spaces: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: SpaceKind;
    readonly role: Role;
  }[];
  /** In the space `userId`, now. */
  readonly scopes: readonly string[];
}

export const ME: DocumentType<Me> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    person: nullable(fields({ id: text, login: text, name: nullable(text) })),
    userId: nullable(text),
    spaces: array(fields({ id: text, name: text, kind, role }), list),
    scopes: array(text, list),
  }),
};

/** `GET /v1/space` */
export interface SpaceInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: SpaceKind;
  readonly members: readonly {
    readonly id: string;
    readonly login: string;
    readonly role: Role;
    /** The organisation that makes them a member; null: invited, or the owner. */
    readonly via: string | null;
    /** ms since the epoch: the membership ends then unless a sign-in renews it. null: no end. */
    readonly until: number | null;
  }[];
  readonly orgs: readonly { readonly login: string; readonly role: Role }[];
  readonly invitations: readonly ListedInvitation[];
}

export interface ListedInvitation {
  readonly id: string;
  readonly role: Role;
  /** The only login that may accept it; null: any. */
  readonly login: string | null;
  /** ISO 8601. */
  readonly expires: string;
  /** Id of a person, or `admin`: the server's. */
  readonly by: string;
}

const INVITATION = { id: text, role, login: nullable(text), expires: text, by: text };

export const SPACE_INFO: DocumentType<SpaceInfo> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    id: text,
    name: text,
    kind,
    members: array(fields({ id: text, login: text, role, via: nullable(text), until: nullable(number()) }), list),
    orgs: array(fields({ login: text, role }), list),
    invitations: array(fields(INVITATION), list),
  }),
};

/** `POST /v1/space/invitations`: the only time that the token is seen. */
export interface IssuedInvitation extends ListedInvitation {
  readonly token: string;
  /** Opens the page with the token in the part of the address that is not sent. */
  readonly link: string;
}

export const ISSUED_INVITATION: DocumentType<IssuedInvitation> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ ...INVITATION, token: text, link: text }),
};

/** `POST /v1/admin/spaces` */
export interface MadeSpace {
  readonly id: string;
  readonly name: string;
  readonly kind: SpaceKind;
}

export const MADE_SPACE: DocumentType<MadeSpace> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ id: text, name: text, kind }),
};

/** `PUT /v1/space/orgs/:org` */
export const ORG_NAMED: DocumentType<SpaceInfo["orgs"][number]> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ login: text, role }),
};

/** `GET /v1/admin/spaces` */
export interface ListedSpaces {
  readonly spaces: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: SpaceKind;
    readonly members: number;
    readonly orgs: readonly string[];
    readonly created: string;
  }[];
}

export const LISTED_SPACES: DocumentType<ListedSpaces> = {
  ...ANSWER,
  name: "answer",
  schema: fields({
    spaces: array(fields({ id: text, name: text, kind, members: count, orgs: array(text, list), created: text }), list),
  }),
};
