# Ctrl-G: searches as you type and puts the place that is chosen at the cursor. Another key: bindkey '^F' repobase-place
repobase-place() {
  emulate -L zsh
  local place
  # zsh gives its widgets no standard input
  place=$(repobase search -i < /dev/tty) && [[ -n $place ]] && LBUFFER+="${(q)place} "
  zle reset-prompt
}

if [[ -o interactive ]]; then
  zle -N repobase-place
  bindkey -M emacs '^G' repobase-place
  bindkey -M viins '^G' repobase-place
  bindkey -M vicmd '^G' repobase-place
fi
