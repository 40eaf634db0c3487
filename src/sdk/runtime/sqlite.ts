/** The part of `bun:sqlite` that locks need; on Node over `node:sqlite`, so that both lock each other out. */
import type * as bunSqlite from "bun:sqlite";

interface Sqlite {
  readonly Database: new (file: string) => { run(statement: string): unknown; close(): void };
  readonly SQLiteError: new (message: string) => Error & { readonly code?: string };
}

/** The part of `node:sqlite` that is used. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    file: string,
    options: { timeout: number },
  ) => { exec(statement: string): void; close(): void };
}

class SQLiteError extends Error {
  readonly code = "SQLITE_BUSY";
}
/** SQLite's own number. */
const BUSY = 5;

function onNode({ DatabaseSync }: NodeSqlite): Sqlite {
  class Database {
    readonly #database;
    constructor(file: string) {
      this.#database = new DatabaseSync(file, { timeout: 0 });
    }
    run(statement: string): void {
      try {
        this.#database.exec(statement);
      } catch (cause) {
        if (!(cause instanceof Error && "errcode" in cause && (Number(cause.errcode) & 0xff) === BUSY)) throw cause;
        throw new SQLiteError(cause.message, { cause });
      }
    }
    close(): void {
      this.#database.close();
    }
  }
  return { Database, SQLiteError };
}

/** Neither bundler nor runtime may look for the other runtime's module. */
const load = (name: string): Promise<unknown> => import(name);

const sqlite =
  "Bun" in globalThis
    ? ((await load("bun:sqlite")) as typeof bunSqlite)
    : onNode((await load("node:sqlite")) as NodeSqlite);

export { sqlite as default };
