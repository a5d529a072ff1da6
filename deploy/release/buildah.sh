# SPDX-License-Identifier: Apache-2.0
#
# shellcheck shell=sh
# Buildah with a storage of its own, below $place, and Debian's slim image without a registry.

mkdir -p "$place/tmp"
# Where the cache mounts are kept.
export TMPDIR="$place/tmp"

images() {
    buildah --root "$place/storage" --runroot "$place/run" --storage-driver vfs "$@"
}
has() { images inspect --type image "$1" >/dev/null 2>&1; }

path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Makes an image with the name $1 of what debootstrap installs, unless there is one.
make_debian() {
    has "$1" && return
    [ -e "$place/base/usr/bin/apt-get" ] || debootstrap --variant=minbase bookworm "$place/base"
    # As the slim image leaves them out.
    rm -rf "$place/base/usr/share/doc" "$place/base/usr/share/man" "$place/base/usr/share/info" \
        "$place/base/usr/share/locale" "$place/base/var/cache/apt/archives" \
        "$place/base/var/lib/apt/lists"
    scratch=$(images from scratch)
    images add --quiet "$scratch" "$place/base" /
    images config --env PATH="$path" "$scratch"
    images commit --quiet --rm --format docker "$scratch" "$1" >/dev/null
    rm -rf "$place/base"
}
