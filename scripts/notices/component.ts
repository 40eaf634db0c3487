/** One piece of third-party software in the notices. */
export interface Component {
  readonly kind: "package" | "grammar" | "library" | "crate";
  readonly name: string;
  /** "": not stated. */
  readonly version: string;
  /** SPDX expression where the source gives one. */
  readonly license: string;
}

/** A licence text and the components that it covers. */
export interface Notice {
  readonly title: string;
  readonly text: string;
}
