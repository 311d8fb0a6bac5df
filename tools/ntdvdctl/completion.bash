# SPDX-License-Identifier: GPL-2.0-only
# bash completion for ntdvdctl

_ntdvdctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local word words=() choices nodes

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
	case ${words[0]-} in
	'') choices="list info structure region sessions probe raw --help --version" ;;
	list | sessions) choices="--json" ;;
	info | probe) choices="--json $nodes" ;;
	structure)
		choices="--json --output --layer"
		case ${#words[@]} in
		1) choices+=" $nodes" ;;
		2) choices+=" physical copyright bca manufacturer list" ;;
		esac ;;
	region)
		choices="--json --yes"
		case ${#words[@]} in
		1) choices+=" get set" ;;
		2) choices+=" $nodes" ;;
		3) [ "${words[1]}" != set ] || choices+=" 1 2 3 4 5 6 7 8" ;;
		esac ;;
	raw)
		choices="--json --output --length --yes"
		case ${#words[@]} in
		1) choices+=" $nodes" ;;
		2) choices+=" IOCTL_DVD_START_SESSION IOCTL_DVD_READ_KEY IOCTL_DVD_SEND_KEY
			IOCTL_DVD_END_SESSION IOCTL_DVD_SET_READ_AHEAD IOCTL_DVD_GET_REGION
			IOCTL_DVD_SEND_KEY2 IOCTL_DVD_READ_STRUCTURE
			IOCTL_STORAGE_SET_READ_AHEAD IOCTL_AACS_READ_MEDIA_KEY_BLOCK_SIZE
			IOCTL_AACS_READ_MEDIA_KEY_BLOCK IOCTL_AACS_START_SESSION
			IOCTL_AACS_END_SESSION IOCTL_AACS_SEND_CERTIFICATE
			IOCTL_AACS_GET_CERTIFICATE IOCTL_AACS_GET_CHALLENGE_KEY
			IOCTL_AACS_SEND_CHALLENGE_KEY IOCTL_AACS_READ_VOLUME_ID
			IOCTL_AACS_READ_SERIAL_NUMBER IOCTL_AACS_READ_MEDIA_ID
			IOCTL_AACS_READ_BINDING_NONCE IOCTL_AACS_GENERATE_BINDING_NONCE" ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
}
complete -F _ntdvdctl ntdvdctl
