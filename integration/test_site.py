"""The documents as a site: mkdocs builds it without a warning, and what it holds needs nothing from elsewhere.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import re
import shutil
import subprocess
import sys

import pytest


def build(root, folder):
    environment = dict(os.environ, QC_VENV=os.path.dirname(os.path.dirname(sys.executable)))
    return subprocess.run([root / "scripts" / "build-site.sh", folder], capture_output=True, text=True, timeout=300,
                          env=environment)


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = build(root, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_there(root, site):
    pages = {path.relative_to(root / "docs").with_suffix(".html") for path in (root / "docs").rglob("*.md")}
    made = {path.relative_to(site) for path in site.rglob("*.html")}
    index = {page for page in pages if page.name == "README.html"}  # mkdocs calls it index
    assert pages - index <= made, pages - index - made
    start = (site / "index.html").read_text()
    for name in ("FromTIDL", "FromHorizon", "FromMediaTek", "FromSigmaStar", "AccuracyDebugging", "Rationale/Layout"):
        assert f"{name}.html" in start


def test_pictures_and_nothing_from_elsewhere(site):
    page = (site / "Concepts.html").read_text()
    pictures = re.findall(r'src="(pictures/\w+\.svg)"', page)
    assert len(pictures) == 4 and all((site / picture).exists() for picture in pictures)
    for path in site.rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="(https?:[^"]+)"', path.read_text())
        assert not [address for address in loaded if "canonical" not in address], (path, loaded)


def test_a_broken_link_fails(root, tmp_path):
    copy = tmp_path / "copy"
    for name in ("docs", "scripts"):
        shutil.copytree(root / name, copy / name)
    shutil.copy(root / "mkdocs.yml", copy)
    page = copy / "docs" / "Concepts.md"
    page.write_text(page.read_text() + "\n[nowhere](Nowhere.md) and [no part](Glossary.md#no-such-part)\n")
    done = build(copy, tmp_path / "site")
    assert done.returncode != 0 and "Nowhere.md" in done.stderr and "no-such-part" in done.stderr
