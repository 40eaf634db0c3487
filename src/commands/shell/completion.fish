# Prints what $kind names, one a line: a list, what the program says, files.
function __repobase_offer -a program repo kind token
    switch $kind
        case '=*'
            string split , -- (string sub -s 2 -- $kind)
        case repos languages models
            $program __complete $kind 2>/dev/null
        case refs
            # no word at all where no repository is known
            $program __complete refs (string split -n ' ' -- $repo) 2>/dev/null
        case files
            __fish_complete_path $token
        case folders
            __fish_complete_directories $token ''
    end
end

function __repobase_complete
    set -l typed (commandline -opc)
    set -l token (commandline -ct)
    set -l program $typed[1]
    set -l command ''
    set -l flag ''
    set -l repo ''
    set -l ended ''
    set -l place 1
    for word in $typed[2..-1]
        if test -n "$flag"
            test $flag = --repo; and set repo $word
            set flag ''
        else if test -z "$ended" -a "$word" = --
            set ended 1
        else if test -z "$ended"; and string match -q -- '--*=*' $word
            string match -q -- '--repo=*' $word; and set repo (string replace -r '^[^=]*=' '' -- $word)
        else if test -z "$ended"; and string match -q -- '-*' $word
            test -n "$(__repobase_value "$command $word")"; and set flag $word
        else if test $place = 1; and contains -- $word (__repobase_next $command | string replace -r '\t.*' '')
            set command (string trim -- "$command $word")
        else
            set -l kinds (__repobase_places $command)
            test "$kinds[1]" = repos -a -z "$repo"; and set repo $word
            set place (math $place + 1)
        end
    end
    set -l before ''
    if test -z "$flag" -a -z "$ended"; and string match -q -- '--*=*' $token
        set flag (string replace -r '=.*' '' -- $token)
        set before "$flag="
        set token (string replace -r '^[^=]*=' '' -- $token)
    end
    if test -n "$flag"
        __repobase_offer "$program" "$repo" (__repobase_value "$command $flag") $token | string replace -r '^' -- $before
    else if test -z "$ended"; and string match -q -- '-*' $token
        __repobase_flags $command
    else
        test $place = 1; and __repobase_next $command
        set -l kinds (__repobase_places $command)
        set -l kind $kinds[$place]
        if test "$kinds[-1]" = ...; and test -z "$kind" -o "$kind" = ...
            set kind $kinds[-2]
        end
        __repobase_offer "$program" "$repo" "$kind" $token
    end
end

complete -c repobase -e
complete -c repobase -f -a '(__repobase_complete)'
