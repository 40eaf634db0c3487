# Ctrl-G: searches as you type and puts the place that is chosen at the cursor. Another key: bind \cf __repobase_place
function __repobase_place
    set -l place (repobase search -i)
    and test -n "$place"
    and commandline -i -- (string escape -- $place)' '
    commandline -f repaint
end

if status is-interactive
    bind \cg __repobase_place
    bind -M insert \cg __repobase_place
end
