# qc in an image: docker build -t qc . && docker run --rm -v "$PWD:/work" qc compile model.onnx --data calib -o out
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
FROM debian:12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates dpkg-dev file && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN scripts/setup.sh --build && cmake --preset release -DQC_BUILD_TESTS=OFF && cmake --build --preset release && cd build/release && cpack -G DEB

FROM debian:12
COPY --from=build /src/build/release/qc-compiler_*.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/qc-compiler_*.deb && rm -rf /tmp/*.deb /var/lib/apt/lists/*
WORKDIR /work
ENTRYPOINT ["qc"]
CMD ["--help"]
