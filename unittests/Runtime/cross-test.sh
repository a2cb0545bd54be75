#!/bin/sh
# Builds the runtime for Arm, runs every kernel under emulation and compares the
# bytes with those of this host. Usage: cross-test.sh HOST-PROGRAM SOURCE DIR
#
# Needs g++-aarch64-linux-gnu, g++-arm-linux-gnueabihf and qemu-user-static;
# exits with 77 (skipped) without them, or fails if CI is true.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
host=$1 source=$2 dir=$3
tests=$source/unittests/Runtime
mkdir -p "$dir" || exit 1
"$host" >"$dir/host.txt" || exit 1
launcher=$(command -v ccache)
done=0
for pair in aarch64-linux-gnu:qemu-aarch64-static arm-linux-gnueabihf:qemu-arm-static; do
  triple=${pair%%:*} emulator=${pair##*:} build=$dir/${pair%%:*}
  if ! command -v "$triple-g++" >/dev/null || ! command -v "$emulator" >/dev/null; then
    echo "skipped $triple: needs $triple-g++ and $emulator"
    [ "${CI:-}" = true ] && exit 1
    continue
  fi
  cmake -G Ninja -S "$source/runtime" -B "$build" -DCMAKE_SYSTEM_NAME=Linux \
    -DCMAKE_SYSTEM_PROCESSOR="${triple%%-*}" -DCMAKE_C_COMPILER="$triple-gcc" \
    -DCMAKE_CXX_COMPILER="$triple-g++" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" >"$build.log" 2>&1 &&
    ninja -C "$build" qcrt >>"$build.log" 2>&1 &&
    "$triple-g++" -std=c++17 -O1 -static -w -I"$source/runtime/include" \
      -I"$source/runtime/src" "$tests/printKernelBytes.cpp" "$tests/OpBuilder.cpp" \
      "$tests/KernelExamples.cpp" "$tests/FloatExamples.cpp" \
      "$tests/ExampleProgram.cpp" "$build/libqcrt.a" \
      -lpthread -o "$build/print" >>"$build.log" 2>&1 || {
    tail -20 "$build.log"
    exit 1
  }
  "$emulator" "$build/print" >"$build.txt" || exit 1
  cmp "$dir/host.txt" "$build.txt" || exit 1
  echo "$triple: $(wc -l <"$build.txt") results equal"
  done=$((done + 1))
done
[ "$done" -gt 0 ] || exit 77
