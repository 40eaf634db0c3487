/**
 * What to do next, by the code of an error that does not say it itself. null: its message is the next step, or only the server's own
 * clients meet it. Every command in here is one that works: a test asks.
 */
import type { ErrorCode } from "../protocol/errors.ts";

const AGAIN = "run it again; if it stays, see what is wrong with: repobase doctor";
const DAMAGE = "see what is damaged, and what mends it, with: repobase doctor --read-data";

export const NEXT_STEPS: Readonly<Record<ErrorCode, string | null>> = {
  failure: "run it again with --verbose, which says more; repobase doctor looks for what is wrong here",
  usage: "see: repobase help",
  // each failure was said, with its own
  partial: null,
  problems_found: null,
  not_found: "check the name; what is here is listed by: repobase list",
  repo_not_found: "see the repositories with: repobase list, those in the cloud with: repobase list --remote",
  ref_not_found: "index it with: repobase index <repo> --ref <name>",
  not_a_repository: "check the address: it is the one that git clone takes",
  not_enabled: "allow it with: repobase cloud enable <repo>",
  not_configured: "sign in with: repobase cloud login",
  remote_moved: "take in what others pushed with: repobase pull, then run it again",
  exists: "choose another name, or take away what is there",
  in_use: "see who uses it with: repobase list --json",
  unauthorized: "sign in with: repobase cloud login",
  forbidden: "see what your key may do with: repobase cloud status, or sign in with another: repobase cloud login",
  hash_mismatch: DAMAGE,
  corrupt_index: DAMAGE,
  missing_objects: DAMAGE,
  unsupported_format: "a newer program made it: bring repobase up to date here",
  model_unavailable: "see the models here with: repobase model list, add one with: repobase model add <folder>",
  length_required: null,
  range_not_satisfiable: "ask for lines that the file has: repobase show <repo> <path>",
  too_large: "leave it out with a line in .repobaseignore",
  quota_exceeded: "see what is used with: repobase cloud status",
  transient: AGAIN,
  busy: "run it again when the other process has finished",
  rate_limited: "wait a minute, then run it again",
  no_space: "free some; repobase list shows how large the indexes are",
  damaged_repository: "see what git says with: git fsck",
  damaged_config: "see which file it is, and what mends it, with: repobase doctor",
  untrusted_certificate: "name the file of your own authority's certificate in NODE_EXTRA_CA_CERTS",
  refused_remote: "if the address is right, clone it with git and add the folder: repobase add <path>",
  model_failed: "check REPOBASE_CHAT_BASE_URL, REPOBASE_CHAT_MODEL and REPOBASE_CHAT_KEY",
  unsupported_remote: "clone it with git, and add the folder: repobase add <path>",
  not_a_server: "check the address, then sign in again with: repobase cloud login",
  io_error: "see what is wrong here with: repobase doctor",
  home_unwritable: "see what is wrong here with: repobase doctor, or point REPOBASE_HOME to another folder",
  cannot_listen: "choose another port with --port, or another address with --host",
  // its message says it
  interrupted: null,
};
