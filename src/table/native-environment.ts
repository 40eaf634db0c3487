/**
 * Environment variables that native code sees. Assigning to `process.env` does not reach it under Bun (measured: getenv
 * answers null), so the C library is asked. Must run before the native module loads.
 */
const C_LIBRARIES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ["libc.so.6", "libc.so"],
  darwin: ["libSystem.B.dylib"],
};

/** Leaves alone what the user has set. Where there is no C library to ask, nothing happens: callers set preferences only. */
export async function setNativeEnvironment(variables: Readonly<Record<string, string>>): Promise<void> {
  const libraries = C_LIBRARIES[process.platform] ?? [];
  if (libraries.length === 0) return;
  const { dlopen, FFIType } = await import("bun:ffi");
  const setenv = { args: [FFIType.cstring, FFIType.cstring, FFIType.i32], returns: FFIType.i32 } as const;
  for (const library of libraries) {
    try {
      const c = dlopen(library, { setenv });
      const cString = (text: string) => Buffer.from(`${text}\0`);
      for (const [name, value] of Object.entries(variables)) c.symbols.setenv(cString(name), cString(value), 0);
      return;
    } catch {
      // another C library (musl): the next name
    }
  }
}
