/** The name that a line of code defines, by its shape: good enough to name and to mask, in any language of the C, Pascal or ML kind. */

const KEYWORD =
  /^\s*(?:(?:export|default|public|private|protected|internal|open|static|final|abstract|override|async|pub(?:\([^)]*\))?|unsafe|extern|const|inline|virtual|sealed|partial|suspend|mutating|local|data|case|companion|tailrec|@\w+)\s+)*(?:function\*?|func|fun|fn|def|defp|defmacro|class|struct|interface|trait|enum|type|object|protocol|extension|record|actor|sub)\s+(?:self\.|\([^)]*\)\s*)?`?([A-Za-z_$][\w$]*)/;
const CONSTANT = /^\s*(?:export\s+)?(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\(|[A-Za-z_$][\w$]*\s*=>)/;
const ASSIGNED = /^\s*(?:[\w$]+\.)+([A-Za-z_$][\w$]*)\s*=\s*(?:async\s+)?function\b/;
const SHELL = /^\s*([A-Za-z_][\w-]*)\s*\(\)\s*\{?\s*$/;
/** A type or modifiers, a name, an opening parenthesis, and neither call statement nor control flow. */
const C_LIKE = /^\s*(?:[\w$<>[\],.?*&:~@]+\s+)*[*&~]*(?:[A-Za-z_]\w*::)?([A-Za-z_$][\w$]*)\s*(?:<[^>]*>)?\([^;]*$/;
const CONTROL = /^\s*(?:\}?\s*(?:if|for|while|switch|return|else|catch|throw|new|await|do|try|case|assert\w*|expect|yield|with|except|elif|unless|until|raise|print\w*)\b|[\w$.]+\s*=[^=>]|[)\]}.,;"'`])/;

export function definitionName(line: string): string | null {
  const name = (KEYWORD.exec(line) ?? CONSTANT.exec(line) ?? ASSIGNED.exec(line) ?? SHELL.exec(line))?.[1];
  if (name !== undefined) return name;
  if (CONTROL.test(line) || !/[{,(:]\s*$|\)\s*(?:const|noexcept|throws [\w., ]+|->.*|:.*)?\s*\{?\s*$/.test(line)) return null;
  // a call that goes on below has neither a type before the name nor a body behind it
  if (/^\s+[\w$.]+\(/.test(line) && !/\{\s*$/.test(line)) return null;
  const cLike = C_LIKE.exec(line)?.[1];
  return cLike === undefined || /^(?:if|for|while|switch|catch|function)$/.test(cLike) ? null : cLike;
}
