# SPDX-License-Identifier: GPL-2.0-only
# fish completion for ntdvdctl. What there is to choose from is read from its help.

# "word<tab>description" for each line below the one that begins with $argv[2]
function __ntdvdctl_words
    ntdvdctl help (string match -rv '^$' -- $argv[1]) 2>/dev/null |
        sed -n "/^$argv[2]/,/^\$/s/^  \([^ ]*\) *\(.*  \)\? *\(.*\)/\1\t\3/p"
end

# The words before the one that is being completed, without options and ntdvdctl
function __ntdvdctl_given
    for word in (commandline -opc)[2..]
        string match -qr '^-' -- $word; or echo $word
    end
end

# Is the command one of $argv[2..], and are as many words given as $argv[1] says?
function __ntdvdctl_at
    set -l given (__ntdvdctl_given)
    test (count $given) = $argv[1]; and contains -- "$given[1]" $argv[2..]
end

function __ntdvdctl_options
    ntdvdctl help (__ntdvdctl_given)[1] 2>/dev/null |
        sed -n '/^Options:/,/^$/s/.*\(--[a-z]*\)[^ ]*\( [A-Z]*\)\? *\(.*\)/\1\t\3/p'
end

complete -c ntdvdctl -f
complete -c ntdvdctl -n 'string match -q -- "-*" (commandline -ct)' -a '(__ntdvdctl_options)'
complete -c ntdvdctl -n 'test (count (__ntdvdctl_given)) = 0' -a '(__ntdvdctl_words "" Commands)'
complete -c ntdvdctl -n '__ntdvdctl_at 1 help' -a '(__ntdvdctl_words "" Commands)'
complete -c ntdvdctl -n '__ntdvdctl_at 1 info probe structure raw trace' -a '/dev/ntdvd*'
complete -c ntdvdctl -n '__ntdvdctl_at 2 region' -a '/dev/ntdvd*'
complete -c ntdvdctl -n '__ntdvdctl_at 1 region' -a 'get set'
complete -c ntdvdctl -n '__ntdvdctl_at 3 region' -a '(__ntdvdctl_words region REGION)'
complete -c ntdvdctl -n '__ntdvdctl_at 2 structure' -a '(__ntdvdctl_words structure FORMAT)'
complete -c ntdvdctl -n '__ntdvdctl_at 2 raw' -a '(__ntdvdctl_words raw CODE)'
complete -c ntdvdctl -s o -l output -r -F -n '__fish_seen_subcommand_from structure raw'
