#!/usr/bin/env bash
# Builds the onnx C++ library (model format, checker, shape inference, version converter) once and installs it into a cached prefix.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Debian has no package of the C++ side of onnx, so it is built from the
# project's source package on PyPI, static and position independent, against
# the distribution's protobuf.
#
#   scripts/build-onnx.sh            build if the prefix does not hold it yet
#   scripts/build-onnx.sh --prefix   print the prefix and do nothing
#   scripts/build-onnx.sh --check    exit 0 if the prefix holds it, else 1
#
# Environment:
#   QC_DEPS_PREFIX    where to install (default: <cache>/qc/onnx-<version>,
#                     <cache> being $XDG_CACHE_HOME or ~/.cache)
#   QC_ONNX_SOURCE    an onnx source package (.tar.gz) already on disk, for
#                     machines without PyPI
#   QC_VENV           Python environment with a CMake >= 3.26 (see setup.sh)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

# The same version that requirements.txt installs for the tests.
version=$(sed -n 's/^onnx==//p' "$root/scripts/requirements.txt")
prefix=${QC_DEPS_PREFIX:-${XDG_CACHE_HOME:-$HOME/.cache}/qc/onnx-$version}
venv=${QC_VENV:-$root/build/venv}
stamp=$prefix/.qc-complete

case "${1:-}" in
--prefix) echo "$prefix"; exit 0 ;;
--check) [ -f "$stamp" ]; exit ;;
"") ;;
*) echo "build-onnx.sh: unknown option '$1' (known: --prefix --check)" >&2; exit 2 ;;
esac
if [ -f "$stamp" ]; then
  echo "onnx $version: already in $prefix"
  exit 0
fi

echo "onnx $version: building into $prefix (about five minutes on two cores)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -n "${QC_ONNX_SOURCE:-}" ]; then
  cp "$QC_ONNX_SOURCE" "$work/onnx-$version.tar.gz"
else
  "$venv/bin/pip" download --quiet --no-deps --no-binary onnx \
    --dest "$work" "onnx==$version"
fi
tar -xzf "$work/onnx-$version.tar.gz" -C "$work"

launcher=()
if command -v ccache >/dev/null; then
  # The build folder has a new name each time: without this no object would
  # ever be found again.
  export CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
# Installed beside the final place and renamed at the end, so that an
# interrupted build leaves nothing that looks complete.
mkdir -p "$(dirname "$prefix")"
"$venv/bin/cmake" -G Ninja -S "$work/onnx-$version" -B "$work/build" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=clang++-22 "${launcher[@]}" \
  -DCMAKE_INSTALL_PREFIX="$prefix.part" -DCMAKE_INSTALL_LIBDIR=lib \
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF \
  -DONNX_USE_PROTOBUF_SHARED_LIBS=ON -DONNX_BUILD_PYTHON=OFF -DONNX_ML=ON \
  -DPython3_EXECUTABLE="$venv/bin/python" >"$work/configure.log" 2>&1 ||
  { tail -n 40 "$work/configure.log" >&2; exit 1; }
rm -rf "$prefix.part"
ninja -C "$work/build" install >"$work/build.log" 2>&1 ||
  { tail -n 60 "$work/build.log" >&2; exit 1; }
rm -rf "$prefix"
mv "$prefix.part" "$prefix"
touch "$stamp"
echo "onnx $version: done"
