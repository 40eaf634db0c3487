# Offers those words of the lines in $1 that begin with $cur.
__repobase_offer() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$cur"* ]] || continue
    printf -v word '%q' "$word"
    COMPREPLY+=("${word#"$broken"}")
  done <<< "$1"
}

# Offers what $1 names: a list, what the program says, files.
__repobase_offer_kind() {
  case "$1" in
    =*) __repobase_offer "$(tr ',' '\n' <<< "${1#=}")" ;;
    repos | languages | models) __repobase_offer "$("$program" __complete "$1" 2>/dev/null)" ;;
    refs) __repobase_offer "$("$program" __complete refs ${repo:+"$repo"} 2>/dev/null)" ;;
    files) compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$cur")) ;;
    folders) compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "$cur")) ;;
  esac
}

_repobase() {
  COMPREPLY=()
  local program=${COMP_WORDS[0]/#\~/$HOME} line=${COMP_LINE:0:COMP_POINT}
  local -a typed kinds
  # not COMP_WORDS: bash breaks words at "=", ":" and "@", which names of branches have
  read -ra typed <<< "$line"
  [[ $line == *[[:space:]] ]] && typed+=('')
  local last=$((${#typed[@]} - 1)) command='' flag='' repo='' ended='' place=0 reply word i kind
  for ((i = 1; i < last; i++)); do
    word=${typed[i]}
    if [[ -n $flag ]]; then
      [[ $flag == --repo ]] && repo=$word
      flag=''
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == --*=* ]]; then
      [[ $word == --repo=* ]] && repo=${word#*=}
    elif [[ -z $ended && $word == -* ]]; then
      __repobase_value "$command $word" && flag=$word
    elif ((place == 0)) && __repobase_next "$command" && [[ " $reply " == *" $word "* ]]; then
      command=${command:+$command }$word
    else
      __repobase_places "$command" && [[ $reply == repos* && -z $repo ]] && repo=$word
      place=$((place + 1))
    fi
  done
  local cur=${typed[last]}
  if [[ -z $flag && -z $ended && $cur == --*=* ]]; then
    flag=${cur%%=*}
    cur=${cur#*=}
  fi
  # what stands before the piece that bash replaces
  local piece=${COMP_WORDS[COMP_CWORD]}
  [[ $piece == = ]] && piece=''
  local broken=${cur%"$piece"}
  # readline takes the @ of a host's name for a part of what it replaces
  broken=${broken%@}
  if [[ -n $flag ]]; then
    __repobase_value "$command $flag" && __repobase_offer_kind "$reply"
  elif [[ -z $ended && $cur == -* ]]; then
    __repobase_flags "$command" && __repobase_offer "$(tr ' ' '\n' <<< "$reply")"
  else
    ((place == 0)) && __repobase_next "$command" && __repobase_offer "$(tr ' ' '\n' <<< "$reply")"
    if __repobase_places "$command"; then
      read -ra kinds <<< "$reply"
      kind=${kinds[place]:-...}
      [[ $kind == ... && $reply == *... ]] && kind=${kinds[${#kinds[@]} - 2]}
      __repobase_offer_kind "$kind"
    fi
  fi
}

complete -F _repobase repobase
