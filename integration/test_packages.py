"""What projects outside the tree find of an installed qc: versions, pkg-config. (Debian's package: debian_package.py.)

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
PREPROCESS = "color=rgb mean=127.5 std=127.5"


def run(*command, code=0, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600, **options)
    assert done.returncode == code, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.mark.parametrize("name", ["qcrt", "QC"])
def test_versions_are_asked_for(installed, tmp_path, name):
    def configure(version, code):
        project = tmp_path / version
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.24)\nproject(user C CXX)\n"
            f"find_package({name} {version})\nif(NOT {name}_FOUND)\n  message(FATAL_ERROR \"refused\")\nendif()\n")
        run("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", "-DCMAKE_C_COMPILER=clang-22",
            "-DCMAKE_CXX_COMPILER=clang++-22", f"-DCMAKE_PREFIX_PATH={installed.prefix}", code=code)
    configure("0.1", 0)
    configure("0.2", 1)
    configure("1.0", 1)


def test_pkg_config(qc, example, installed, tmp_path):
    """A C program, built without CMake, gives the bytes of the installed qcrt-run."""
    folder = next(installed.prefix.rglob("qcrt.pc")).parent
    environment = {**os.environ, "PKG_CONFIG_PATH": str(folder)}
    assert run("pkg-config", "--modversion", "qcrt", env=environment).strip() == "0.1.0"
    flags = run("pkg-config", "--cflags", "--libs", "qcrt", env=environment).split()
    run("cc", HERE / "Inputs" / "run_alone.c", "-o", tmp_path / "alone", *flags)
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--quiet", "-o",
       tmp_path / "out")
    (tmp_path / "in.bin").write_bytes(bytes(4 * 3 * 48 * 48))
    model = tmp_path / "out" / "model.qcb"
    run(tmp_path / "alone", model, tmp_path / "in.bin", tmp_path / "first.bin")
    run(installed.prefix / "bin" / "qcrt-run", model, "--in", tmp_path / "in.bin", "--out", tmp_path / "second.bin")
    same = (tmp_path / "first.bin").read_bytes() == (tmp_path / "second.bin").read_bytes()
    assert same and (tmp_path / "first.bin").stat().st_size > 0


def test_the_image_is_made_of_what_there_is(root):
    """No docker is here to build it: its commands name files and options that exist."""
    text = (root / "Dockerfile").read_text()
    assert (root / "scripts" / "setup.sh").exists() and "cpack -G DEB" in text
    # What cpack looks for the libraries' packages with.
    assert {"dpkg-dev", "file"} <= set(text.split())
    assert '"release"' in (root / "CMakePresets.json").read_text() and "QC_BUILD_TESTS" in (root / "CMakeLists.txt").read_text()
