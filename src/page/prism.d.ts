/** The part of Prism that the page uses; its language files add themselves to the one global. */
declare module "prismjs/components/prism-core" {
  interface PrismToken {
    readonly type: string;
    readonly content: string | PrismToken | readonly (string | PrismToken)[];
  }
  const Prism: {
    readonly languages: Readonly<Record<string, object | undefined>>;
    tokenize(text: string, grammar: object): (string | PrismToken)[];
  };
  export default Prism;
  export type { PrismToken };
}
declare module "prismjs/components/*";
