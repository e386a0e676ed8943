# shellcheck shell=bash
# Debian packages: installs what is missing, starts no service, says what it does.

export DEBIAN_FRONTEND=noninteractive

debian_missing() {
	local package
	for package in "$@"; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
	done
}

# debian_need PACKAGE...: asks apt only when something is missing, so that a machine without a mirror still works.
debian_need() {
	local missing
	mapfile -t missing < <(debian_missing "$@")
	((${#missing[@]})) || return 0
	command -v apt-get >/dev/null || {
		printf 'not a Debian system: install by hand: %s\n' "${missing[*]}" >&2
		return 1
	}
	printf 'installing from Debian: %s\n' "${missing[*]}" >&2
	debian_quietly apt-get update -q && debian_without_services apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# A package's service must not start here: policy-rc.d is Debian's own way to say so.
debian_without_services() {
	local policy=/usr/sbin/policy-rc.d ours='' status=0
	if [[ ! -e $policy ]]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
		ours=1
	fi
	debian_quietly "$@" || status=$?
	[[ -z $ours ]] || rm -f "$policy"
	return "$status"
}

# The text of apt is worth reading only when it failed. It must not see our terminal or our standard input.
debian_quietly() {
	local log status=0
	log=$(mktemp)
	"$@" >"$log" 2>&1 </dev/null || {
		status=$?
		cat "$log" >&2
		printf 'failed: %s\n' "$*" >&2
	}
	rm -f "$log"
	return "$status"
}

# as_root COMMAND...: replaces this program by COMMAND under sudo, with the PATH in which dotnet was found.
as_root() {
	command -v sudo >/dev/null || {
		printf 'this needs root, and there is no sudo\n' >&2
		exit 1
	}
	exec sudo --preserve-env=CI,DOTNET_ROOT,NUGET_PACKAGES,HTTPS_PROXY,https_proxy env PATH="$PATH" "$@"
}

# Under sudo, what a build wrote into the checkout belongs to the person who called.
give_back() {
	[[ -n ${SUDO_UID:-} ]] || return 0
	find "$1" \( -name bin -o -name obj -o -name out \) -type d -prune -exec chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" {} +
}
