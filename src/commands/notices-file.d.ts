/** `with { type: "file" }`: the import is the path of the file. */
declare module "*/THIRD_PARTY_NOTICES" {
  const path: string;
  export default path;
}
