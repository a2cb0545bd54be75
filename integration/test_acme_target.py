"""A target out of tree: built against an installed qc, loaded as a plugin, used like a built-in one.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import math

import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


@pytest.fixture(scope="module")
def plugin(installed, root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("acme")
    installed.build(root / "examples" / "acme-target", folder)
    found = sorted(folder.rglob("*.so"))
    assert len(found) == 1, f"expected one plugin, found {found}"
    return found[0]


def test_size(root):
    files = [path for path in (root / "examples" / "acme-target").rglob("*") if path.is_file()]
    lines = sum(len(path.read_text().splitlines()) for path in files if path.suffix in (".cpp", ".h", ".txt"))
    assert 0 < lines < 300, f"the example target has {lines} lines"


def test_listed(qc, plugin):
    assert "acme" in qc("targets", "--load-target-plugin", plugin).stdout
    assert "acme" not in qc("targets").stdout


def test_compiles_and_runs(qc, example, plugin, tmp_path):
    qc("compile", example / "shapes.onnx", "--load-target-plugin", plugin, "--target", "acme",
       "--data", example / "calib", "--preprocess", PREPROCESS, "-o", tmp_path / "out")
    qc("run", tmp_path / "out" / "model.qcb", "--data", "random:1", "-o", tmp_path / "out.npz")


def test_artefact_and_method_of_its_own(qc, example, plugin, tmp_path):
    """The text of scales has those of the program, powers of two times the integers' range."""
    qc("compile", example / "shapes.onnx", "--load-target-plugin", plugin, "--target", "acme", "--method", "acme",
       "--correct", "none", "--data", example / "calib", "--preprocess", PREPROCESS, "--emit", "qcb,acme-scales", "-o",
       tmp_path)
    lines = (tmp_path / "acme.scales").read_text().splitlines()
    assert lines[0] == "# tensor scale zero_point"
    scales = {name: float(scale) for name, scale, _ in (line.split() for line in lines[1:])}
    exponent = math.log2(scales["image"] * 127)
    assert exponent == pytest.approx(round(exponent), abs=1e-5)
    program = json.loads(qc("inspect", tmp_path / "model.qcb", "--json").stdout)
    stored = {tensor["name"]: tensor["scale"]
              for step in program["instructions"] for tensor in step["outputs"] if "scale" in tensor}
    assert scales.keys() <= stored.keys()
    for name, scale in scales.items():
        assert stored[name] == pytest.approx(scale, rel=1e-6)


def test_hand_off_and_parameters_of_its_own(qc, example, plugin, tmp_path):
    """By default the plugin's folder is there, and its file comes back in with the scales that it has."""
    common = ("compile", example / "shapes.onnx", "--load-target-plugin", plugin, "--target", "acme", "--data",
              example / "calib", "--preprocess", PREPROCESS, "--correct", "none")
    qc(*common, "-o", tmp_path / "a")
    lines = (tmp_path / "a" / "hand-off" / "README.md").read_text().splitlines()
    assert len(lines) == 5 and lines[2] == "Next: `acmelink acme.scales`"
    scales = tmp_path / "a" / "hand-off" / "acme.scales"
    doubled = [line.split() for line in scales.read_text().splitlines()[1:]]
    text = "".join(f"{name} {2 * float(scale)!r} {zero}\n" for name, scale, zero in doubled)
    (tmp_path / "doubled").write_text("# tensor scale zero_point\n" + text)
    qc(*common, "--encodings-in", tmp_path / "doubled", "--allow-missing", "-o", tmp_path / "b")
    scales.write_text("# tensor scale zero_point\nimage abc 0\n")
    broken = qc(*common, "--encodings-in", scales, "-o", tmp_path / "c", exit_code=1)
    assert "'image abc 0' is no name, scale and zero point 0" in broken.stderr
    again = [line.split() for line in (tmp_path / "b" / "hand-off" / "acme.scales").read_text().splitlines()[1:]]
    assert {name: float(scale) for name, scale, _ in again} == pytest.approx(
        {name: 2 * float(scale) for name, scale, _ in doubled}, rel=1e-6)


def test_options_of_its_vendor(qc, plugin, tmp_path):
    """A fifth vendor's options file is read by the table that the plugin brings."""
    path = tmp_path / "acmelink.ini"
    path.write_text("[link]\ndevice = A-1\nframes = 7\njobs = 2\n")
    arguments = ("compile", "--load-target-plugin", plugin, "--target", "acme", "--vendor-config", path, "--dry-run")
    text = qc(*arguments).stdout
    assert "target-option: [chip=a1]" in text and "samples: 7" in text and "it is about acmelink" in text
    path.write_text("[link]\naffine = yes\n")
    assert "refused    the NPU has none" in qc(*arguments, exit_code=1).stdout
    path.write_text("[link]\nframe = 7\n")
    assert "did you mean 'link.frames'" in qc(*arguments, exit_code=1).stderr
    assert "link.affine" in qc("targets", "acme", "--load-target-plugin", plugin, "--options").stdout


def test_others_do_not_have_it(qc, example, plugin, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--load-target-plugin", plugin, "--target", "generic", "--data",
              "random:1", "--emit", "acme-scales", "-o", tmp_path / "out", exit_code=2)
    assert "cannot emit 'acme-scales'" in done.stderr


def test_unknown_without_the_plugin(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--target", "acme", "--data", "random:1", "-o", tmp_path / "out",
              exit_code=2)
    assert "acme" in done.stderr and "generic" in done.stderr
