# syntax=docker/dockerfile:1

# Both stages are of one Debian release: the program needs the C library that it was linked with.
# For a build that can be repeated give digests: --build-arg RUST_IMAGE=rust@sha256:...
ARG RUST_IMAGE=rust:1.95-slim-trixie
ARG DEBIAN_IMAGE=debian:trixie-slim
FROM ${RUST_IMAGE} AS build
WORKDIR /src
COPY . .
# The caches outlive the layer, so that a change recompiles only itself; the program is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked --bin swarmdeck \
    && cp target/dist/swarmdeck /usr/local/bin/swarmdeck

FROM ${DEBIAN_IMAGE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home swarmdeck
COPY --from=build /usr/local/bin/swarmdeck /usr/local/bin/swarmdeck
USER swarmdeck
# Scenarios are looked for in ./scenarios: mount them at /home/swarmdeck/scenarios.
WORKDIR /home/swarmdeck
EXPOSE 8089
# Guard rails: docs/command-line.md says what they hold back, and how to change them.
ENV SWARMDECK_ALLOW_TARGET="[loopback, private]" \
    SWARMDECK_MAX_USERS=10000 \
    SWARMDECK_MAX_RPS=20000 \
    SWARMDECK_CONFIRM_PUBLIC=true
# Whether the dashboard answers. With --tls-cert, --headless or another port as an argument there is
# none of this kind to ask: run with --no-healthcheck, or set SWARMDECK_WEB_PORT instead of the argument.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SWARMDECK_WEB_PORT:-8089} && printf 'GET %s/health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' \"$SWARMDECK_WEB_BASE_PATH\" >&3 && head -n 1 <&3 | grep -q ' 200 '"]
# Beyond loopback a token guards the dashboard; the log shows the address with it.
ENTRYPOINT ["swarmdeck", "--web-host", "0.0.0.0"]
