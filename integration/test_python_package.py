"""The Python package: a wheel is built against the installed qc, and python/tests run from it in an environment that
knows nothing else of qc.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import pathlib
import subprocess
import sys
import sysconfig


def test_wheel(installed, root, tmp_path):
    installed.run(sys.executable, "-m", "pip", "wheel", root, "--no-build-isolation", "--no-deps", "-w", tmp_path,
                  f"--config-settings=build-dir={tmp_path / 'build'}",
                  f"--config-settings=cmake.define.CMAKE_PREFIX_PATH={installed.prefix}",
                  "--config-settings=cmake.define.CMAKE_CXX_COMPILER=clang++-22")
    (wheel,) = tmp_path.glob("*.whl")
    installed.run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    packages = pathlib.Path(subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                                           capture_output=True, text=True, check=True).stdout.strip())
    # numpy, onnx and pytest are those of the environment that runs this test.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    installed.run(sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", packages, wheel)
    environment = {name: value for name, value in os.environ.items() if name not in ("LD_LIBRARY_PATH", "PYTHONPATH")}
    done = subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", root / "python" / "tests"],
                          cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
