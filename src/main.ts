/**
 * The program: argv to exit code. What plumbing asks thousands of times in a script begins without the parser of command lines and
 * without streams, which take as long to load as the engine takes to start; all else is command-line.ts's.
 */
import { directCommand } from "./commands/direct/direct-commands.ts";
import { runDirect } from "./commands/direct/run-direct.ts";
import { restartTuned } from "./restart-tuned.ts";

// indexes quote private code: what this program writes, native code included, is for its user alone
process.umask(0o077);
const argv = process.argv.slice(2);
// the one command that computes for longer than the engine needs to warm up
if (argv[0] === "add") restartTuned(argv);
const direct = directCommand(argv);
const code = direct && (await runDirect(direct, process.env));
process.exit(code ?? (await (await import("./command-line.ts")).runHere(argv, process.env)));
