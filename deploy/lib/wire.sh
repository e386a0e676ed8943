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

# wire_stop FILE POD ADDRESS: everything that was sent before is in the file. Packets are written in their order, so a datagram of our
# own comes last, from POD to ADDRESS, and is waited for.
wire_stop() {
	local pid
	wait_for 60 wire_marked "$1" "$2" "$3" "mark-$RANDOM-$RANDOM" || {
		printf 'tcpdump did not see the last packet: %s\n' "$(tail -n 2 "$1.log")" >&2
		return 1
	}
	pid=$(<"$1.pid")
	kill -s INT "$pid"
	wait_for 5 pids_are_gone "$pid"
}

# Sent until one is there: a datagram may be lost, to a neighbour that does not answer at once for one.
wire_marked() {
	in_pod "$2" bash -c "printf %s $4 >/dev/udp/$3/9" && wire_holds "$1" "$4"
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
