# Offers what $1 names: a list, what the program says, files.
__repobase_offer() {
  local -a found
  case "$1" in
    '='*) found=(${(s:,:)1#=}); compadd -a found ;;
    repos | languages | models) found=(${(f)"$("$program" __complete "$1" 2>/dev/null)"}); compadd -a found ;;
    refs) found=(${(f)"$("$program" __complete refs ${repo:+"$repo"} 2>/dev/null)"}); compadd -a found ;;
    files) _files ;;
    folders) _files -/ ;;
  esac
}

_repobase() {
  local program=${words[1]/#\~/$HOME} command='' flag='' repo='' ended='' word kind
  local -i place=0 i
  local -a reply
  for ((i = 2; i < CURRENT; i++)); do
    word=${(Q)words[i]}
    if [[ -n $flag ]]; then
      [[ $flag == --repo ]] && repo=$word
      flag=''
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == --*=* ]]; then
      [[ $word == --repo=* ]] && repo=${word#*=}
    elif [[ -z $ended && $word == -* ]]; then
      __repobase_value "$command $word" && flag=$word
    elif ((place == 0)) && __repobase_next "$command" && ((${reply[(I)$word:*]})); then
      command=${command:+$command }$word
    else
      __repobase_places "$command" && [[ ${reply[1]} == repos && -z $repo ]] && repo=$word
      place+=1
    fi
  done
  if [[ -z $flag && -z $ended && ${words[CURRENT]} == --*=* ]]; then
    flag=${words[CURRENT]%%=*}
    compset -P '*='
  fi
  if [[ -n $flag ]]; then
    __repobase_value "$command $flag" && __repobase_offer "${reply[1]}"
  elif [[ -z $ended && ${words[CURRENT]} == -* ]]; then
    __repobase_flags "$command" && _describe -o option reply
  else
    ((place == 0)) && __repobase_next "$command" && _describe command reply
    if __repobase_places "$command"; then
      kind=${reply[place + 1]}
      [[ ${reply[-1]} == ... && ($kind == ... || -z $kind) ]] && kind=${reply[-2]}
      __repobase_offer "$kind"
    fi
  fi
}

# read by the shell itself (eval, source), or as a file of its function path
if [[ ${funcstack[1]} == _repobase ]]; then
  _repobase "$@"
else
  compdef _repobase repobase
fi
