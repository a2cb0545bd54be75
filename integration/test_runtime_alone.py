"""The runtime by itself: built as a project of its own, linked into a small C program, same bytes as qc run.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import subprocess

import numpy as np
import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"
HERE = pathlib.Path(__file__).resolve().parent


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def alone(root, tmp_path_factory):
    """run_alone.c, linked against an installed qcrt and nothing else of ours."""
    folder = tmp_path_factory.mktemp("qcrt")
    run("cmake", "-G", "Ninja", "-S", root / "runtime", "-B", folder / "build", "-DCMAKE_C_COMPILER=clang-22",
        "-DCMAKE_CXX_COMPILER=clang++-22", f"-DCMAKE_INSTALL_PREFIX={folder / 'installed'}",
        "-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    run("cmake", "--build", folder / "build", "--target", "install")
    project = folder / "user"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.20)\nproject(user C CXX)\nfind_package(qcrt REQUIRED)\n"
        f"add_executable(run_alone {HERE / 'Inputs' / 'run_alone.c'})\n"
        "target_link_libraries(run_alone qcrt::qcrt)\nset_target_properties(run_alone PROPERTIES LINKER_LANGUAGE CXX)\n")
    run("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", "-DCMAKE_C_COMPILER=clang-22",
        "-DCMAKE_CXX_COMPILER=clang++-22", f"-DCMAKE_PREFIX_PATH={folder / 'installed'}")
    run("cmake", "--build", project / "build")
    return project / "build" / "run_alone"


def test_links_nothing_of_the_compiler(alone):
    libraries = run("ldd", alone)
    assert not [name for name in ("LLVM", "MLIR", "protobuf", "dnnl", "libQC") if name in libraries], libraries


def test_same_bytes_as_qc_run(qc, example, alone, tmp_path):
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib",
       "--preprocess", PREPROCESS, "--samples", "8", "-o", tmp_path / "out")
    sample = np.random.default_rng(3).uniform(-1, 1, (1, 3, 48, 48)).astype(np.float32)
    np.savez(tmp_path / "in.npz", image=sample)
    sample.tofile(tmp_path / "in.bin")
    program = tmp_path / "out" / "model.qcb"
    qc("run", program, "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    run(alone, program, tmp_path / "in.bin", tmp_path / "out.bin")
    assert np.load(tmp_path / "out.npz")["logits"].tobytes() == (tmp_path / "out.bin").read_bytes()
