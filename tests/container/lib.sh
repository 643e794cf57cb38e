# shellcheck shell=bash
# What the tests in this folder share; they source it. No Docker engine is needed: buildah builds, podman runs, and
# mmdebstrap makes the base image from the Debian mirror that this host uses.
#
# Images and layers are kept for the next run in $BTP_CONTAINER_CACHE, by default a folder below ~/.cache: cold about
# two minutes, warm some seconds.
set -euo pipefail
shopt -s inherit_errexit

readonly base=localhost/debian:bookworm-slim image=localhost/btp_cert_exporter:test
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${BTP_CONTAINER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/btp_cert_exporter/containers}
work=$(mktemp -d)
chmod a+x "$work" # containers with another user look into it
name=btp-test-$$
checks=0

skip() {
	echo "skipped: $*"
	exit 77
}

fail() {
	echo "FAILED: $*" >&2
	! podman container exists "$name" || podman logs "$name" 2>&1 | tail -n 20 >&2
	exit 1
}

ok() {
	checks=$((checks + 1))
	echo "ok: $*"
}

# A test that starts more than the container $name defines stop_all.
cleanup() {
	! declare -F stop_all >/dev/null || stop_all
	podman rm --force --time 0 "$name" >"$work/rm" 2>&1 || true
	rm -rf "$work"
}
trap cleanup EXIT

need_tools() {
	local tool
	for tool in buildah podman runc conmon iptables mmdebstrap curl openssl jq "$@"; do
		command -v "$tool" >/dev/null || skip "$tool is not installed (scripts/install container)"
	done
}

# What a restricted host needs: no raising of limits, cgroups of version 1 (which crun refuses), no
# systemd. Storage of our own: nothing is mixed with other images of this host.
configure() {
	mkdir -p "$cache"
	export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
	export CONTAINERS_REGISTRIES_CONF=$work/registries.conf
	cat >"$CONTAINERS_CONF" <<-END
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		[network]
		network_backend = "netavark"
	END
	cat >"$CONTAINERS_STORAGE_CONF" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$cache/storage"
		runroot = "$work/run"
	END
	echo 'unqualified-search-registries = []' >"$CONTAINERS_REGISTRIES_CONF"
	exec 9>"$cache/lock"
	flock 9
	podman info >"$work/info" 2>&1 || skip "podman does not work here: $(tail -n 1 "$work/info")"
}

# The apt sources of this host for bookworm, as lines.
apt_sources() {
	# shellcheck disable=SC2016 # the names are apt's
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(CREATED_BY)' |
		awk '$2 ~ /^bookworm/ && $3 == "main" && $4 == "Packages" { print "deb", $1, $2, $3 }' |
		sort -u
}

# A stand-in for the published image: the same packages and the same habits of apt.
# shellcheck disable=SC2016 # the hooks are for another shell
make_base() {
	local sources
	podman image exists "$base" && return
	sources=$(apt_sources)
	[[ -n $sources ]] || skip "this host has no apt sources for Debian bookworm"
	mmdebstrap --quiet --variant=minbase --include=usr-is-merged \
		--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
		--customize-hook='rm -f "$1"/var/cache/apt/*.bin' \
		--customize-hook='printf "Dir::Cache::pkgcache \"\";\nDir::Cache::srcpkgcache \"\";\n" \
			>"$1/etc/apt/apt.conf.d/docker-clean"' \
		bookworm "$work/base.tar" - <<<"$sources" >"$work/mmdebstrap" 2>&1 ||
		skip "the base image cannot be made: $(tail -n 1 "$work/mmdebstrap")"
	podman import --quiet --change 'CMD ["bash"]' "$work/base.tar" "$base" >"$work/import" 2>&1 ||
		skip "the base image cannot be imported: $(tail -n 1 "$work/import")"
	rm "$work/base.tar"
}

# Layers of old builds: only as many as make the next build quick.
forget_old_layers() {
	local ids
	[[ $(podman images --all --quiet | sort -u | wc -l) -lt 120 ]] && return
	ids=$(podman images --all --format '{{.ID}} {{.Repository}}' | awk '$2 == "<none>" { print $1 }' | sort -u)
	xargs -r podman rmi --force <<<"$ids" >"$work/rmi" 2>&1 || true
}

# build_image TAG FLAG...: the image of the Dockerfile, with fixed times, so that equal sources give equal images
build_image() {
	local tag=$1
	shift
	buildah bud --isolation chroot --pull-never --format docker --tag "$tag" --timestamp 1700000000 \
		--build-arg SOURCE_DATE_EPOCH=1700000000 --build-arg REVISION=test-revision "$@" \
		"$root" >"$work/build" 2>&1 || {
		tail -n 40 "$work/build" >&2
		fail "the image cannot be built"
	}
}

build() {
	make_base
	podman run --rm --publish 127.0.0.1::9936 --memory 64m "$base" true \
		>"$work/run-base" 2>&1 ||
		skip "containers cannot run here: $(tail -n 1 "$work/run-base")"
	forget_old_layers
	build_image "$image" --layers
}

# make_certificate FOLDER: a.pem with CN=container.example, and its key aside
make_certificate() {
	mkdir -p "$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
		-subj /CN=container.example -keyout "$work/key" -out "$1/a.pem" 2>"$work/openssl"
	chmod -R a+rX "$1"
}

# make_service_key FILE: one that looks real and works nowhere
make_service_key() {
	jq -n '{ clientid: "sb-made-up!b1|destination-xsappname!b2", clientsecret: "made-up",
		url: "https://made-up.authentication.invalid",
		uri: "https://destination-configuration.invalid", identityzone: "made-up",
		tenantid: "made-up", instanceid: "made-up" }' >"$1"
}

fetch() { # fetch URL FILE: with patience for what has only just started
	curl --silent --fail --retry 40 --retry-delay 1 --retry-all-errors --max-time 10 --output "$2" "$1"
}
