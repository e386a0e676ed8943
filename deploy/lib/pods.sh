# shellcheck shell=bash
# Pods as network namespaces on a bridge. The bridge has a namespace of its own, so that the machine's own network gets
# nothing: no interface, no address, no rule. Every name carries the pid of the maker, by which leftovers are told.

pods_prefix=intercept-pods
pods_cgroup=''

pod_namespace() {
	printf '%s-%s-%s' "$pods_prefix" "${pods_owner:-$$}" "$1"
}

pods_wire() {
	local wire
	wire=$(pod_namespace wire)
	ip netns add "$wire"
	ip -n "$wire" link set lo up
	ip -n "$wire" link add bridge type bridge
	ip -n "$wire" link set bridge up
}

# pod_create NAME IPV4/LEN IPV6/LEN
pod_create() {
	local namespace
	namespace=$(pod_namespace "$1")
	ip netns add "$namespace"
	ip -n "$namespace" link set lo up
	ip -n "$namespace" link add eth0 type veth peer name "$1" netns "$(pod_namespace wire)"
	ip -n "$(pod_namespace wire)" link set "$1" master bridge up
	ip -n "$namespace" link set eth0 up
	ip -n "$namespace" address add "$2" dev eth0
	# Without duplicate address detection the address can be used at once.
	ip -n "$namespace" address add "$3" dev eth0 nodad
}

# pods_cgroups: from here on the pods' processes are in a cgroup of their pod, as in Kubernetes: `app`, or `proxy` with pods_container=proxy.
pods_cgroups() {
	pods_cgroup=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
	[[ -n $pods_cgroup ]]
}

pod_cgroup() {
	printf '%s/%s' "$pods_cgroup" "$(pod_namespace "$1")"
}

pod_cgroup_create() {
	mkdir "$(pod_cgroup "$1")" "$(pod_cgroup "$1")/app" "$(pod_cgroup "$1")/proxy"
}

# in_pod NAME COMMAND...: as root.
in_pod() {
	(exec_in_pod "$@")
}

# in_pod_as NAME UID COMMAND...: as a user without a capability and without a way to get one.
in_pod_as() {
	(exec_in_pod_as "$@")
}

# With `&` the pid of these is the command's own. nsenter, because `ip netns exec` hides /sys/fs/cgroup.
exec_in_pod() {
	local namespace
	namespace=$(pod_namespace "$1")
	# The wire is no pod.
	[[ -z $pods_cgroup || ! -d $(pod_cgroup "$1") ]] || printf '%s' "$BASHPID" >"$(pod_cgroup "$1")/${pods_container:-app}/cgroup.procs"
	shift
	exec nsenter --net="/run/netns/$namespace" "$@"
}

exec_in_pod_as() {
	local pod=$1 uid=$2
	shift 2
	exec_in_pod "$pod" setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
}

# wait_for SECONDS COMMAND...: true as soon as COMMAND is.
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < deadline)) || return 1
		sleep 0.05
	done
}

pod_listens() {
	[[ -n $(in_pod "$1" ss --no-header --listening --numeric --tcp "sport = :$2") ]]
}

# Everything that runs in a namespace of ours was started by us.
pods_stop() {
	local namespace pid pids signal
	for signal in TERM KILL; do
		pids=()
		while IFS= read -r namespace; do
			while IFS= read -r pid; do pids+=("$pid"); done < <(ip netns pids "$namespace" 2>/dev/null)
		done < <(pods_namespaces "$1")
		((${#pids[@]})) || return 0
		kill -s "$signal" "${pids[@]}" 2>/dev/null || true
		wait_for 5 pids_are_gone "${pids[@]}" || true
	done
}

pids_are_gone() {
	! kill -0 "$@" 2>/dev/null
}

# pods_namespaces OWNER: those that a quickstart with that pid made.
pods_namespaces() {
	ip netns list | cut -d' ' -f1 | grep -E "^$pods_prefix-$1-" || true
}

pods_remove() {
	local namespace group mount
	pods_stop "$1"
	mount=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
	for group in "$mount/$pods_prefix-$1"-*; do
		[[ ! -d $group ]] || rmdir "$group/app" "$group/proxy" "$group"
	done
	while IFS= read -r namespace; do
		ip netns delete "$namespace"
	done < <(pods_namespaces "$1")
}
