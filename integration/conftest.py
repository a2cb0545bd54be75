"""Fixtures of the integration tests: the built programs, the kit of trained models, the example.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

Environment: QC_BIN_DIR, the folder of qc and qc-opt (default build/release/bin); QC_KIT, the kit (default
../shared/kit beside the repository); CI=true turns a missing kit from a skip into a failure.
"""

import os
import pathlib

import pytest
from harness import Installed, Kit, Program

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("QC_BIN_DIR") or ROOT / "build" / "release" / "bin")


def pytest_configure(config):
    config.addinivalue_line("markers", "after(test, count): sums up all `count` cases of another test of its file: left "
                                       "out where only some of them are selected")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leaves out what sums up cases that are not all selected."""
    def is_complete(item):
        marker = item.get_closest_marker("after")
        if marker is None:
            return True
        test, count = marker.args
        return count == sum(other.path == item.path and other.originalname == test for other in items)

    left_out = [item for item in items if not is_complete(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def program(name):
    path = BIN / name
    if not path.exists():
        pytest.fail(f"{path} is not there: build it first, or set QC_BIN_DIR", pytrace=False)
    return Program(path)


@pytest.fixture(scope="session")
def qc():
    return program("qc")


@pytest.fixture(scope="session")
def qc_opt():
    return program("qc-opt")


@pytest.fixture(scope="session")
def qc_translate():
    return program("qc-translate")


@pytest.fixture(scope="session")
def qcrt_run():
    return program("qcrt-run")


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def example():
    """The folder of the shapes example: shapes.onnx, calib/, test/<class>/, labels.txt."""
    return ROOT / "examples" / "shapes"


@pytest.fixture(scope="session")
def installed(qc, tmp_path_factory):
    """The build, installed: what programs and plugins outside the tree are made with."""
    build = pathlib.Path(os.environ.get("QC_BUILD_DIR") or qc.path.parent.parent)
    return Installed(build, tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def kit():
    path = pathlib.Path(os.environ.get("QC_KIT") or ROOT.parent / "shared" / "kit")
    if not (path / "models").is_dir():
        message = f"the kit of test models is not at {path}: set QC_KIT"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return Kit(path)
