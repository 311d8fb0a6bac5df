#compdef ntdvdctl
# SPDX-License-Identifier: GPL-2.0-only
# zsh completion for ntdvdctl. What there is to choose from is read from its help.

# The first word of each line below the one that begins with $2
_ntdvdctl_words() {
	local -a found
	found=(${(f)"$(ntdvdctl help $1 2>/dev/null | sed -n "/^$2/,/^\$/s/^  \([^ ]*\).*/\1/p")"})
	compadd -a found
}

_ntdvdctl() {
	local -a given found
	given=(${${words[2,CURRENT-1]}:#-*})

	case $words[CURRENT-1] in
	-o | --output)
		_files
		return ;;
	-L | --layer | -l | --length)
		return ;;
	esac
	if [[ $words[CURRENT] == -* ]]; then
		found=(${(f)"$(ntdvdctl help $given[1] 2>/dev/null |
			sed -n '/^Options:/,/^$/s/.*\(--[a-z]*\).*/\1/p')"})
		compadd -a found
		return
	fi
	case $given[1]:$#given in
	:0 | help:1) _ntdvdctl_words "" Commands ;;
	info:1 | probe:1 | structure:1 | raw:1 | trace:1 | region:2)
		found=(/dev/ntdvd*(N))
		compadd -a found ;;
	structure:2) _ntdvdctl_words structure FORMAT ;;
	raw:2) _ntdvdctl_words raw CODE ;;
	region:1) compadd get set ;;
	region:3) [[ $given[2] != set ]] || _ntdvdctl_words region REGION ;;
	esac
}

_ntdvdctl "$@"
