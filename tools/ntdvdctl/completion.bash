# SPDX-License-Identifier: GPL-2.0-only
# bash completion for ntdvdctl. What there is to choose from is read from its help.

# The first word of each line below the one that begins with $2
_ntdvdctl_words()
{
	ntdvdctl help ${1:+"$1"} 2>/dev/null | sed -n "/^$2/,/^\$/s/^  \([^ ]*\).*/\1/p"
}

_ntdvdctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local word words=() choices="" nodes

	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $word == -* ]] || words+=("$word")
	done
	nodes=$(compgen -G '/dev/ntdvd*')

	case $prev in
	-o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	-L | --layer | -l | --length)
		return ;;
	esac
	if [[ $cur == -* ]]; then
		choices=$(ntdvdctl help "${words[@]:0:1}" 2>/dev/null |
			sed -n '/^Options:/,/^$/s/.*\(--[a-z]*\).*/\1/p')
	else
		case ${words[0]-}:${#words[@]} in
		:0 | help:1) choices=$(_ntdvdctl_words "" Commands) ;;
		info:1 | probe:1 | structure:1 | raw:1 | trace:1 | region:2) choices=$nodes ;;
		structure:2) choices=$(_ntdvdctl_words structure FORMAT) ;;
		raw:2) choices=$(_ntdvdctl_words raw CODE) ;;
		region:1) choices="get set" ;;
		region:3) [ "${words[1]}" != set ] || choices=$(_ntdvdctl_words region REGION) ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
}
complete -F _ntdvdctl ntdvdctl
