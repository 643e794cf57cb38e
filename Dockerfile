# btp_cert_exporter as an image: the program, the libraries it needs, CA certificates and user data. It holds no shell
# and no package manager, runs as any user, with a read-only root and without capabilities.
#
#   docker build -t btp_cert_exporter .
#   docker run --rm -p 9936:9936 --read-only --cap-drop all --security-opt no-new-privileges --user "$(id -u)" \
#     -v "$PWD/prod.json":/prod.json:ro btp_cert_exporter --binding.file=/prod.json
#
# --user lets the program read files that only you may read. Nothing is written but --state.file, which is off by
# default. docs/install/container.md has the rest: build arguments, other processors, the bill of materials.

ARG BASE=debian:bookworm-slim
FROM ${BASE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates cmake gcc libc6-dev ninja-build pkg-config \
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
 && strip build/release/src/btp_cert_exporter
COPY deploy/image /image
# The folder is for --state.file. A user without an entry in /etc/passwd has group 0, which may write there, too.
# SOURCE_DATE_EPOCH: when the commit was made, in seconds: the time of every file, so that two builds of one commit are equal.
ARG SOURCE_DATE_EPOCH=0
RUN doc=/root-of-image/usr/share/doc/btp_cert_exporter \
 && /image/collect build/release/src/btp_cert_exporter /root-of-image \
 && install -D -m 0644 LICENSE "$doc/copyright" \
 && /image/sbom /root-of-image/packages /root-of-image/usr/bin/btp_cert_exporter "$REVISION" >"$doc/sbom.cdx.json" \
 && install -d -o 65532 -g 0 -m 0770 /root-of-image/var/lib/btp_cert_exporter \
 && rm /root-of-image/packages /root-of-image/files \
 && find /root-of-image -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

# `docker build --target sbom --output . .` writes the bill of materials only.
FROM scratch AS sbom
COPY --from=build /root-of-image/usr/share/doc/btp_cert_exporter/sbom.cdx.json /

FROM scratch
COPY --from=build /root-of-image/ /
USER 65532:65532
EXPOSE 9936
ENTRYPOINT ["/usr/bin/btp_cert_exporter"]
# The program asks its own listener. It knows only the environment of the container, not its arguments: name another listen
# address with BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/usr/bin/btp_cert_exporter", "--healthcheck"]

ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="btp_cert_exporter" \
      org.opencontainers.image.description="Prometheus exporter for the certificates an SAP BTP landscape depends on" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.source="$SOURCE"
