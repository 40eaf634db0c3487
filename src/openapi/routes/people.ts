/** Sign-in, people, spaces, own keys. */
import { CHAT_MODEL_CHANGE, CHAT_MODEL_INFO } from "../../protocol/chat-model-api.ts";
import { LISTED_KEYS, REVOKED_KEY } from "../../protocol/cloud-api.ts";
import {
  AUTH_INFO,
  DEVICE_KEY,
  DEVICE_PENDING,
  DEVICE_STARTED,
  ISSUED_INVITATION,
  ME,
  ORG_NAMED,
  SPACE_INFO,
} from "../../protocol/identity-api.ts";
import { DEVICE, DEVICE_TOKEN, SIGN_OUT } from "../../server/routes/auth.ts";
import { ISSUE_OWN_KEY } from "../../server/routes/keys.ts";
import { INVITE, ROLE } from "../../server/routes/space.ts";
import { ACCEPT, MAKE_SPACE } from "../../server/routes/spaces.ts";
import { ACCEPTED, MEMBER, NAMED_BY_ID, NAMED_BY_LOGIN, NEW_KEY, OWN_SPACE_MADE, SIGNED_OUT } from "../answers.ts";
import { param, type RouteTable } from "../route.ts";

export const PEOPLE: RouteTable = {
  "GET /v1/auth": { about: "How one signs in to this server", needs: "nothing", answers: { 200: AUTH_INFO } },
  "POST /v1/auth/device": {
    about: "Begin a sign-in with GitHub on another device",
    needs: "nothing",
    body: DEVICE,
    answers: { 200: DEVICE_STARTED },
    errors: ["forbidden", "rate_limited", "transient", "not_found"],
  },
  "POST /v1/auth/device/token": {
    about: "Has the code been typed in? Ask every `interval` seconds",
    needs: "nothing",
    body: DEVICE_TOKEN,
    answers: { 200: DEVICE_KEY, 202: DEVICE_PENDING },
    errors: ["unauthorized", "forbidden", "rate_limited", "transient", "not_found"],
  },
  "GET /v1/auth/github/start": {
    about: "The page's sign-in: to GitHub",
    needs: "nothing",
    query: { return: param("path of the page to end on"), invitation: param("token of an invitation to accept") },
    answers: { 302: null },
    errors: ["forbidden", "rate_limited", "transient", "not_found"],
  },
  "GET /v1/auth/github/callback": {
    about: "The page's sign-in: back from GitHub",
    needs: "nothing",
    query: { state: param("GitHub's"), code: param("GitHub's"), error: param("GitHub's") },
    answers: { 302: null },
    errors: ["forbidden", "rate_limited", "unauthorized", "transient", "not_found"],
  },
  "POST /v1/auth/session": {
    about: "From the page, with a key: a session that ends with the key",
    needs: "nothing",
    answers: { 200: ME },
    errors: ["unauthorized", "forbidden", "rate_limited", "transient"],
  },
  "POST /v1/auth/sign-out": {
    about: "From the page: end the session",
    needs: "nothing",
    body: SIGN_OUT,
    answers: { 200: { schema: SIGNED_OUT } },
    errors: ["unauthorized", "forbidden", "transient"],
  },
  "GET /v1/me": { about: "Who the caller is, and their spaces", needs: "read", answers: { 200: ME } },
  "GET /v1/keys": {
    about: "One's own keys for this space",
    needs: "read",
    query: { all: param("`1`, with the scope `admin`: all keys of the space", { enum: ["1"] }) },
    answers: { 200: LISTED_KEYS },
  },
  "POST /v1/keys": {
    about: "Make a key: from a person's session, or with the scope `admin`",
    needs: "admin",
    body: ISSUE_OWN_KEY,
    answers: { 201: { schema: NEW_KEY } },
  },
  "DELETE /v1/keys/:id": {
    about: "Revoke one's own key; with the scope `admin` any of the space",
    needs: "read",
    answers: { 200: REVOKED_KEY },
    errors: ["not_found"],
  },
  "GET /v1/space": { about: "Who is in the space, and who may come", needs: "read", answers: { 200: SPACE_INFO } },
  "PUT /v1/space/members/:person": {
    about: "Give a member a role",
    needs: "admin",
    body: ROLE,
    answers: { 200: { schema: MEMBER } },
    errors: ["not_found"],
  },
  "DELETE /v1/space/members/:person": {
    about: "Take a member out, or leave",
    needs: "admin",
    answers: { 200: { schema: NAMED_BY_ID } },
    errors: ["not_found"],
  },
  "POST /v1/space/invitations": {
    about: "Invite somebody; the answer alone has the token",
    needs: "admin",
    body: INVITE,
    answers: { 201: ISSUED_INVITATION },
    errors: ["not_found", "quota_exceeded"],
  },
  "DELETE /v1/space/invitations/:id": {
    about: "Take an invitation back",
    needs: "admin",
    answers: { 200: { schema: NAMED_BY_ID } },
    errors: ["not_found"],
  },
  "GET /v1/space/model": {
    about: "Who answers the space's questions, its limits and today's use; never the key",
    needs: "read",
    answers: { 200: CHAT_MODEL_INFO },
    errors: ["damaged_config"],
  },
  "PUT /v1/space/model": {
    about: "Set the space's own chat model",
    needs: "admin",
    body: CHAT_MODEL_CHANGE,
    answers: { 200: CHAT_MODEL_INFO },
    errors: ["damaged_config"],
  },
  "DELETE /v1/space/model": {
    about: "The space has no chat model of its own any more",
    needs: "admin",
    answers: { 200: CHAT_MODEL_INFO },
  },
  "PUT /v1/space/orgs/:org": {
    about: "Make the members of a GitHub organisation members",
    needs: "admin",
    body: ROLE,
    answers: { 200: ORG_NAMED },
    errors: ["not_found"],
  },
  "DELETE /v1/space/orgs/:org": {
    about: "Members of that organisation are members no more",
    needs: "admin",
    answers: { 200: { schema: NAMED_BY_LOGIN } },
    errors: ["not_found"],
  },
  "POST /v1/spaces": {
    about: "Make a shared space",
    needs: "a person's session",
    body: MAKE_SPACE,
    answers: { 201: { schema: OWN_SPACE_MADE } },
    errors: ["exists", "quota_exceeded"],
  },
  "POST /v1/invitations/accept": {
    about: "Accept an invitation",
    needs: "a person's session",
    body: ACCEPT,
    answers: { 200: { schema: ACCEPTED } },
    errors: ["not_found"],
  },
};
