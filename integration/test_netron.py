"""Netron opens what is handed on: float and QDQ ONNX and LiteRT files, seen in its page with their ops and names.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys

import onnx
import pytest

BROWSER = next(filter(None, map(shutil.which, ["chromium-headless-shell", "chromium"])), None)


@pytest.fixture(scope="module")
def netron(tmp_path_factory):
    """Netron as it is installed, but for what needs somebody to click or another machine: the question about cookies, the wish
    to be updated half a year after its release, and the count of its users."""
    if BROWSER is None:
        message = "no Chromium: scripts/setup.sh installs chromium-headless-shell"
        pytest.fail(message, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(message)
    import importlib.util
    installed = pathlib.Path(importlib.util.find_spec("netron").origin).parent
    folder = tmp_path_factory.mktemp("netron")
    shutil.copytree(installed, folder / "netron", ignore=shutil.ignore_patterns("__pycache__"))
    page, server = folder / "netron" / "index.html", folder / "netron" / "server.py"
    text = page.read_text()
    today = datetime.datetime.now().isoformat(" ", "seconds")
    text, dates = re.subn(r'<meta name="date" content=".*?">', f'<meta name="date" content="{today}">', text)
    text, heads = re.subn("<head>", '<head><script>document.cookie = "consent=1";</script>', text)
    program, versions = re.subn(r'__version__ = ".*"', '__version__ = "0.0.0"', server.read_text())
    assert (dates, heads, versions) == (1, 1, 1), "this Netron is built otherwise"
    page.write_text(text)
    server.write_text(program)
    return folder


SHOW = """
import subprocess, sys, netron
host, port = netron.start(sys.argv[1], browse=False)
done = subprocess.run([sys.argv[2], "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000", "--dump-dom",
                       f"http://{host}:{port}"], capture_output=True, text=True, timeout=120)
print(done.stdout)
netron.stop()
"""


def show(netron, file):
    """The texts of the boxes that Netron draws of `file`."""
    done = subprocess.run([sys.executable, "-c", SHOW, file, BROWSER], cwd=netron, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    return re.findall(r">([^<>]+)</text>", done.stdout)


@pytest.fixture(scope="module")
def folder(qc, example, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", "color=rgb mean=127.5 std=127.5",
       "--report-samples", "0", "--quiet", "--emit", "onnx,float-onnx,tflite", "-o", out)
    return out


@pytest.mark.parametrize("file", ["model.qdq.onnx", "model.float.onnx"])
def test_every_node_of_an_onnx_file_is_drawn(netron, folder, file):
    graph = onnx.load(str(folder / file)).graph
    # What makes constants of stored numbers is drawn as a part of who reads them.
    stored = {tensor.name for tensor in graph.initializer}
    expected = [node.op_type for node in graph.node if not set(node.input) <= stored]
    texts = show(netron, folder / file)
    for kind in set(expected):
        assert texts.count(kind) >= expected.count(kind), f"{kind}: {texts}"
    assert "image" in texts and "logits" in texts


def test_a_tflite_file_is_drawn(netron, folder):
    texts = show(netron, folder / "model.tflite")
    assert texts.count("Conv2D") >= 5 and texts.count("FullyConnected") == 1 and texts.count("DepthwiseConv2D") == 4
    assert "image" in texts and "logits" in texts


def test_what_is_damaged_is_not_drawn(netron, folder, tmp_path):
    """The other tests can fail."""
    bad = tmp_path / "model.onnx"
    bad.write_bytes((folder / "model.qdq.onnx").read_bytes()[:5000])
    assert "Conv" not in show(netron, bad)
