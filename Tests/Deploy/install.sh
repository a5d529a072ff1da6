#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs what `make release` has made: the package in a Debian 12 with systemd, the tarball in a
# Debian 13; see install.py and tarball.py.
#
# As root, on Debian, with a kernel that has cgroup2. The systems that debootstrap made, and the
# program of the previous version, stay in .build/install-test; each run has a copy of them.
#
# Usage: Tests/Deploy/install.sh DIST
#        PREVIOUS=PROGRAM takes the place of a build of the previous version
set -eu
dist=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

for tool in debootstrap dpkg-deb systemd-nspawn unshare nsenter ip; do
    command -v "$tool" >/dev/null || { echo "$0: $tool is needed" >&2; exit 69; }
done
[ "$(id -u)" -eq 0 ] || { echo "$0: only root can make containers" >&2; exit 77; }
set -- "$dist"/cordwood_*.deb
package=$1
[ -e "$package" ] || { echo "$0: there is no package in $dist: make release" >&2; exit 66; }

place=$PWD/.build/install-test
mkdir -p "$place"

# A system of its own for each name; complete only when debootstrap has ended well.
system() {
    [ "$(cat "$place/$1.packages" 2>/dev/null)" = "$2" ] && return
    rm -rf "$place/$1" "$place/$1.new"
    debootstrap --variant=minbase --include="$2" "$1" "$place/$1.new" >"$place/$1.log"
    mv "$place/$1.new" "$place/$1"
    echo "$2" >"$place/$1.packages"
}

# What the package depends on is downloaded now, because the container has no network.
download() {
    cp "$package" "$place/bookworm/tmp/cordwood.deb"
    chroot "$place/bookworm" sh -c 'apt-get update --quiet=2 &&
        apt-get install --quiet=2 --yes --download-only /tmp/cordwood.deb'
    rm "$place/bookworm/tmp/cordwood.deb"
}

# The commit before the one that gave this version its number.
source=Sources/Cordwood/Service/Version.swift
previous_commit() {
    git rev-parse "$(git log -1 --format=%H -G'static let current = ' -- $source)^"
}

build_previous() {
    commit=$(previous_commit)
    PREVIOUS=$place/previous-$commit
    [ -e "$PREVIOUS" ] && return
    rm -rf "$place/source"
    git clone --quiet --shared . "$place/source"
    git -C "$place/source" checkout --quiet "$commit"
    swift build --package-path "$place/source" --configuration release --static-swift-stdlib \
        --product cordwood
    cp "$place/source/.build/release/cordwood" "$PREVIOUS"
    rm -rf "$place/source"
}

# There were no packages then: this one, with the program and the number of then.
package_previous() {
    rm -rf "$place/package"
    dpkg-deb --raw-extract "$package" "$place/package"
    strip --output-file="$place/package/usr/bin/cordwood" "$PREVIOUS"
    number=$("$PREVIOUS" version | cut -d ' ' -f 2)
    sed -i "s/^Version: .*/Version: $number-1/" "$place/package/DEBIAN/control"
    dpkg-deb --root-owner-group --build "$place/package" "$place/previous.deb" >/dev/null
}

system bookworm systemd,systemd-sysv,curl,openssl
system trixie curl
download
[ -n "${PREVIOUS:-}" ] || build_previous
package_previous

rm -rf "$place/root"
cp --archive --reflink=auto "$place/bookworm" "$place/root"
cp "$place/previous.deb" "$package" "$dist"/cordwood-*.tar.gz "$place/root/root/"
# The commands of the page ask nobody.
echo 'APT::Get::Assume-Yes "true";' >"$place/root/etc/apt/apt.conf.d/assume-yes"
# A network of its own, so that the port is free and nobody else reaches it; control groups that
# this systemd may have for itself, and a place for what systemd-nspawn notes.
unshare --net --mount sh -c '
    ip link set lo up && mount -t cgroup2 cgroup2 /sys/fs/cgroup && mount -t tmpfs tmpfs /run
    exec python3 -B "$@"' sh Tests/Deploy/install.py "$place/root"

rm -rf "$place/root"
cp --archive --reflink=auto "$place/trixie" "$place/root"
unshare --net --mount --pid --fork --kill-child sh -c '
    ip link set lo up && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev"
    exec python3 -B Tests/Deploy/tarball.py "$@"' sh "$place/root" "$dist"/cordwood-*.tar.gz
rm -rf "$place/root"
