/** What the operator of the server does, with the admin token. */
import { LISTED_KEYS, LISTED_USERS, REVOKED_KEY } from "../../protocol/cloud-api.ts";
import { ISSUED_INVITATION, LISTED_SPACES, ORG_NAMED } from "../../protocol/identity-api.ts";
import { QUOTA_CHANGE, USER_QUOTA } from "../../protocol/quota.ts";
import { ISSUE_KEY } from "../../server/routes/admin.ts";
import { INVITE, ROLE } from "../../server/routes/space.ts";
import { MAKE_SPACE } from "../../server/routes/spaces.ts";
import { NAMED_BY_LOGIN, NEW_KEY, PERSON_REMOVED, SPACE_MADE } from "../answers.ts";
import { needed, type Route, type RouteTable } from "../route.ts";

const admin = (route: Omit<Route, "needs">): Route => ({
  ...route,
  needs: "admin token",
  errors: ["damaged_config", ...(route.errors ?? [])],
});

export const ADMIN: RouteTable = {
  "POST /v1/admin/keys": admin({
    about: "Issue an API key; the answer alone has it",
    body: ISSUE_KEY,
    answers: { 201: { schema: NEW_KEY } },
  }),
  "GET /v1/admin/keys": admin({
    about: "A user's keys",
    query: { userId: needed("whose") },
    answers: { 200: LISTED_KEYS },
  }),
  "DELETE /v1/admin/keys/:id": admin({
    about: "Revoke a key",
    answers: { 200: REVOKED_KEY },
    errors: ["not_found"],
  }),
  "GET /v1/admin/users": admin({ about: "Who has keys", answers: { 200: LISTED_USERS } }),
  "GET /v1/admin/users/:id": admin({ about: "What a user may keep and keeps", answers: { 200: USER_QUOTA } }),
  "PUT /v1/admin/users/:id/quota": admin({
    about: "Set limits of one user; what is left out stays",
    body: QUOTA_CHANGE,
    answers: { 200: USER_QUOTA },
  }),
  "DELETE /v1/admin/users/:id/quota": admin({
    about: "The server's default limits again",
    answers: { 200: USER_QUOTA },
  }),
  "POST /v1/admin/users/:id/recount": admin({
    about: "Count what a user keeps; mends a damaged account",
    answers: { 200: USER_QUOTA },
  }),
  "GET /v1/admin/spaces": admin({ about: "All spaces", answers: { 200: LISTED_SPACES } }),
  "POST /v1/admin/spaces": admin({
    about: "Make a shared space, or make one of a user's",
    body: MAKE_SPACE,
    answers: { 201: { schema: SPACE_MADE } },
    errors: ["exists"],
  }),
  "POST /v1/admin/spaces/:id/invitations": admin({
    about: "Invite somebody to a space",
    body: INVITE,
    answers: { 201: ISSUED_INVITATION },
    errors: ["not_found", "quota_exceeded"],
  }),
  "PUT /v1/admin/spaces/:id/orgs/:org": admin({
    about: "Make the members of a GitHub organisation members of a space",
    body: ROLE,
    answers: { 200: ORG_NAMED },
    errors: ["not_found"],
  }),
  "DELETE /v1/admin/spaces/:id/orgs/:org": admin({
    about: "Members of that organisation are members no more",
    answers: { 200: { schema: NAMED_BY_LOGIN } },
    errors: ["not_found"],
  }),
  "DELETE /v1/admin/people/:id": admin({
    about: "Take a person out of every space, end their keys and sessions",
    answers: { 200: { schema: PERSON_REMOVED } },
    errors: ["not_found"],
  }),
};
