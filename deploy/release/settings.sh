# SPDX-License-Identifier: Apache-2.0
#
# shellcheck shell=sh
# What the scripts of a release share. They run in the root of the sources and source this file.

# The version stands in one place.
version=$(sed -n 's/.*static let current = "\(.*\)"$/\1/p' Sources/Cordwood/Service/Version.swift)
revision=$(git rev-parse HEAD)
# Every file in dist has the time of the last commit, so that two builds give the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
LC_ALL=C.UTF-8
TZ=UTC
export SOURCE_DATE_EPOCH LC_ALL TZ
umask 022
