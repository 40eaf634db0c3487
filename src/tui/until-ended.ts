/** What ends a screen, whatever it is: a key, a signal, the end of the terminal, or what nobody caught. */

/** Of a terminal that was closed. */
const HANGUP_EXIT = 129;

/** @param signal aborted by SIGINT and SIGTERM: that ends with 0, and whoever knows the signal says its code */
export function untilEnded(signal: AbortSignal) {
  const { promise: ended, resolve: end, reject: crash } = Promise.withResolvers<number>();
  ended.catch(() => {}); // whoever waits for it has it
  const hangUp = () => end(HANGUP_EXIT);
  const stop = () => end(0);
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  process.on("SIGHUP", hangUp);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const release = () => {
    process.off("uncaughtException", crash);
    process.off("unhandledRejection", crash);
    process.off("SIGHUP", hangUp);
    signal.removeEventListener("abort", stop);
  };
  return { ended, end, release };
}
