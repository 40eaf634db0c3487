/** The vendored model files, imported `with { type: "file" }`: each is a path that also resolves inside the binary. */
declare module "*.i8" {
  const path: string;
  export default path;
}
declare module "*.f32" {
  const path: string;
  export default path;
}
