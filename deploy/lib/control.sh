# shellcheck shell=bash
# intercept-control in a pod of its own: a folder of manifests in, xDS and certificates out.

# control_start POD PROGRAM DIRECTORY MANIFESTS ADDRESS: its keys and roots, its log and its pid are in DIRECTORY.
control_start() {
	[[ -d $3 ]] || mkdir -m 755 "$3"
	exec_in_pod "$1" "$2" serve --manifests "$4" --state-dir "$3/state" --roots-file "$3/roots.pem" --server-name "$5" --plaintext-address off \
		>>"$3/log" 2>&1 </dev/null &
	printf '%s\n' "$!" >"$3/pid"
	disown
	wait_for 20 control_is_ready "$1"
}

control_is_ready() {
	in_pod "$1" curl --silent --fail --max-time 2 http://127.0.0.1:15014/ready
}

# control_token PROGRAM DIRECTORY IDENTITY FILE OWNER: who holds FILE may have IDENTITY. Its user OWNER alone can read it.
control_token() {
	(umask 077 && "$1" token create --state-dir "$2/state" --identity "$3" --ttl 1h >"$4" 2>>"$2/log") || return
	chown "$5" "$4"
}

control_kill() {
	local pid
	pid=$(<"$1/pid")
	kill -s KILL "$pid"
	wait_for 5 pids_are_gone "$pid"
}
