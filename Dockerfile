# The program `bazaar` alone, static, on nothing: no shell, no packages, nothing to keep up to date.
#
#   docker build -t bazaar .
#   docker run --rm -u "$(id -u):$(id -g)" -v "$PWD:/shop" bazaar check

FROM rust:1.95-alpine AS builder
# A C compiler for the libraries that are written in C: WebP, mimalloc, SQLite.
RUN apk add --no-cache build-base linux-headers
# The toolchain of the image itself: rust-toolchain.toml also asks for tools that nothing here needs.
ENV RUSTUP_TOOLCHAIN=1.95.0
WORKDIR /source
COPY . .
RUN cargo build --profile dist --locked --package generator --bin bazaar \
    && mkdir -p /root-of-image/shop /root-of-image/tmp /root-of-image/usr/local/bin \
    && chmod 1777 /root-of-image/tmp \
    && chown 10001:10001 /root-of-image/shop \
    && cp target/dist/bazaar /root-of-image/usr/local/bin/

FROM scratch
COPY --from=builder /root-of-image /
ENV PATH=/usr/local/bin HOME=/tmp
# Nobody in particular. Who mounts a folder of their own says who they are: -u "$(id -u):$(id -g)".
USER 10001:10001
WORKDIR /shop
ENTRYPOINT ["bazaar"]
CMD ["--help"]
