#!/usr/bin/env bash
# Makes the documents' site in build/site; warnings (a link that leads nowhere, a page in no list) are errors.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   scripts/build-site.sh [FOLDER]     Environment: QC_VENV (default build/venv), see setup.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/build/site}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# Its makers' advertisement is no warning about these pages.
export NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true
exec "${QC_VENV:-$root/build/venv}/bin/python3" -m mkdocs build --strict --config-file "$root/mkdocs.yml" --site-dir "$folder"
