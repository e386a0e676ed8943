# shellcheck shell=bash
# The kernel matrix: the tests of the eBPF programs in virtual machines that run Debian's kernels. A guest has no disk: its root is the
# host's, read-only, with a layer of memory above, so that it finds the build, .NET and every tool at the place where the host has them.
# Part of tests/run: $work, the directory of the run, and the counts are its own.
: "${work:=}"

# A QEMU of another Debian than this one may lack virtiofsd where it is looked for here; the check says so.
kernel_packages=(qemu-system-x86 qemu-system-common busybox-static cpio xz-utils)
kernel_cache=${XDG_CACHE_HOME:-$HOME/.cache}/intercept-kernels
# All of them but the compiler's, which no kernel concerns, and the case table, of which a few rows stand for the rest: emulated, a row
# takes some ten seconds.
kernel_tests='FullyQualifiedName~Netns.Ebpf&FullyQualifiedName!~UnderEbpf&FullyQualifiedName!~CompileTests|FullyQualifiedName~UnderEbpf&DisplayName~injected'
kernel_tests+='|FullyQualifiedName~UnderEbpf&DisplayName~exclude-both-families|FullyQualifiedName~UnderEbpf&DisplayName~owner-groups-included'
# Whether the object loads and attaches, captures in both directions, and stays when its loader ends.
kernel_tests_short='FullyQualifiedName~Netns.Ebpf.Load|FullyQualifiedName~The_proxy_learns_where|FullyQualifiedName~A_connection_from_outside_reaches'
kernel_tests_short+='|FullyQualifiedName~Both_directions_are_shown|FullyQualifiedName~Pinned_programs_outlive|FullyQualifiedName~UnderEbpf&DisplayName~injected'
# The oldest kernel that Debian has for bookworm, and the newest two that its backports have.
kernel_suites=(bookworm-security bookworm-backports trixie-backports)
# Seconds for one guest. It takes some twenty minutes of a machine of its own, and twice that beside others: this is for one that hangs.
kernel_limit=5400

kernel_pids=()

# Ended by the numbers that they were started with, whatever else of their name runs here.
kernels_stop() {
	local pid
	for pid in "${kernel_pids[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	kernel_pids=()
}

# apt for one suite alone, with lists of its own: neither the machine's sources nor its packages change.
kernel_apt() {
	local suite=$1 command=$2
	shift 2
	timeout 300 "$command" -q -o "Dir::Etc::sourcelist=$kernel_cache/$suite/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o "Dir::State::lists=$kernel_cache/$suite/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o APT::Sandbox::User=root "$@"
}

# The mirror that this machine is set up for, whichever it is.
kernel_mirror() {
	local archive=debian
	[[ $1 != *-security ]] || archive=debian-security
	# shellcheck disable=SC2016 # apt's own placeholder
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 "/$archive/\$"
}

