/** What the You view asks and tells the server: keys, people and invitations of the space, invitations to others. */
import { nullable } from "valibot";
import { ANSWER, ISSUED_KEY, LISTED_KEYS, REVOKED_KEY, WHO_AM_I } from "../protocol/cloud-api.ts";
import { type DocumentType, fields, text } from "../protocol/decode.ts";
import { ISSUED_INVITATION, SPACE_INFO } from "../protocol/identity-api.ts";
import type { Role, Scope } from "../protocol/roles.ts";
import { ask } from "./api.ts";

const DONE: DocumentType<object> = { ...ANSWER, name: "answer", schema: fields({}) };
const ACCEPTED: DocumentType<{ readonly space: string | null }> = {
  ...ANSWER,
  name: "answer",
  schema: fields({ space: nullable(text) }),
};
const MADE: DocumentType<{ readonly id: string }> = { ...ANSWER, name: "answer", schema: fields({ id: text }) };

export const askUsage = (signal: AbortSignal) => ask({ path: "/v1/whoami", type: WHO_AM_I, signal });

/** @param all of the whole space, for its admins; else one's own */
export const askKeys = (all: boolean, signal: AbortSignal) =>
  ask({ path: all ? "/v1/keys?all=1" : "/v1/keys", type: LISTED_KEYS, signal });

/** @param expires ISO 8601; null: no end */
export const makeKey = (key: { label: string; scopes: readonly Scope[]; expires: string | null }) =>
  ask({ path: "/v1/keys", method: "POST", body: key, type: ISSUED_KEY });

export const endKey = (id: string) => ask({ path: `/v1/keys/${id}`, method: "DELETE", type: REVOKED_KEY });

export const askSpace = (signal: AbortSignal) => ask({ path: "/v1/space", type: SPACE_INFO, signal });

export const setMemberRole = (person: string, role: Role) =>
  ask({ path: `/v1/space/members/${person}`, method: "PUT", body: { role }, type: DONE });

export const takeMemberOut = (person: string) =>
  ask({ path: `/v1/space/members/${person}`, method: "DELETE", type: DONE });

export const nameOrganisation = (org: string, role: Role) =>
  ask({ path: `/v1/space/orgs/${encodeURIComponent(org)}`, method: "PUT", body: { role }, type: DONE });

export const takeOrganisationOut = (org: string) =>
  ask({ path: `/v1/space/orgs/${encodeURIComponent(org)}`, method: "DELETE", type: DONE });

/** @param login the only one who may accept it; null: whoever has the link */
export const makeInvitation = (role: Role, login: string | null) =>
  ask({ path: "/v1/space/invitations", method: "POST", body: { role, login }, type: ISSUED_INVITATION });

export const endInvitation = (id: string) => ask({ path: `/v1/space/invitations/${id}`, method: "DELETE", type: DONE });

export const makeSharedSpace = (id: string, name: string) =>
  ask({ path: "/v1/spaces", method: "POST", body: { id, name }, type: MADE });

/** @returns the space; null: it was accepted before */
export const acceptInvitation = (token: string) =>
  ask({ path: "/v1/invitations/accept", method: "POST", body: { token }, type: ACCEPTED });
