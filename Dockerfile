# syntax=docker/dockerfile:1
#
#   docker build --tag cordwood .
#   docker run --read-only --publish 8080:8080 --volume logs:/var/log/cordwood cordwood
#
# docs/DEPLOY.md explains its use; `make image-test` builds and runs it.

FROM swift:6.3-bookworm AS build

# Not pinned: Debian's archive keeps one version of a package, the one with all security fixes.
# hadolint ignore=DL3008
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update \
    && apt-get install --yes --no-install-recommends \
        libsimdjson-dev libssl-dev libyaml-dev libzstd-dev pkg-config zlib1g-dev

WORKDIR /src
COPY . .
# The build and its packages stay in the cache. The binary is copied out, because a cache is not
# part of the image; its debug symbols are separate, and a build id says which belong together.
RUN --mount=type=cache,target=/root/.cache/org.swift.swiftpm,sharing=locked \
    --mount=type=cache,target=/src/.build,sharing=locked \
    swift build --configuration release --static-swift-stdlib --product cordwood \
        -Xlinker --build-id \
    && objcopy --only-keep-debug .build/release/cordwood /cordwood.debug \
    && strip --output-file=/cordwood .build/release/cordwood \
    && objcopy --add-gnu-debuglink=/cordwood.debug /cordwood


# Only by `docker build --target symbols --output . .`
FROM scratch AS symbols

COPY --from=build /cordwood.debug /


FROM debian:bookworm-slim

# The libraries that `ldd` names beyond libc, and the zones that rotation.timezone may name.
# Cordwood opens no connection, so it needs no certificates of authorities.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libsimdjson14 libssl3 libstdc++6 libyaml-0-2 libzstd1 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old \
        /var/cache/ldconfig/aux-cache /var/lib/dpkg/*-old /var/log/*.log /var/log/apt \
    && groupadd --gid 10001 cordwood \
    && useradd --uid 10001 --gid cordwood --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin cordwood \
    && install --directory --owner=cordwood --group=cordwood --mode=0750 /var/log/cordwood

COPY --from=build /cordwood /usr/local/bin/cordwood
# In a file rather than in the environment, which would override a file that replaces it.
COPY deploy/docker/cordwood.yaml /etc/cordwood/cordwood.yaml
ENV CORDWOOD_CONFIG=/etc/cordwood/cordwood.yaml

# As a number, so that Kubernetes can check that it is not root.
USER 10001:10001
VOLUME /var/log/cordwood
EXPOSE 8080
# TERM finishes requests in flight within timeouts.drain, 8 seconds; Docker kills after 10.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["/usr/local/bin/cordwood", "health"]
ENTRYPOINT ["/usr/local/bin/cordwood"]
CMD ["serve"]

# The files that differ from build to build come last, so that slow layers stay cached.
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Cordwood" \
    org.opencontainers.image.description="Takes logs over HTTP and stacks them as files" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
