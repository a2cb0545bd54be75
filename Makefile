# The everyday commands; each is a thin shell over scripts/ and the presets of CMakePresets.json.
TARGET ?= generic
JOBS ?= $(shell nproc)

.PHONY: help site setup build demo test check-lite nightly bench clean

help:
	@echo "make demo [TARGET=generic]  set up, build, quantize and run the example"
	@echo "make test                   set up, build, run every test"
	@echo "make setup                  install what is missing (scripts/setup.sh)"
	@echo "make build                  configure and build (preset 'release')"
	@echo "make check-lite             the parts without MLIR under ASan and UBSan"
	@echo "make nightly                everything under ASan and UBSan: takes an hour"
	@echo "make site                   the documents as a site in build/site"
	@echo "make bench                  speed, memory and accuracy beside onnxruntime"
	@echo "make clean                  remove build/ and out/"

setup:
	scripts/setup.sh

build/%/build.ninja:
	cmake --preset $*

build: build/release/build.ninja
	cmake --build --preset release --parallel $(JOBS)

demo:
	scripts/setup.sh
	$(MAKE) build
	scripts/demo.sh $(TARGET)

# The sanitized binaries are one entry (lite-asan) of the one ctest run.
test:
	scripts/setup.sh
	$(MAKE) build build/lite-asan/build.ninja
	cmake --build --preset lite-asan --parallel $(JOBS)
	ctest --preset release --parallel $(JOBS)

check-lite: build/lite-asan/build.ninja
	cmake --build --preset lite-asan --parallel $(JOBS)
	ctest --preset lite-asan --parallel $(JOBS)

# Preset 'asan' says which tests are left out: those of speed and accuracy, and those that build with their own flags.
nightly: build/asan/build.ninja
	cmake --build --preset asan --parallel $(JOBS)
	ctest --preset asan --parallel $(JOBS)
	$(MAKE) build
	build/venv/bin/python3 -m pytest -q integration/debian_package.py

site:
	scripts/build-site.sh

bench: build
	benchmarks/run

clean:
	rm -rf build out
