/** Every command, in the order of the help text. */
import { Builtins } from "clipanion";
import { AddCommand } from "./add.ts";
import { CloudDisableCommand, CloudEnableCommand } from "./cloud/enable.ts";
import { CloudLoginCommand } from "./cloud/login.ts";
import { CloudLogoutCommand } from "./cloud/logout.ts";
import { CloudStatusCommand } from "./cloud/status.ts";
import { IndexCommand } from "./index-repo.ts";
import { ListCommand } from "./list.ts";
import { ModelAddCommand } from "./model/add.ts";
import { ModelListCommand } from "./model/list.ts";
import { ModelRemoveCommand } from "./model/remove.ts";
import { CatManifestCommand } from "./plumbing/cat-manifest.ts";
import { DiffManifestCommand } from "./plumbing/diff-manifest.ts";
import { HashFileCommand } from "./plumbing/hash-file.ts";
import { LsRemoteCommand } from "./plumbing/ls-remote.ts";
import { DownloadFragmentCommand, UploadFragmentCommand } from "./plumbing/transfer.ts";
import { UpdateRefCommand } from "./plumbing/update-ref.ts";
import { VerifyManifestCommand } from "./plumbing/verify-manifest.ts";
import { WriteManifestCommand } from "./plumbing/write-manifest.ts";
import { PullCommand } from "./pull.ts";
import { PushCommand } from "./push.ts";
import { RemoveCommand } from "./remove.ts";
import { SearchCommand } from "./search.ts";
import { ServeCommand } from "./serve.ts";
import { ShowCommand } from "./show.ts";
import { StatusCommand } from "./status.ts";

export const commands = [
  Builtins.HelpCommand,
  Builtins.VersionCommand,
  AddCommand,
  IndexCommand,
  ListCommand,
  RemoveCommand,
  SearchCommand,
  ShowCommand,
  PushCommand,
  PullCommand,
  StatusCommand,
  CloudLoginCommand,
  CloudLogoutCommand,
  CloudStatusCommand,
  CloudEnableCommand,
  CloudDisableCommand,
  ServeCommand,
  ModelAddCommand,
  ModelListCommand,
  ModelRemoveCommand,
  HashFileCommand,
  LsRemoteCommand,
  CatManifestCommand,
  DiffManifestCommand,
  UploadFragmentCommand,
  DownloadFragmentCommand,
  WriteManifestCommand,
  UpdateRefCommand,
  VerifyManifestCommand,
] as const;