# kernel_fetch SUITE: unpacks the newest kernel of the suite into the cache, installs nothing, and prints its release.
kernel_fetch() {
	local suite=$1 mirror meta release package deb packages=() root
	mkdir -p "$kernel_cache/$suite/lists/partial"
	mirror=$(kernel_mirror "$suite") || {
		printf 'apt knows no mirror that has %s\n' "$suite" >&2
		return 1
	}
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$suite" >"$kernel_cache/$suite/sources.list"
	debian_quietly kernel_apt "$suite" apt-get update || return
	meta=$(kernel_apt "$suite" apt-cache show --no-all-versions linux-image-cloud-amd64) || return
	release=$(grep -oE 'linux-image-[0-9][^ ,]*-cloud-amd64' <<<"$meta" | head -n 1)
	release=${release#linux-image-}
	root=$kernel_cache/$release
	if [[ ! -f $root/complete ]]; then
		rm -rf "$root" "$root.part"
		mkdir -p "$root.part/debs"
		# From 7.x on the image and its modules are packages of their own.
		for package in image binary modules base; do
			package=linux-$package-$release
			[[ -z $(kernel_apt "$suite" apt-cache show "$package" 2>/dev/null) ]] || packages+=("$package")
		done
		(cd "$root.part/debs" && debian_quietly kernel_apt "$suite" apt-get download "${packages[@]}") || return
		for deb in "$root.part"/debs/*.deb; do
			dpkg-deb -x "$deb" "$root.part"
		done
		rm -rf "$root.part/debs"
		# A merged /usr or not, the guest looks in one place; and busybox reads no compressed module.
		[[ -d $root.part/lib ]] || ln -s usr/lib "$root.part/lib"
		find "$root.part/lib/modules/" -name '*.ko.xz' -exec unxz {} +
		busybox depmod -b "$root.part" "$release"
		touch "$root.part/complete"
		mv "$root.part" "$root"
	fi
	printf '%s\n' "$release"
}

kernel_image() {
	local image
	for image in "$kernel_cache/$1/boot/vmlinuz-$1" "$kernel_cache/$1/lib/modules/$1/vmlinuz"; do
		[[ ! -f $image ]] || printf '%s\n' "$image"
	done | head -n 1
}

# kernel_initramfs RELEASE FILE: the modules that reach the host's root, and nothing else but busybox.
kernel_initramfs() {
	local release=$1 file=$2 root=$work/initramfs-$1 modules=$kernel_cache/$1/lib/modules/$1
	mkdir -p "$root"/{bin,proc,sys,dev,host,layer} "$root/lib/modules/$release"
	cp "$(command -v busybox)" "$root/bin/"
	(cd "$modules" && find . \( -path '*/drivers/virtio/*' -o -path '*/fs/fuse/*' -o -path '*/fs/overlayfs/*' -o -name 'virtio_blk.ko' \) -name '*.ko' |
		cpio -pd --quiet "$root/lib/modules/$release")
	# What is built in is no module, and no error.
	cp "$modules"/modules.{builtin,order} "$root/lib/modules/$release/"
	busybox depmod -b "$root" "$release"
	cat >"$root/init" <<-TEXT
		#!/bin/busybox sh
		set -e
		alias b=/bin/busybox
		b mount -t proc proc /proc
		b mount -t sysfs sys /sys
		b mount -t devtmpfs dev /dev
		for module in virtio_pci virtio_blk virtiofs overlay; do b modprobe \$module; done
		b mount -t tmpfs layer /layer
		b mkdir /layer/upper /layer/work /layer/root
		b mount -t virtiofs -o ro host /host
		b mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work overlay /layer/root
		for place in proc sys dev; do b mount --move /\$place /layer/root/\$place; done
		exec /bin/busybox switch_root /layer/root /usr/bin/env -i -C $PWD HOME=/root PATH=$PATH DOTNET_ROOT=${DOTNET_ROOT:-} INTERCEPT_BIN=$PWD/out/bin \\
			/bin/bash $PWD/tests/lib/kernel-guest $kernel_cache/$release/lib/modules/$release '$kernel_tests'
	TEXT
	chmod +x "$root/init"
	(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$file"
}

# KVM where it works. Its device may be there and its guests hang, so that one is tried.
kernel_accelerator() {
	local pid tries
	if [[ -w /dev/kvm ]]; then
		timeout --kill-after=1 10 qemu-system-x86_64 -accel kvm -m 512 -display none -no-reboot -serial "file:$work/kvm.log" \
			-kernel "$1" -append 'console=ttyS0 panic=-1' </dev/null >/dev/null 2>&1 &
		pid=$!
		for tries in {1..50}; do
			: "$tries"
			! grep -q 'Linux version' "$work/kvm.log" 2>/dev/null || {
				kill "$pid" 2>/dev/null || true
				printf 'kvm\n'
				return
			}
			sleep 0.1
		done
		kill "$pid" 2>/dev/null || true
	fi
	printf 'tcg,thread=multi\n'
}

# kernel_boot RELEASE ACCELERATOR RESULTS: runs the guest to its end and unpacks what it wrote to its disk.
kernel_boot() {
	local release=$1 accelerator=$2 results=$3 socket=$work/virtiofs-$1 tries status=0 daemon line='console=ttyS0 panic=-1 quiet'
	# QEMU 7.2 emulates an unlocked cmpxchg16b so that the flags are now and then those of nowhere, and 6.12 allocates memory with it:
	# the kernel is told to do without (the number is that of X86_FEATURE_CX16). Its programs are not: NativeAOT does not start on a
	# processor that lacks it. Nor is 7, which allocates otherwise, and without it has no memory at all for a socket's BPF storage.
	[[ $accelerator == kvm || ${release%%.*} -ge 7 ]] || line+=' clearcpuid=141'
	for daemon in /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd; do
		[[ ! -x $daemon ]] || break
	done
	kernel_initramfs "$release" "$work/initramfs-$release.gz" || return
	truncate -s 64M "$results.disk"
	"$daemon" --socket-path="$socket" -o source=/ -o cache=always -o sandbox=chroot -f >"$work/virtiofs.log" 2>&1 </dev/null &
	kernel_pids+=($!)
	for tries in {1..100}; do
		: "$tries"
		[[ ! -S $socket ]] || break
		sleep 0.05
	done
	timeout --kill-after=5 "$kernel_limit" qemu-system-x86_64 -accel "$accelerator" -cpu max -smp 2 -m 3G -display none -no-reboot \
		-serial "file:$results.console" -kernel "$(kernel_image "$release")" -initrd "$work/initramfs-$release.gz" \
		-append "$line" \
		-object memory-backend-memfd,id=memory,size=3G,share=on -numa node,memdev=memory \
		-chardev "socket,id=host,path=$socket" -device vhost-user-fs-pci,chardev=host,tag=host \
		-drive "file=$results.disk,format=raw,if=virtio" >"$results.qemu" 2>&1 </dev/null &
	kernel_pids+=($!)
	wait $! || status=$?
	kernels_stop
	mkdir -p "$results"
	tar -xf "$results.disk" -C "$results" 2>/dev/null || true
	[[ -f $results/results.trx ]] || {
		printf 'the guest gave no results (exit %d, %s):\n' "$status" "$accelerator"
		tail -n 30 "$results.qemu" "$results.console" "$results/log" 2>/dev/null
		return 1
	}
}

# kernel_check SUITE: one line for the kernel, its tests counted with all others.
kernel_check() {
	local suite=$1 release accelerator results counts began=$SECONDS
	release=$(kernel_fetch "$suite") || {
		failed=$((failed + 1))
		printf 'FAILED   kernel of %s cannot be had\n' "$suite"
		return
	}
	results=$work/kernel-$release
	accelerator=$(kernel_accelerator "$(kernel_image "$release")")
	if ! kernel_boot "$release" "$accelerator" "$results" >"$results.log" || ! counts=$(python3 tests/lib/trx.py "$results/results.trx" 2>"$results.names"); then
		failed=$((failed + 1))
		printf 'FAILED   kernel %s\n' "$release"
		sed 's/^/         /' "$results.log"
		return
	fi
	sed -E "s/^(FAILED|skipped) +/&kernel $release: /" "$results.names"
	read -r -a counts <<<"$counts"
	passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
	printf '%-8s kernel %s: %d passed, %d failed, %d skipped (%s, %d s)\n' "$( ((counts[1])) && echo FAILED || echo passed)" \
		"$release" "${counts[@]}" "${accelerator%%,*}" $((SECONDS - began))
	((counts[0] + counts[1] > 0)) || {
		failed=$((failed + 1))
		printf 'FAILED   kernel %s ran no test\n' "$release"
	}
}

# kernels SUITE...|all|short: short is the oldest kernel with a few tests.
kernels() {
	local suite
	case ${1:-} in
		'') return ;;
		all) set -- "${kernel_suites[@]}" ;;
		short)
			set -- "${kernel_suites[0]}"
			kernel_tests=$kernel_tests_short
			;;
	esac
	debian_need "${kernel_packages[@]}"
	for suite in "$@"; do
		kernel_check "$suite"
	done
}
