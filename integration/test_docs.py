"""The documents: every fenced block marked `sh` in docs/ is run, links lead somewhere, generated pages are whole.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

The blocks of a page run in order in one shell, in a folder that looks like the repository (its entries are linked) but
keeps what they write. A block that must not run (installing, building) is marked `console`.
"""

import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(page):
    """The `sh` blocks of a page, in order."""
    return [body for language, body in BLOCK.findall(page.read_text()) if language == "sh"]


PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if commands(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands(qc, root, tmp_path, page):
    for entry in root.iterdir():
        if entry.name not in ("build", "out", ".git"):
            (tmp_path / entry.name).symlink_to(entry)
    # The programs, and the Python that has what the tests need.
    path = [str(qc.path.parent), os.path.dirname(sys.executable), os.environ["PATH"]]
    environment = dict(os.environ, PATH=os.pathsep.join(path))
    environment["QC_BUILD_DIR"] = str(qc.path.parent.parent)
    for number, script in enumerate(commands(page), 1):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment,
                              capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, (
            f"{page.name}, block {number}:\n{script}\n--- standard output\n{done.stdout[-3000:]}\n"
            f"--- standard error\n{done.stderr[-3000:]}")


def test_links(root):
    """Every relative link of every page leads to a file."""
    broken = []
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "examples").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(root)}: {target}")
    assert not broken, "\n".join(broken)


def defined(root, pattern, files):
    return {name for path in sorted((root / "include" / "qc").glob(files))
            for name in re.findall(pattern, path.read_text(), re.MULTILINE)}


@pytest.fixture
def pages(qc):
    folder = pathlib.Path(os.environ.get("QC_BUILD_DIR") or qc.path.parent.parent) / "docs"
    assert folder.is_dir(), f"{folder} is not there: build the target qc-docs"
    return folder


@pytest.mark.parametrize("dialect", ["Top", "Tpu", "Check"])
def test_generated_dialect(root, pages, dialect):
    """Every op has its section, with a summary and an example."""
    ops = defined(root, r'^def \w+Op\b\s*:\s*\w+<\s*"(\w+)"', f"Dialect/{dialect}/IR/*.td")
    text = (pages / "Dialects" / f"{dialect}.md").read_text()
    sections = {part.split("`", 1)[0]: part for part in text.split(f"### `{dialect.lower()}.")[1:]}
    assert set(sections) == ops
    bare = [name for name, part in sections.items()
            if not re.search(r"^_.+_$", part, re.MULTILINE) or "```mlir" not in part]
    assert not bare, f"without summary or example: {bare}"


def test_generated_passes(root, pages):
    names = defined(root, r'^def \w+\s*:\s*\w+<"([\w-]+)"', "**/Passes.td")
    assert set(re.findall(r"^### `-([\w-]+)`$", (pages / "Passes.md").read_text(), re.MULTILINE)) == names


def test_dependencies(root):
    """Libraries include only what stands above their row in the table of Architecture.md."""
    table = re.findall(r"^\| (`.+?) \| ", (root / "docs" / "Architecture.md").read_text(), re.MULTILINE)
    rows = {name: row for row, names in enumerate(table) for name in re.findall(r"`([\w/]+)`", names)}
    library = re.compile("(" + "|".join(sorted(rows, key=len, reverse=True)) + ")/")
    wrong = []
    for base in (root / "include" / "qc", root / "lib"):
        for path in sorted(base.rglob("*.*")):
            user = library.match(str(path.relative_to(base)))
            for line in re.findall(r'^#?include "qc/(.+)"', path.read_text(), re.MULTILINE) if user else ():
                used = library.match(line)
                if used and used[1] != user[1] and rows[used[1]] >= rows[user[1]]:
                    wrong.append(f"{path.relative_to(root)} includes qc/{line}")
    assert not wrong, "\n".join(wrong)
