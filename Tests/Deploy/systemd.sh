#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Boots systemd in a container and follows docs/DEPLOY.md there with the release; see systemd.py.
#
# As root, on Debian, with a kernel that has cgroup2. What debootstrap made stays in
# .build/systemd-test; each run has a copy of it.
set -eu
cd "$(dirname "$0")/../.."

for tool in debootstrap systemd-nspawn unshare nsenter ip; do
    command -v "$tool" >/dev/null || { echo "$0: $tool is needed" >&2; exit 69; }
done
[ "$(id -u)" -eq 0 ] || { echo "$0: only root can make containers" >&2; exit 77; }

# What the page installs, and nothing more but what the page itself needs to be followed.
packages=$(sed -n 's/^apt-get install //p' docs/DEPLOY.md | tr ' ' ,)
place=$PWD/.build/systemd-test
if [ "$(cat "$place/packages" 2>/dev/null)" != "$packages" ]; then
    rm -rf "$place"
    mkdir -p "$place"
    debootstrap --variant=minbase --include="systemd,systemd-sysv,curl,$packages" \
        bookworm "$place/base"
    rm -rf "$place"/base/var/cache/apt/archives/*.deb
    echo "$packages" >"$place/packages"
fi
rm -rf "$place/root"
cp --archive --reflink=auto "$place/base" "$place/root"

# A network of its own, so that the port is free and nobody else reaches it; control groups that
# this systemd may have for itself, and a place for what systemd-nspawn notes.
unshare --net --mount sh -c '
    ip link set lo up && mount -t cgroup2 cgroup2 /sys/fs/cgroup && mount -t tmpfs tmpfs /run
    exec python3 -B "$@"' sh Tests/Deploy/systemd.py "$place/root"
rm -rf "$place/root"
