#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the image of Dockerfile and tries it as a container would be run; see container.py.
#
# No registry is asked: stand-ins take the place of the two images that Dockerfile begins with, a
# Debian of debootstrap, and the same with this machine's Swift. So this runs as root, on Debian,
# and shows all but what those two images hold. What was built stays in .build/image-test, and the
# next run takes a fraction of the time.
set -eu
cd "$(dirname "$0")/../.."

for tool in buildah debootstrap unshare nsenter ip readelf nm addr2line; do
    command -v "$tool" >/dev/null || { echo "$0: $tool is needed" >&2; exit 69; }
done
[ "$(id -u)" -eq 0 ] || { echo "$0: only root can make containers" >&2; exit 77; }

place=$PWD/.build/image-test
. deploy/release/buildah.sh
debian='localhost/debian:bookworm-slim'
make_debian "$debian"

# The toolchain is not copied but seen; so are repositories that this machine's git has instead of
# those on the network.
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
git config --get-regexp '^url\..*\.insteadof$' >"$place/instead" || true
volumes="--volume $toolchain:$toolchain:ro"
for mirror in $(sed -n 's/^url\.\(\/.*\)\.insteadof .*/\1/p' "$place/instead" | sort -u); do
    volumes="$volumes --volume $mirror:$mirror:ro"
done

swift='localhost/swift:6.3-bookworm'
if ! has "$swift"; then
    builder=$(images from --pull-never "$debian")
    images run --isolation chroot "$builder" sh -c 'apt-get update -q && apt-get install -q -y \
        --no-install-recommends binutils binutils-gold ca-certificates gcc git libc6-dev libcurl4 \
        libedit2 libicu72 libncurses6 libpython3.11 libsqlite3-0 libstdc++-12-dev libxml2 tzdata'
    while read -r key value; do
        images run --isolation chroot "$builder" git config --system --add "$key" "$value"
    done <"$place/instead"
    images config --env PATH="$toolchain/bin:$path" "$builder"
    images commit --quiet --rm --format docker "$builder" "$swift" >/dev/null
fi

# The format of Docker, since OCI's has no HEALTHCHECK.
build() {
    # shellcheck disable=SC2086
    images bud --isolation chroot --pull-never --format docker --layers $volumes "$@" .
}
build --tag localhost/cordwood
build --target symbols --output "$place/symbols"

container=$(images from --pull-never localhost/cordwood)
base=$(images from --pull-never "$debian")
trap 'images rm "$container" "$base" >/dev/null' EXIT
root=$(images mount "$container")
images inspect --type image localhost/cordwood >"$place/image.json"

megabytes() { echo "$(($(du --summarize --bytes "$1" | cut -f1) / 1000000)) MB"; }
echo "size: $(megabytes "$root"), of which $(megabytes "$(images mount "$base")") are Debian's own \
and $(megabytes "$root/usr/local/bin/cordwood") the program"

build_id() { readelf --notes "$1" 2>/dev/null | sed -n 's/.*Build ID: //p'; }
symbols=$place/symbols/cordwood.debug
main=$(nm "$symbols" | sed -n 's/ T main$//p')
if ! addr2line --exe="$symbols" "$main" | grep -q Sources/CordwoodCLI/Cordwood.swift ||
    [ "$(build_id "$symbols")" != "$(build_id "$root/usr/local/bin/cordwood")" ]; then
    echo "FAILED: $symbols holds no symbols of the program" >&2
    exit 1
fi
echo "ok: the symbols are the program's: $(megabytes "$symbols"), build id $(build_id "$symbols")"

# A network of its own, so that the port is free and nobody else reaches it.
unshare --net sh -c 'ip link set lo up && exec python3 -B "$@"' sh \
    Tests/Deploy/container.py "$root" "$place/image.json"
