#!/usr/bin/env bash
# Holds the C++ files to .clang-format, and the lines that a change touches to .clang-tidy.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   scripts/check-source.sh format              every file; exit 1 names what is not as clang-format has it
#   scripts/check-source.sh tidy BUILD [BASE]   lines that differ from the commit BASE, with the compile commands of the
#                                               folder BUILD; BASE is by default where the branch left origin/main,
#                                               on main itself the commit before
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "check-source: error: $*" >&2; exit 2; }

check_format() {
  git ls-files -z -- '*.c' '*.cpp' '*.h' | xargs -0 clang-format-22 --dry-run --Werror
}

find_base() {
  local head base
  head=$(git rev-parse HEAD)
  base=$(git merge-base HEAD origin/main 2>/dev/null || true)
  [ -n "$base" ] && [ "$base" != "$head" ] || base=$(git rev-parse --verify --quiet HEAD~1 || true)
  echo "$base"
}

check_tidy() {
  local build=$1 base=${2:-$(find_base)} warnings
  [ -f "$build/compile_commands.json" ] || fail "$build has no compile_commands.json: configure it first (cmake --preset release)"
  [ -n "$base" ] || fail "no commit to compare with: this clone has only one; name one"
  echo "check-source: lines that differ from $(git rev-parse --short "$base")"
  warnings=$(git diff -U0 "$base" -- lib tools targets runtime include |
    clang-tidy-diff-22.py -p1 -path "$build" -clang-tidy-binary clang-tidy-22 -j "$(nproc)" -quiet 2>/dev/null || true)
  if grep -E 'warning:|error:' <<<"$warnings"; then
    echo "$warnings" >&2
    exit 1
  fi
}

case ${1:-} in
format) check_format ;;
tidy) [ $# -ge 2 ] || fail "tidy needs the build folder"; check_tidy "$2" "${3:-}" ;;
*) fail "'${1:-}' is neither 'format' nor 'tidy'; see the head of this file" ;;
esac
