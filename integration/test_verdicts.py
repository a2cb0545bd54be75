"""Tables with verdicts: bounds on tensors of models and of dumps, whoever wrote them.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import math

import numpy as np
import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


@pytest.fixture(scope="module")
def compiled(qc, example, tmp_path_factory):
    out = tmp_path_factory.mktemp("compiled")
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--emit", "qcb",
       "-o", out)
    return out


@pytest.fixture
def dumps(tmp_path):
    """Two archives of one tensor that is off by 0.1 in one of four elements, and one that is equal."""
    x = np.array([1, -2, 3, 4], np.float32)
    y = x.copy()
    y[2] += 0.1
    np.savez(tmp_path / "a.npz", x=x, same=x, lonely=x)
    np.savez(tmp_path / "b.npz", x=y.reshape(2, 2).astype(np.float64), same=x)
    return tmp_path


def table(done):
    return {row["name"]: row for row in json.loads(done.stdout)["tensors"]}


def test_figures(qc, dumps):
    done = qc("compare", dumps / "a.npz", dumps / "b.npz", "--json")
    rows = table(done)
    assert json.loads(done.stdout)["only_in_reference"] == ["lonely"]
    assert rows["x"]["mse"] == pytest.approx(0.01 / 4, rel=1e-4)
    assert rows["x"]["rmse"] == pytest.approx(0.05, rel=1e-4)
    assert rows["x"]["relative_rmse"] == pytest.approx(math.sqrt(0.01 / 30), rel=1e-4)
    assert rows["same"]["cosine"] == 1 and rows["same"]["relative_rmse"] == 0


@pytest.mark.parametrize("bounds, broken", [
    (["--atol", "0.2"], ""),
    (["--atol", "0.05"], "elements outside"),
    (["--atol", "0.05", "--max-outside", "0.25"], ""),
    (["--rtol", "0.02", "--atol", "0.01"], "elements outside"),
    (["--rtol", "0.05"], ""),
    (["--max-relative-rmse", "0.02"], ""),
    (["--max-relative-rmse", "0.01"], "relative RMSE"),
    (["--min-cosine", "0.9999"], "cosine"),
    (["--min-cosine", "0.99", "--max-relative-rmse", "0.1"], ""),
])
def test_verdicts(qc, dumps, bounds, broken):
    done = qc("compare", dumps / "a.npz", dumps / "b.npz", *bounds, exit_code=3 if broken else 0)
    if broken:
        assert f"1 tensor breaks a bound: 'x' ({broken})" in done.stderr and f"<-- {broken}" in done.stdout


def test_nan_breaks_a_bound(qc, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([1, 2], np.float32))
    np.savez(tmp_path / "b.npz", x=np.array([1, np.nan], np.float32))
    qc("compare", tmp_path / "a.npz", tmp_path / "b.npz", "--atol", "1", exit_code=3)


def test_name_map(qc, dumps, tmp_path):
    np.savez(tmp_path / "theirs.npz", **{"layer 1": np.array([1, -2, 3, 4], np.float32)})
    done = qc("compare", dumps / "a.npz", tmp_path / "theirs.npz", exit_code=1)
    assert "no tensor name in common" in done.stderr
    names = tmp_path / "names.tsv"
    names.write_text("# ours, theirs\nx\tlayer 1\n")
    assert table(qc("compare", dumps / "a.npz", tmp_path / "theirs.npz", "--name-map", names, "--json"))["x"]["mse"] == 0
    names.write_text("y\tlayer 1\n")
    done = qc("compare", dumps / "a.npz", tmp_path / "theirs.npz", "--name-map", names, exit_code=1)
    assert "the reference has no tensor 'y'" in done.stderr
    names.write_text("x layer\n")
    done = qc("compare", dumps / "a.npz", tmp_path / "theirs.npz", "--name-map", names, exit_code=1)
    assert "names.tsv:1: 'x layer' is not NAME<tab>OTHER" in done.stderr


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("form", ["npy", "bin", "txt16", "txt1"])
def test_formats_hold_the_same(qc, compiled, example, tmp_path, form, layout):
    """A dump in each form, of the program and of the float network, against that of numpy."""
    data = ("--data", example / "calib", "--samples", "1")
    qc("run", compiled / "model.qcb", *data, "--dump", tmp_path / "npy")
    qc("run", compiled / "model.qcb", *data, "--dump", tmp_path / form, "--dump-format", form, "--dump-layout",
       layout)
    qc("compare", tmp_path / "npy", tmp_path / form, "--atol", "0")
    rows = [line.split("\t") for line in (tmp_path / form / "index.tsv").read_text().splitlines()]
    assert rows[0] == ["name", "file", "type", "shape", "layout"] and len(rows) > 4
    images = [row for row in rows[1:] if row[3].count("x") == 3]
    assert images and {row[4] for row in images} == {"nhwc" if layout == "nhwc" else "source"}
    for name, file, dtype, shape, _ in rows[1:]:
        count = math.prod(int(size) for size in shape.split("x"))
        if form == "bin":
            assert (tmp_path / form / file).stat().st_size == 4 * count
        elif form != "npy":
            lines = (tmp_path / form / file).read_text().splitlines()
            width = 16 if form == "txt16" else 1
            assert len(lines) == math.ceil(count / width) and len(lines[0].split()) == min(width, count)


def test_channels_last(qc, compiled, example, tmp_path):
    """The same numbers in the other order: as numpy transposes them, and the npy of an image with its channels last."""
    for layout in ("nchw", "nhwc"):
        qc("run", compiled / "model.qcb", "--data", example / "calib", "--samples", "1", "--dump", tmp_path / layout,
           "--dump-layout", layout)
    rows = [line.split("\t") for line in (tmp_path / "nhwc" / "index.tsv").read_text().splitlines()[1:]]
    found = 0
    for _, file, _, shape, order in rows:
        source, last = (np.load(tmp_path / layout / file) for layout in ("nchw", "nhwc"))
        if order == "nhwc":
            found += 1
            source = source.transpose(0, 2, 3, 1)
        assert np.array_equal(source, last)
    assert found >= 3
    qc("run", compiled / "model.qcb", "--data", "random:1", "--dump-layout", "nhwc", exit_code=2)


def test_integers(qc, compiled, example, tmp_path):
    data = ("--data", example / "calib", "--samples", "1")
    qc("run", compiled / "model.qcb", *data, "--dump", tmp_path / "real")
    qc("run", compiled / "model.qcb", *data, "--dump", tmp_path / "stored", "--dump-integers")
    program = json.loads(qc("inspect", compiled / "model.qcb", "--json").stdout)
    scales = {tensor["name"]: (tensor["scale"], tensor["zero_point"])
              for step in program["instructions"] for tensor in step["outputs"] if "scale" in tensor}
    rows = [line.split("\t") for line in (tmp_path / "stored" / "index.tsv").read_text().splitlines()[1:]]
    checked = 0
    for name, file, dtype, *_ in rows:
        if name in scales and dtype == "i8":
            scale, zero = scales[name]
            stored = np.load(tmp_path / "stored" / file)
            real = np.load(tmp_path / "real" / file)
            assert stored.dtype == np.int8 and stored.shape == real.shape
            assert real == pytest.approx((stored.astype(np.float32) - zero) * np.float32(scale), rel=1e-5, abs=1e-6)
            checked += 1
    assert checked >= 3


def test_models(qc, compiled, example):
    arguments = ("compare", example / "shapes.onnx", compiled / "model.qcb", "--data", example / "calib", "--samples", "4",
                 "--preprocess", PREPROCESS)
    rows = table(qc(*arguments, "--max-relative-rmse", "0.5", "--json"))
    assert 0 < rows["logits"]["relative_rmse"] < 0.5
    done = qc(*arguments, "--rtol", "0.005", "--atol", "0.01", exit_code=3)
    assert "elements outside" in done.stderr
    qc(*arguments, "--rtol", "0.005", "--atol", "0.01", "--max-outside", "1")


def test_usage(qc, compiled, dumps, example):
    qc("compare", dumps / "a.npz", compiled / "model.qcb", exit_code=2)
    done = qc("compare", compiled / "model.qcb", compiled / "model.qcb", exit_code=2)
    assert "--data is required" in done.stderr
    qc("compare", dumps / "a.npz", dumps / "b.npz", "--atol", "-1", exit_code=2)
    qc("run", compiled / "model.qcb", "--data", "random:1", "--dump-format", "txt1", exit_code=2)
    qc("run", compiled / "model.qcb", "--data", "random:1", "--dump", dumps / "d", "--dump-format", "text", exit_code=2)


def test_bad_dumps(qc, dumps, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "holds no tensors" in qc("compare", tmp_path / "empty", dumps / "b.npz", exit_code=1).stderr
    bad = tmp_path / "bad"
    bad.mkdir()
    for index, message in [("x\tx.bin\tf32\t4\n", "x.bin"), ("x\t../a\tf32\t4\n", "is no name and file"),
                           ("x\tx.txt\tf32\tno\n", "is no shape")]:
        (bad / "index.tsv").write_text("name\tfile\ttype\tshape\n" + index)
        assert message in qc("compare", bad, dumps / "b.npz", exit_code=1).stderr
    (bad / "x.bin").write_bytes(b"123")
    (bad / "index.tsv").write_text("name\tfile\ttype\tshape\nx\tx.bin\tf32\t4\n")
    assert "holds 3 bytes, expected 16" in qc("compare", bad, dumps / "b.npz", exit_code=1).stderr
    np.savez(tmp_path / "short.npz", x=np.zeros(3, np.float32))
    assert "'x' is 4 in" in qc("compare", dumps / "a.npz", tmp_path / "short.npz", exit_code=1).stderr
