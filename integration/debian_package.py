"""The Debian package, made by cpack of what is built, unpacked and run. Takes half a minute: `make nightly` runs it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import pathlib
import subprocess

import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def package(qc, installed, tmp_path_factory):
    """The Debian package, of what is built already: cpack itself would build everything first."""
    build = pathlib.Path(os.environ.get("QC_BUILD_DIR") or qc.path.parent.parent)
    folder = tmp_path_factory.mktemp("package")
    run("cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder, "-D",
        "CPACK_INSTALL_CMAKE_PROJECTS=", "-D", f"CPACK_INSTALLED_DIRECTORIES={installed.prefix};usr", "-D",
        "CPACK_DEBIAN_COMPRESSION_TYPE=none", "-D", f"CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS={build / 'lib'}")
    (path,) = folder.glob("*.deb")
    return path


def test_debian_package(qc, example, package, tmp_path):
    assert package.name == "qc-compiler_0.1.0_amd64.deb"
    needs = run("dpkg-deb", "-f", package, "Depends")
    assert "libmlir-22" in needs and "libc6" in needs and "libdnnl" in needs, needs
    run("dpkg-deb", "-x", package, tmp_path)
    program = tmp_path / "usr" / "bin" / "qc"
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    libraries = run("ldd", program, env=environment)
    assert str(tmp_path / "usr") in next(line for line in libraries.splitlines() if "libQC" in line)
    assert "0.1.0" in run(program, "--version", env=environment)
    run(program, "compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--quiet",
        "-o", tmp_path / "out", env=environment)
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--quiet", "-o",
       tmp_path / "same")
    assert (tmp_path / "out" / "model.qcb").stat().st_size == (tmp_path / "same" / "model.qcb").stat().st_size
