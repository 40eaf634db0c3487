/** The name that a line of code defines, by its shape: good enough to name and to mask, in any language of the C, Pascal or ML kind. */

const MODIFIER = String.raw`(?:export|default|public|private|protected|internal|fileprivate|open|static|final|abstract|override|async|pub|unsafe|extern|const|inline|virtual|sealed|partial|suspend|mutating|nonisolated|indirect|convenience|required|local|data|case|companion|tailrec|operator|infix|implicit|lazy|value|inner|annotation|expect|actual|enum(?=\s+(?:class|struct)\s)|@\w+)(?:\([^)]*\)|\[[^\]]*\])?`;
const WORD = String.raw`(?:function\*?|func|fun|fn|def|defp|defmacrop?|defmodule|defprotocol|defguardp?|class|struct|interface|trait|enum|type|newtype|object|protocol|extension|record|actor|mixin|sub)`;
/** Type parameters or a receiver of Go, then the name; of `Account.balance` or `M:open` the last part. */
const KEYWORD = new RegExp(
  String.raw`^\s*(?:${MODIFIER}\s+)*(?:data(?=\s+[A-Z])|${WORD})\s+(?:<[^>]*>\s*|\([^)]*\)\s*)?\x60?(?:[A-Za-z_$][\w$]*(?:<[^>]*>)?\??[.:])*([A-Za-z_$][\w$]*)`,
);
/** Haskell's signature stands above what it is of. */
const SIGNATURE = /^\s{0,2}([a-z_][\w']*)\s+::(?:\s|$)/;
const ZIG_TYPE =
  /^\s*(?:pub\s+)?const\s+([A-Za-z_]\w*)\s*=\s*(?:packed\s+|extern\s+)?(?:struct|enum|union|opaque|error)\b/;
const CONSTANT =
  /^\s*(?:export\s+)?(?:const|let|var|local)\s+([A-Za-z_$][\w$]*)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\(|[A-Za-z_$][\w$]*\s*=>)/;
const ASSIGNED = /^\s*(?:[\w$]+\.)+([A-Za-z_$][\w$]*)\s*=\s*(?:async\s+)?function\b/;
const SHELL = /^\s*([A-Za-z_][\w-]*)\s*\(\)\s*\{?\s*$/;
/** A type or modifiers, a name, an opening parenthesis, and neither call statement nor control flow. */
const C_LIKE = /^\s*(?:[\w$<>[\],.?*&:~@]+\s+)*[*&~]*(?:[A-Za-z_]\w*::)?([A-Za-z_$][\w$]*)\s*(?:<[^>]*>)?\([^;]*$/;
const CONTROL =
  /^\s*(?:\}?\s*(?:if|for|while|switch|return|else|catch|throw|new|await|do|try|case|assert\w*|expect|yield|with|except|elif|unless|until|raise|print\w*)\b|[\w$.]+\s*=[^=>]|[)\]}.,;"'`])/;

export function definitionName(line: string): string | null {
  const name = (
    KEYWORD.exec(line) ??
    SIGNATURE.exec(line) ??
    ZIG_TYPE.exec(line) ??
    CONSTANT.exec(line) ??
    ASSIGNED.exec(line) ??
    SHELL.exec(line)
  )?.[1];
  if (name !== undefined) return name;
  if (CONTROL.test(line) || !/[{,(:]\s*$|\)\s*(?:const|noexcept|throws [\w., ]+|->.*|:.*)?\s*\{?\s*$/.test(line))
    return null;
  // a call that goes on below has neither a type before the name nor a body behind it
  if (/^\s+[\w$.]+\(/.test(line) && !/\{\s*$/.test(line)) return null;
  const cLike = C_LIKE.exec(line)?.[1];
  return cLike === undefined || /^(?:if|for|while|switch|catch|function)$/.test(cLike) ? null : cLike;
}
