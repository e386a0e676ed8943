# shellcheck shell=bash
# What a listener on the wire hears: tcpdump in a namespace, and what its file holds.

# wire_listen POD INTERFACE FILE [FILTER...]: returns once tcpdump listens; its pid is in FILE.pid.
wire_listen() {
	local pod=$1 interface=$2 file=$3
	shift 3
	exec_in_pod "$pod" tcpdump --interface "$interface" --immediate-mode --packet-buffered -s 0 -Z root -w "$file" "$@" \
		>/dev/null 2>"$file.log" </dev/null &
	printf '%s\n' "$!" >"$file.pid"
	disown
	wait_for 5 grep -q 'listening on' "$file.log" || {
		cat "$file.log" >&2
		return 1
	}
}

# wire_stop FILE: tcpdump leaves unread what it has not read when it is told to end, so its file must be at rest before.
wire_stop() {
	local pid size=-1
	pid=$(<"$1.pid")
	while [[ $size != $(stat -c %s "$1") ]]; do
		size=$(stat -c %s "$1")
		sleep 0.3
	done
	kill -s INT "$pid"
	wait_for 5 pids_are_gone "$pid"
}

wire_holds() {
	grep --quiet --text --fixed-strings -- "$2" "$1"
}

# wire_packets FILE FILTER...: how many of its packets the filter takes.
wire_packets() {
	local file=$1
	shift
	tcpdump -n -r "$file" "$@" 2>/dev/null | wc -l
}
