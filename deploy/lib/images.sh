# shellcheck shell=bash
# The parts of an image: files out of Debian's packages with the shared libraries that they need, and nothing of the machine that
# builds. No package is installed for it, so an image for another architecture is made the same way.

images_cache=${XDG_CACHE_HOME:-$HOME/.cache}/intercept-images

# image_triplet ARCH: the directory of its libraries, and the dynamic linker's own.
image_triplet() {
	case $1 in
		amd64) printf 'x86_64-linux-gnu' ;;
		arm64) printf 'aarch64-linux-gnu' ;;
	esac
}

# apt with lists of its own, for one architecture: neither the machine's lists nor its packages change.
image_apt() {
	local arch=$1 command=$2
	shift 2
	timeout 300 "$command" -q -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o "Dir::State::lists=$images_cache/$arch/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}

# image_packages ARCH PACKAGE...: the newest of each, unpacked to $images_cache/ARCH/PACKAGE_VERSION. Prints these directories.
image_packages() {
	local arch=$1 listed name version directories=() missing=()
	shift
	mkdir -p "$images_cache/$arch/lists/partial"
	# An hour is soon enough for security updates, and keeps a run of tests from asking for each image.
	if [[ -z $(find "$images_cache/$arch/lists" -maxdepth 1 -name '*_Packages*' -mmin -60 -print -quit) ]]; then
		debian_quietly image_apt "$arch" apt-get update || return
		find "$images_cache/$arch/lists" -maxdepth 1 -name '*_Packages*' -exec touch {} +
	fi
	listed=$(image_apt "$arch" apt-cache show --no-all-versions "$@" | awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }') || return
	while read -r name version; do
		directories+=("$images_cache/$arch/${name}_${version//:/%3a}")
		[[ -d ${directories[-1]} ]] || missing+=("$name=$version")
	done <<<"$listed"
	((${#directories[@]} == $#)) || {
		printf 'of the packages %s, Debian has only these for %s:\n%s\n' "$*" "$arch" "$listed" >&2
		return 1
	}
	((${#missing[@]} == 0)) || image_fetch "$arch" "${missing[@]}" || return
	printf '%s\n' "${directories[@]}"
}

# Unpacked beside its place first, so that an interrupted one is not taken for the whole.
image_fetch() {
	local arch=$1 work status=0
	shift
	work=$(mktemp -d "$images_cache/$arch/fetch.XXXXXX")
	(
		cd "$work" || exit
		debian_quietly image_apt "$arch" apt-get download "$@" || exit
		local deb target
		for deb in *.deb; do
			# NAME_VERSION_ARCH.deb, with %3a for a colon.
			target=../${deb%_*}
			image_unpack "$deb" "${deb%.deb}" || exit
			[[ -d $target ]] || mv "${deb%.deb}" "$target" || exit
		done
	) || status=$?
	rm -rf "$work"
	return "$status"
}

# image_unpack DEB DIRECTORY: its files in root, what it is in control.
image_unpack() {
	local directory
	mkdir -p "$2/root" || return
	dpkg-deb --extract "$1" "$2/root" && dpkg-deb --field "$1" >"$2/control" || return
	# What some packages still have outside of /usr belongs there, where /bin and /lib are links.
	for directory in bin sbin lib lib64; do
		[[ -d $2/root/$directory ]] || continue
		mkdir -p "$2/root/usr/$directory"
		cp -a "$2/root/$directory/." "$2/root/usr/$directory/" && rm -r "$2/root/${directory:?}" || return
	done
}

# image_root ARCH ROOT PACKAGE... -- FILE...: puts the files (patterns, of whichever package) and all that they need of the packages into
# ROOT, with the terms of each package that gave something. A library that no package has is an error: it would be one at run time.
image_root() {
	local arch=$1 root=$2 packages=() directories=() file found pattern triplet
	shift 2
	while [[ $1 != -- ]]; do
		packages+=("$1")
		shift
	done
	shift
	triplet=$(image_triplet "$arch")
	found=$(image_packages "$arch" "${packages[@]}") || return
	mapfile -t directories <<<"$found"
	mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{etc,proc,sys,dev,run,tmp}
	chmod 1777 "$root/tmp"
	ln -sfn usr/bin "$root/bin"
	ln -sfn usr/sbin "$root/sbin"
	ln -sfn usr/lib "$root/lib"
	ln -sfn usr/lib64 "$root/lib64"
	for pattern in "$@"; do
		found=$(image_find "${pattern//@TRIPLET@/$triplet}" "${directories[@]}")
		[[ -n $found ]] || {
			printf 'none of the packages has %s\n' "$pattern" >&2
			return 1
		}
		while IFS= read -r file; do image_take "$file" "$root"; done <<<"$found"
	done
	image_close "$triplet" "$root" "${directories[@]}" && image_link_interpreters "$root" "${directories[@]}"
}

image_find() {
	local pattern=$1 directory file
	shift
	for directory in "$@"; do
		for file in "$directory"/root$pattern; do
			[[ ! -e $file && ! -L $file ]] || printf '%s\n' "$file"
		done
	done
}

# image_take FILE ROOT: FILE is below .../PACKAGE_VERSION/root.
image_take() {
	local package=${1%/root/*} path=/${1##*/root/}
	[[ ! -e $2$path && ! -L $2$path ]] || return 0
	mkdir -p "$2$(dirname "$path")"
	cp -a "$1" "$2$path"
	image_record "$package" "$2"
}

# The way in which scanners learn what is in an image without a package manager.
image_record() {
	local name
	name=$(basename "$1")
	name=${name%%_*}
	mkdir -p "$2/var/lib/dpkg/status.d"
	cp "$1/control" "$2/var/lib/dpkg/status.d/$name"
	[[ ! -f $1/root/usr/share/doc/$name/copyright ]] || install -D -m 644 "$1/root/usr/share/doc/$name/copyright" "$2/usr/share/doc/$name/copyright"
}

# Until nothing is missing: libraries need libraries.
image_close() {
	local triplet=$1 root=$2 name file more=1
	shift 2
	while [[ -n $more ]]; do
		more=''
		while IFS= read -r name; do
			[[ ! -e $root/usr/lib/$triplet/$name && ! -e $root/usr/lib/$name && ! -e $root/usr/lib64/$name ]] || continue
			file=$(image_find "/usr/lib/$triplet/$name" "$@")
			[[ -n $file ]] || file=$(image_find "/usr/lib/$name" "$@")
			[[ -n $file ]] || {
				printf '%s is needed and in none of the packages\n' "$name" >&2
				return 1
			}
			image_take_library "$file" "$root"
			more=1
		done < <(image_needs "$root")
	done
}

# A library's name is a link to a file with more of its version.
image_take_library() {
	local target
	image_take "$1" "$2"
	[[ -L $1 ]] || return 0
	target=$(dirname "$1")/$(readlink "$1")
	image_take "$target" "$2"
}

# What starts a program is named by its path, and is a link to where the library is.
image_link_interpreters() {
	local root=$1 path file
	shift
	while IFS= read -r path; do
		file=$(image_find "/usr$path" "$@")
		[[ -n $file ]] || {
			printf '%s, which starts programs, is in none of the packages\n' "$path" >&2
			return 1
		}
		image_take "$file" "$root"
	done < <(find "$root" -type f -perm -u+x -exec readelf --program-headers {} + 2>/dev/null | sed -n 's/.*program interpreter: \(.*\)\]/\1/p' | sort -u)
}

image_needs() {
	find "$1" -type f \( -perm -u+x -o -name '*.so*' \) -exec readelf --dynamic {} + 2>/dev/null |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u
}
