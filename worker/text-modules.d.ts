/** Files that the Worker's bundle carries: see scripts/build-worker.ts for how each kind is brought in. */
declare module "*.html" {
  const text: string;
  export default text;
}
declare module "*.txt" {
  const text: string;
  export default text;
}
/** Base64 of the file. */
declare module "*.f32" {
  const base64: string;
  export default base64;
}
