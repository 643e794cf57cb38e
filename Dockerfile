# btp_cert_exporter as an image: one program and the libraries it needs, no shell scripts around it.
#
#   docker build -t btp_cert_exporter .
#   docker run -d -p 9936:9936 --read-only --cap-drop all --security-opt no-new-privileges \
#     -v "$PWD/config.yaml":/etc/btp_cert_exporter/config.yaml:ro btp_cert_exporter \
#     --config.file=/etc/btp_cert_exporter/config.yaml
#
# Nothing is written but --state.file, which is off by default. There is no HEALTHCHECK: the image
# holds no HTTP client. Probe /-/healthy (alive) and /-/ready (every source was tried) over HTTP.

FROM debian:bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends cmake gcc libc6-dev ninja-build pkg-config \
      libcjson-dev libcrypt-dev libcurl4-openssl-dev libgnutls28-dev libmicrohttpd-dev libssl-dev \
      libyaml-dev zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY cmake cmake
COPY include include
COPY src src
ARG REVISION=unknown
ARG BRANCH=unknown
RUN cmake --preset release -DBTP_REVISION="$REVISION" -DBTP_BRANCH="$BRANCH" \
 && cmake --build --preset release \
 && DESTDIR=/out cmake --install build/release --prefix /usr --strip \
 && install -D -m 0644 LICENSE /out/usr/share/doc/btp_cert_exporter/copyright

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libcjson1 libcrypt1 libcurl4 libgnutls30 \
      libmicrohttpd12 libssl3 libyaml-0-2 zlib1g \
 && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
 && groupadd --gid 65532 exporter \
 && useradd --uid 65532 --gid 65532 --no-log-init --no-create-home --home-dir /nonexistent \
      --shell /usr/sbin/nologin exporter \
 && install -d -o 65532 -g 65532 -m 0700 /var/lib/btp_cert_exporter
COPY --from=build /out/ /
USER 65532:65532
EXPOSE 9936
ENTRYPOINT ["/usr/bin/btp_cert_exporter"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="btp_cert_exporter" \
      org.opencontainers.image.description="Prometheus exporter for the certificates an SAP BTP landscape depends on" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
