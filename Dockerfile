# syntax=docker/dockerfile:1

# Both stages are of one Debian release: the program needs the C library that it was linked with.
FROM rust:1-slim-trixie AS build
WORKDIR /src
COPY . .
# The caches outlive the layer, so that a change recompiles only itself; the program is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin swarmdeck \
    && cp target/release/swarmdeck /usr/local/bin/swarmdeck

FROM debian:trixie-slim
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
# Beyond loopback a token guards the dashboard; the log shows the address with it.
ENTRYPOINT ["swarmdeck", "--web-host", "0.0.0.0"]
