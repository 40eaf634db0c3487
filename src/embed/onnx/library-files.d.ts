/** Files that `with { type: "file" }` embeds into the binary; the import gives their path. */
declare module "*.so.1" {
  const path: string;
  export default path;
}
declare module "*.dylib" {
  const path: string;
  export default path;
}
declare module "*.dll" {
  const path: string;
  export default path;
}
