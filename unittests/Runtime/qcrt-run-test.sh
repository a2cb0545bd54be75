#!/bin/sh
# Messages and exit codes of qcrt-run. Usage: qcrt-run-test.sh QCRT-RUN MODEL DIR
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
run=$1 model=$2 dir=$3
failures=0
rm -rf "$dir" && mkdir -p "$dir" && cd "$dir" || exit 1

# expect STATUS TEXT ARGS...: the program ends so and prints that.
expect() {
  status=$1 text=$2
  shift 2
  found=$("$run" "$@" 2>&1)
  code=$?
  case $found in
  *"$text"*) ;;
  *) code="$code, without '$text'" ;;
  esac
  if [ "$code" != "$status" ]; then
    echo "FAILED: $* ended with $code, expected $status: $found"
    failures=$((failures + 1))
  fi
}

head -c 64 /dev/zero >in.bin
head -c 63 /dev/zero >short.bin
head -c 65 /dev/zero >long.bin
head -c 100 "$model" >cut.qcb
mkdir folder

expect 0 "usage: qcrt-run" --help
expect 0 "qcrt-run 0" --version
expect 0 "input image: 1x4x4x4 i8, 64 bytes, scale 0.5, zero point 3" "$model" --info
expect 0 "" "$model" --in in.bin --out out.bin
expect 0 "" "$model" --in image=in.bin --out=pooled=named.bin --threads 2
cmp -s out.bin named.bin || { echo "FAILED: outputs differ"; failures=$((failures + 1)); }
[ "$(wc -c <out.bin)" -eq 16 ] || { echo "FAILED: size of out.bin"; failures=$((failures + 1)); }
expect 0 "max_pool (pool)" "$model" --in in.bin --trace
expect 0 "of 3 runs" "$model" --in in.bin --repeat 3

expect 0 "" "$model" --plane in.bin --out plane.bin
cmp -s out.bin plane.bin || { echo "FAILED: a plane differs"; failures=$((failures + 1)); }

expect 2 "no model given"
expect 2 "give all inputs whole, or all in planes" "$model" --in in.bin --plane in.bin
expect 2 "and there is none" "$model" --in in.bin --plane-stride 64
expect 1 "the model has 1 plane, as --info lists them, found 2" "$model" --plane in.bin --plane in.bin
expect 1 "expected 64 bytes, found 63" "$model" --plane short.bin
expect 2 "unknown option '--frobnicate'" "$model" --frobnicate
expect 2 "expected a number from 1 to 256, found 'many'" "$model" --threads many
expect 2 "a value is missing" "$model" --in
expect 2 "none left for this file" "$model" --in in.bin --in in.bin
expect 2 "unexpected argument" "$model" other.qcb
expect 1 "No such file or directory" missing.qcb
expect 1 "not a regular file" folder
expect 1 "truncated or damaged" cut.qcb
expect 1 "has no file: add --in FILE" "$model"
expect 1 "expected 64 bytes, found 63" "$model" --in short.bin
expect 1 "expected 64 bytes, found 65" "$model" --in long.bin
expect 1 "No such file" "$model" --in missing.bin
expect 1 "No such file" "$model" --in in.bin --out no/such/folder.bin
expect 1 "is a directory" "$model" --in in.bin --out folder
expect 1 "No space left" "$model" --in in.bin --out /dev/full

leftover=$(find . -name '*.tmp*')
[ -z "$leftover" ] || { echo "FAILED: left behind $leftover"; failures=$((failures + 1)); }
[ "$failures" -eq 0 ] && echo "all as expected"
exit "$((failures > 0))"
