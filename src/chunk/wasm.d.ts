/** `with { type: "file" }`: the import is the path of the file. */
declare module "*.wasm" {
  const path: string;
  export default path;
}
