#!/usr/bin/env bash
# Installs what building and testing qc needs: Debian packages, a Python environment for the tests, the onnx C++ library.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   scripts/setup.sh             install what is missing (says what it does; a second run does nothing)
#   scripts/setup.sh --build     only what building needs: no browser, no emulators, no packages of Python's for tests
#   scripts/setup.sh --check     print what is missing, change nothing; exit 1 if something is
#   scripts/setup.sh --no-apt    leave the system alone: only the Python environment and onnx
#
# Run as root or as a user who may use sudo. On a machine without apt, see
# "Without apt" in docs/GettingStarted.md.
#
# Environment: QC_VENV (default build/venv), QC_DEPS_PREFIX (see build-onnx.sh).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export QC_VENV=${QC_VENV:-$root/build/venv}
only_build=

say() { echo "setup: $*"; }
fail() { echo "setup: error: $*" >&2; exit 1; }

missing_packages() {
  local package
  sed -e "${only_build:+/# tests/d}" -e 's/[[:space:]]*#.*//' -e '/^$/d' "$root/scripts/packages.txt" | while read -r package; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

# What the Python environment holds: for tests all, for building the CMake that onnx wants.
requirements() {
  if [ "$only_build" ]; then
    grep '^cmake==' "$root/scripts/requirements.txt"
  else
    cat "$root/scripts/requirements.txt"
  fi
}

venv_current() {
  [ -x "$QC_VENV/bin/pip" ] && requirements | cmp -s - "$QC_VENV/.qc-requirements"
}

install_packages() {
  command -v apt-get >/dev/null || fail "apt-get is not here: see 'Without apt' in docs/GettingStarted.md, then run with --no-apt"
  local missing as_root=()
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -eq 0 ]; then
    say "Debian packages: all there"
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "not root and no sudo; these packages are missing: ${missing[*]}"
    as_root=(sudo)
  fi
  say "Debian packages: installing ${missing[*]}"
  # A broken third-party source must not stop us: the install below decides.
  "${as_root[@]}" apt-get update -q || say "apt-get update reported errors; going on"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

make_venv() {
  if venv_current; then
    say "Python environment: up to date in $QC_VENV"
    return
  fi
  say "Python environment: making $QC_VENV"
  local python=/usr/bin/python3
  [ -x "$python" ] || python=python3
  "$python" -m venv --clear "$QC_VENV"
  requirements > "$QC_VENV/.qc-requirements.part"
  "$QC_VENV/bin/pip" install --quiet --disable-pip-version-check -r "$QC_VENV/.qc-requirements.part"
  mv "$QC_VENV/.qc-requirements.part" "$QC_VENV/.qc-requirements"
}

check() {
  local missing status=0
  if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages)
    if [ ${#missing[@]} -gt 0 ]; then
      say "missing Debian packages: ${missing[*]}"
      status=1
    fi
  else
    say "no dpkg here: compare with scripts/packages.txt by hand"
  fi
  venv_current || { say "missing: the Python environment $QC_VENV"; status=1; }
  "$root/scripts/build-onnx.sh" --check ||
    { say "missing: the onnx C++ library in $("$root/scripts/build-onnx.sh" --prefix)"; status=1; }
  [ $status -ne 0 ] || say "nothing is missing"
  return $status
}

case "${1:-}" in
--check) check; exit ;;
--no-apt) ;;
--build) only_build=yes; install_packages ;;
"") install_packages ;;
-h | --help) sed -n '2,/^set/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
*) echo "setup: error: unknown option '$1' (known: --build --check --no-apt --help)" >&2; exit 2 ;;
esac
make_venv
"$root/scripts/build-onnx.sh"
say "done"
