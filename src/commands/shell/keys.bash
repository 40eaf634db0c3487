# Ctrl-G: searches as you type and puts the place that is chosen at the cursor. Another key: bind -x '"\C-f": __repobase_place'
__repobase_place() {
  local place
  place=$(repobase search -i) || return 0
  [[ -n $place ]] || return 0
  printf -v place '%q ' "$place"
  READLINE_LINE=${READLINE_LINE:0:READLINE_POINT}$place${READLINE_LINE:READLINE_POINT}
  READLINE_POINT=$((READLINE_POINT + ${#place}))
}

# a shell that reads no keys (a script) has nothing to bind
if [[ $- == *i* ]]; then
  bind -m emacs-standard -x '"\C-g": __repobase_place'
  bind -m vi-insert -x '"\C-g": __repobase_place'
  bind -m vi-command -x '"\C-g": __repobase_place'
fi
