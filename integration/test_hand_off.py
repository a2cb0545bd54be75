"""What a compile hands over to each vendor's last tool, read by what is not ours.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import re

import numpy as np
import onnx
import onnxruntime
import pytest

PREPROCESS = "color=rgb mean=120,127.5,130 std=127.5,100,64"


@pytest.fixture(scope="module")
def compiled(qc, example, tmp_path_factory):
    """A folder of what a compile writes, by target and further options."""
    made = {}

    def compile(target, *arguments):
        key = (target, *arguments)
        if key not in made:
            out = tmp_path_factory.mktemp(target)
            qc("compile", example / "shapes.onnx", "--target", target, "--data", example / "calib", "--samples", "6",
               "--preprocess", PREPROCESS, *arguments, "-o", out)
            made[key] = out / "hand-off"
        return made[key]

    return compile


def readme(folder):
    """The five lines, and the files that they name."""
    lines = (folder / "README.md").read_text().splitlines()
    assert len(lines) == 5
    assert [line.split(" ")[0] for line in lines] == ["For", "Files:", "Next:", "Checked:", "Not"]
    files = re.findall(r"`([^`]+)` \(", lines[1])
    for name in files:
        assert (folder / name).exists(), name
    others = {path.relative_to(folder).parts[0] for path in folder.rglob("*") if path.is_file()} - {"README.md"}
    assert others == {name.rstrip("/") for name in files}
    return lines


def run(path, value):
    session = onnxruntime.InferenceSession(str(path))
    return session.run(None, {session.get_inputs()[0].name: value})[0]


def read_yaml(path):
    """The plain keys of a yaml as hb_mapper's examples write it, by section."""
    found, section = {}, {}
    for line in path.read_text().splitlines():
        if not line.startswith(" "):
            section = found.setdefault(line.rstrip(":"), {})
        elif match := re.fullmatch(r"  (\w+): '(.*)'", line):
            section[match.group(1)] = match.group(2)
    return found


def calibration(folder):
    return sorted(path for path in (folder / "calibration").rglob("*") if path.is_file())


def layers(prototxt):
    """The layers of a quant_params prototxt by name: a reader of its own."""
    found = {}
    for block in re.findall(r"^layers \{\n(.*?)^\}", prototxt, re.MULTILINE | re.DOTALL):
        name = re.search(r'layer_name: "(.*)"', block).group(1)
        found[name] = {
            field: {"min": float(re.search(r"min: (\S+)", body).group(1)),
                    "max": float(re.search(r"max: (\S+)", body).group(1)),
                    "scale": [float(x) for x in re.findall(r"scale: (\S+)", body)],
                    "size": int(re.search(r"size: (\d+)", body).group(1)),
                    "value": [float(x) for x in re.findall(r"value: (\S+)", body)]}
            for field, body in re.findall(r"  (\w+) \{\n(.*?)  \}", block, re.DOTALL)}
    return found


def test_tda4(qc, compiled, example):
    folder = compiled("tda4")
    lines = readme(folder)
    assert "tda4" in lines[0] and "model.onnx" in lines[2]
    options = json.loads((folder / "tidl_options.json").read_text())
    assert options["tensor_bits"] == 8 and options["advanced_options:quant_params_proto_path"] == "quant_params.prototxt"
    assert options["advanced_options:quantization_scale_type"] == 1
    text = (folder / "quant_params.prototxt").read_text()
    named = layers(text)
    assert int(re.search(r"num_layers: (\d+)", text).group(1)) == len(named)
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    tensors = {name for node in model.graph.node for name in node.output} | {i.name for i in model.graph.input}
    assert named.keys() <= tensors
    # Ranges are those of the program: a power of two times the integers' range.
    program = json.loads(qc("inspect", folder.parent / "model.qcb", "--json").stdout)
    scales = {tensor["name"]: tensor["scale"]
              for step in program["instructions"] for tensor in step["outputs"] if "scale" in tensor}
    checked = 0
    for name, layer in named.items():
        assert layer["outputs"]["min"] < layer["outputs"]["max"]
        if name in scales:
            checked += 1
            assert layer["outputs"]["scale"][0] == pytest.approx(1 / scales[name])
            assert layer["outputs"]["max"] == pytest.approx(127 * scales[name])
    assert checked >= 3
    # Biases are whole, and those of the float model but for the step that the program rounds them to.
    constants = {i.name: onnx.numpy_helper.to_array(i) for i in model.graph.initializer}
    biases = [layer["bias"] for layer in named.values() if "bias" in layer]
    assert biases and all(len(bias["value"]) == bias["size"] for bias in biases)
    for bias in biases:
        assert any(value.shape == (bias["size"],) and np.allclose(value, bias["value"], rtol=0, atol=3e-3) for value in constants.values())


def test_both_roads_of_tda4_compute_the_network(qc, compiled, example):
    folder = compiled("tda4")
    value = np.random.default_rng(0).normal(size=(1, 3, 48, 48)).astype(np.float32)
    wanted = run(example / "shapes.onnx", value)
    assert np.argmax(run(folder / "model.onnx", value)) == np.argmax(wanted)
    assert np.argmax(run(folder / "model.qdq.onnx", value)) == np.argmax(wanted)


def test_tda4_without_symmetric_scales(compiled):
    folder = compiled("tda4", "--target-option", "chip=am62a")
    assert not (folder / "quant_params.prototxt").exists()
    assert "no quant_params.prototxt" in readme(folder)[3]


def test_tda4_wide_and_float(compiled):
    folder = compiled("tda4", "--precision", "int16")
    assert json.loads((folder / "tidl_options.json").read_text())["tensor_bits"] == 16
    assert not (folder / "model.qdq.onnx").exists()
    readme(folder)
    folder = compiled("tda4", "--precision", "float")
    assert json.loads((folder / "tidl_options.json").read_text()) == {"tensor_bits": 32}


def test_horizon_first_generation(qc, compiled, example, tmp_path):
    folder = compiled("horizon")
    readme(folder)
    model = onnx.load(folder / "model.onnx")
    assert model.opset_import[0].version == 11 and model.ir_version <= 7
    config = read_yaml(folder / "config.yaml")
    inputs = config["input_parameters"]
    assert config["model_parameters"]["march"] == "bayes-e"
    assert inputs["input_type_train"] == "rgb" and inputs["norm_type"] == "data_mean_and_scale"
    mean = np.array([float(x) for x in inputs["mean_value"].split()], np.float32)
    scale = np.array([float(x) for x in inputs["scale_value"].split()], np.float32)
    assert mean == pytest.approx([120, 127.5, 130], rel=1e-5)
    assert scale == pytest.approx([1 / 127.5, 1 / 100, 1 / 64], rel=1e-5)
    # Files are raw pixels, which the yaml's numbers turn into what qc calibrated on.
    files = calibration(folder)
    assert len(files) == 6 and files[0].parent.name == inputs["input_name"] + "_f32"
    pixels = np.fromfile(files[0], np.float32).reshape(1, 3, 48, 48)
    assert pixels == pytest.approx(np.round(pixels), abs=1e-3) and -0.01 < pixels.min() and pixels.max() < 255.01
    dumped = tmp_path / "seen.npz"
    np.savez(tmp_path / "x.npz", **{inputs["input_name"]: (pixels - mean.reshape(3, 1, 1)) * scale.reshape(3, 1, 1)})
    qc("run", example / "shapes.onnx", "--data", tmp_path / "x.npz", "-o", dumped)
    qc("run", example / "shapes.onnx", "--data", example / "calib", "--samples", "6", "--preprocess", PREPROCESS, "-o",
       tmp_path / "calibrated.npz")
    (name,) = np.load(dumped).files
    assert np.load(dumped)[name][0] == pytest.approx(np.load(tmp_path / "calibrated.npz")[name][0], rel=1e-3, abs=1e-3)
    # What is written is a yaml of the vendor, which is read again.
    text = qc("compile", "--target", "horizon", "--vendor-config", folder / "config.yaml", "--dry-run").stdout
    assert "chip=x5" in text and "refused" not in text


def test_raw_files_are_samples(qc, compiled, example, tmp_path):
    """What hb_mapper calibrates on, qc does as well: bare f32 pixels, or bytes."""
    folder = compiled("horizon")
    files = calibration(folder)
    name = read_yaml(folder / "config.yaml")["input_parameters"]["input_name"]
    pixels = [np.fromfile(path, np.float32).reshape(1, 3, 48, 48) for path in files]
    np.savez(tmp_path / "pixels.npz", **{name: np.concatenate(pixels)})
    for count, data in enumerate([files[0].parent, tmp_path / "pixels.npz"]):
        qc("run", example / "shapes.onnx", "--data", data, "--raw", "--preprocess", PREPROCESS, "-o",
           tmp_path / f"{count}.npz")
    (output,) = np.load(tmp_path / "0.npz").files
    assert (np.load(tmp_path / "0.npz")[output] == np.load(tmp_path / "1.npz")[output]).all()
    (tmp_path / "short.bin").write_bytes(b"1234")
    done = qc("run", example / "shapes.onnx", "--data", tmp_path / "short.bin", exit_code=1)
    assert "holds 4 bytes, expected those of" in done.stderr


def test_horizon_second_generation(qc, compiled):
    folder = compiled("horizon", "--target-option", "chip=nash", "--precision", "a16w8")
    readme(folder)
    config = read_yaml(folder / "config.yaml")
    assert config["model_parameters"]["march"] == "nash-e"
    assert np.load(calibration(folder)[0]).shape == (1, 3, 48, 48)
    quant = json.loads((folder / "quant_config.json").read_text())
    nodes = {node.name for node in onnx.load(folder / "model.onnx").graph.node}
    assert quant["node_config"] and quant["node_config"].keys() <= nodes
    text = qc("compile", "--target", "horizon", "--vendor-config", folder / "config.yaml", "--dry-run").stdout
    assert "chip=nash" in text and "refused" not in text


def test_pictures_of_a_camera(qc, compiled, example, tmp_path):
    """The vendors' tools convert pictures themselves: what is handed over is the network that was trained."""
    folder = compiled("horizon", "--input-type", "nv12")
    readme(folder)
    inputs = read_yaml(folder / "config.yaml")["input_parameters"]
    assert inputs["input_type_train"] == "rgb" and inputs["input_type_rt"] == "nv12"
    model = onnx.load(folder / "model.onnx")
    assert [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim] == [1, 3, 48, 48]
    # Pixels through the yaml's numbers and the model are pixels through the source network.
    pixels = np.fromfile(calibration(folder)[0], np.float32).reshape(1, 3, 48, 48)
    assert pixels == pytest.approx(np.round(pixels), abs=1e-3) and pixels.max() > 50
    mean, scale = (np.array([float(x) for x in inputs[key].split()], np.float32).reshape(3, 1, 1)
                   for key in ("mean_value", "scale_value"))
    wanted = run(example / "shapes.onnx",
                 (pixels - np.array([120, 127.5, 130], np.float32).reshape(3, 1, 1)) /
                 np.array([127.5, 100, 64], np.float32).reshape(3, 1, 1))
    assert np.argmax(run(folder / "model.onnx", (pixels - mean) * scale)) == np.argmax(wanted)
    folder = compiled("sigmastar", "--input-type", "nv12")
    assert "input_formats = YUV_NV12" in (folder / "input_config.ini").read_text()
    model = onnx.load(folder / "model.onnx")
    known = {name for node in model.graph.node for name in [*node.input, *node.output]}
    assert {entry["name"] for entry in json.loads((folder / "quant_file.json").read_text())} <= known
    folder = compiled("tda4", "--input-type", "rgb")
    assert "would convert pictures itself" in readme(folder)[3]


def test_mtk(compiled, example):
    from ai_edge_litert.interpreter import Interpreter

    folder = compiled("mtk", "--target-option", "chip=mdla5")
    assert "--arch=mdla5.3" in readme(folder)[2]
    interpreter = Interpreter(model_path=str(folder / "model.tflite"))
    interpreter.allocate_tensors()
    assert interpreter.get_input_details()[0]["dtype"] == np.int8
    assert "--relax-fp32" in readme(compiled("mtk", "--precision", "float"))[2]


def test_sigmastar(qc, compiled):
    folder = compiled("sigmastar", "--precision", "conv16")
    readme(folder)
    text = qc("compile", "--target", "sigmastar", "--vendor-config", folder / "input_config.ini", "--dry-run").stdout
    assert "precision: conv16" in text and "refused" not in text
    assert "mean=120,127.5,130 std=127.5,100,64" in text
    entries = json.loads((folder / "quant_file.json").read_text())
    names = {entry["name"] for entry in entries}
    assert len(names) == len(entries)
    model = onnx.load(folder / "model.onnx")
    known = {name for node in model.graph.node for name in [*node.input, *node.output]}
    assert names <= known
    for entry in entries:
        assert len(entry["min"]) == len(entry["max"]) and all(a < b for a, b in zip(entry["min"], entry["max"]))
        assert entry["bit"] in (8, 16)
    assert {entry["bit"] for entry in entries} == {8, 16}


# Powers of two come back exactly; of others, those without ties are chosen again.
@pytest.mark.parametrize("target, name, options, rel", [
    ("tda4", "quant_params.prototxt", (), 0),
    ("tda4", "quant_params.prototxt", ("--target-option", "quantization_scale_type=0"), 1e-3),
    ("tda4", "quant_params.prototxt", ("--precision", "int16"), 0),
    ("sigmastar", "quant_file.json", (), 1e-3)], ids=str)
def test_ranges_come_back(qc, example, tmp_path, target, name, options, rel):
    """Ranges that were handed over give the scales that they came from, without samples."""
    base = ("compile", example / "shapes.onnx", "--target", target, *options, "--preprocess", PREPROCESS, "--correct",
            "none", "--emit", "encodings,hand-off")
    qc(*base, "--data", example / "calib", "--samples", "6", "-o", tmp_path / "first")
    qc(*base, "--encodings-in", tmp_path / "first" / "hand-off" / name, "-o", tmp_path / "again")
    first, again = ({e["name"]: e for e in json.loads((tmp_path / out / "model.encodings.json").read_text())["encodings"]
                     if e.get("role") != "weight"} for out in ("first", "again"))
    assert first.keys() == again.keys()
    for tensor, entry in first.items():
        assert [again[tensor][key] for key in ("type", "zero_point")] == [entry[key] for key in ("type", "zero_point")]
        assert again[tensor]["scale"] == pytest.approx(entry["scale"], rel=rel, abs=0), tensor


def ranges(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize("target, text, message", [
    ("tda4", 'num_layers: 1\nlayers {\n layer_name: "nosuch"\n outputs { min: 0 max: 1 }\n}\n', "nosuch"),
    ("tda4", 'num_layers: 2\nlayers { layer_name: "logits" outputs { min: 0 max: 1 } }', "num_layers is 2, found 1"),
    ("tda4", 'layers { layer_name: "a" outputs { min: 1 max: 0 } }', "line 1: layer 'a': min is above max"),
    ("tda4", 'layers { layer_name: "a" output { min: 0 max: 1 } }', "did you mean 'outputs'"),
    ("tda4", 'layers { layer_name: "a', "a text is not closed"),
    ("tda4", 'layers { layer_name: "a" outputs { min: 0 max: nan } }', "expected a number"),
    ("tda4", 'layers { layer_name: "a" outputs { min: 0 max: 1 }', "expected the name of a field"),
    ("sigmastar", '[{"name": "logits", "min": [0], "max": [1, 2]}]', "no lists of equal length"),
    ("sigmastar", '[{"min": [0], "max": [1]}]', "entry 0 has no name"),
    ("sigmastar", '[{"name": "a", "min": [0], "max": [1], "bits": 8}]', "unknown key 'bits'"),
    ("sigmastar", '[{"name": "nosuch", "min": [0], "max": [1], "bit": 8}]', "nosuch"),
    ("sigmastar", "[", "not JSON"),
    ("mtk", '{"version": "v2", "quantization_params": []}', 'expected an object with "version": "v1"'),
    ("mtk", '{"version": "v1", "quantization_params": [{"activations": {"a": {"dtype": "FP"}}}]}', "--deny"),
])
def test_mistakes_in_files(qc, example, tmp_path, target, text, message):
    done = qc("compile", example / "shapes.onnx", "--target", target, "--encodings-in",
              ranges(tmp_path / "ranges", text), "--allow-missing", "--data", "random:2", "-o", tmp_path / "out",
              exit_code=1)
    assert message in done.stderr
    assert not (tmp_path / "out" / "model.qcb").exists()


def test_mtk_ranges(qc, example, tmp_path):
    text = json.dumps({"version": "v1", "quantization_params": [
        {"activations": {"logits": {"is_symmetric": False, "min_vals": [-20], "max_vals": [31]}}}]})
    done = qc("compile", example / "shapes.onnx", "--target", "mtk", "--encodings-in",
              ranges(tmp_path / "qparams.json", text), "--allow-missing", "--data", "random:2", "--correct", "none",
              "--encodings-out", tmp_path / "out.json", "-o", tmp_path / "out")
    assert "dtype and is_symmetric are not taken" in done.stderr
    entry = {e["name"]: e for e in json.loads((tmp_path / "out.json").read_text())["encodings"]}["logits"]
    assert entry["scale"][0] == pytest.approx(51 / 255, rel=1e-2)


def test_emit_narrows(qc, example, tmp_path):
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--data", "random:2", "--emit", "qcb", "-o", tmp_path)
    assert not (tmp_path / "hand-off").exists()
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--data", "random:2", "--emit", "hand-off", "-o", tmp_path)
    assert (tmp_path / "hand-off" / "README.md").exists() and not (tmp_path / "model.qcb").exists()
    # A new compile takes the old folder away.
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--data", "random:2", "--emit", "qcb", "-o", tmp_path)
    assert not (tmp_path / "hand-off").exists()
    done = qc("compile", example / "shapes.onnx", "--target", "generic", "--data", "random:2", "--emit", "hand-off",
              "-o", tmp_path, exit_code=2)
    assert "cannot emit 'hand-off'" in done.stderr


def test_what_cannot_be_handed_over_is_a_warning(qc, example, tmp_path):
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--data", "random:2", "--emit", "qcb", "-o",
       tmp_path / "a")
    done = qc("compile", tmp_path / "a" / "quantize.mlirbc", "-o", tmp_path / "b")
    assert "'hand-off'" in done.stderr and "is not written" in done.stderr
    assert (tmp_path / "b" / "model.qcb").exists() and not (tmp_path / "b" / "hand-off").exists()
    done = qc("compile", tmp_path / "a" / "quantize.mlirbc", "--emit", "hand-off", "-o", tmp_path / "c", exit_code=1)
    assert "has not been through" in done.stderr


#===- the stages under a vendor's names ---------------------------------------===#


@pytest.mark.parametrize("target, names", [
    ("horizon", ["model_original_float_model.onnx", "model_optimized_float_model.onnx", "model_quantized_model.onnx"]),
    ("sigmastar", [None, "model_float.onnx", "model_fixed.onnx"])])
def test_stages(qc, example, tmp_path, target, names):
    """The first is the source, the second what is quantized, the third computes what the program does."""
    qc("compile", example / "shapes.onnx", "--target", target, "--data", example / "calib", "--samples", "6",
       "--preprocess", PREPROCESS, "--emit", "stages,qcb", "-o", tmp_path)
    assert sorted(path.name for path in (tmp_path / "stages").iterdir()) == sorted(filter(None, names))
    value = np.random.default_rng(3).uniform(-1, 1, (1, 3, 48, 48)).astype(np.float32)
    np.save(tmp_path / "x.npy", value)
    qc("run", tmp_path / "model.qcb", "--data", tmp_path / "x.npy", "-o", tmp_path / "y.npz")
    program = np.load(tmp_path / "y.npz")["logits"]
    original, optimized, integers = (run(tmp_path / "stages" / name, value) if name else None for name in names)
    source = run(example / "shapes.onnx", value)
    if original is not None:
        np.testing.assert_allclose(original, source, atol=1e-4)
    np.testing.assert_allclose(optimized, source, atol=0.2 * np.abs(source).max())
    np.testing.assert_allclose(integers.ravel(), program.ravel(), atol=0.02 * np.abs(source).max())


def test_stages_need_the_beginning(qc, example, tmp_path):
    qc("compile", example / "shapes.onnx", "--target", "horizon", "--data", example / "calib", "--samples", "2",
       "--preprocess", PREPROCESS, "--emit", "qcb", "-o", tmp_path)
    qc("compile", tmp_path / "quantize.mlirbc", "--emit", "stages", "-o", tmp_path / "out", exit_code=1)
    assert not (tmp_path / "out" / "stages").exists()


def test_ranges_for_mtk_converter(qc, example, tmp_path):
    """A float model and its qparams, which come back as the ranges that they are."""
    base = ("compile", example / "shapes.onnx", "--target", "mtk", "--preprocess", PREPROCESS, "--correct", "none")
    qc(*base, "--data", example / "calib", "--samples", "6", "--emit", "converter,encodings", "-o", tmp_path / "first")
    folder = tmp_path / "first" / "converter"
    params = json.loads((folder / "qparams.json").read_text())
    assert params["version"] == "v1"
    activations = params["quantization_params"][0]["activations"]
    names = {
        name for node in onnx.load(folder / "model.onnx").graph.node for name in node.output}
    inputs = {value.name for value in onnx.load(folder / "model.onnx").graph.input}
    assert set(activations) <= names | inputs and len(activations) > 5
    assert all(set(entry) == {"is_symmetric", "min_vals", "max_vals"} for entry in activations.values())
    qc(*base, "--encodings-in", folder / "qparams.json", "--emit", "encodings", "-o", tmp_path / "again")
    first, again = ({e["name"]: e for e in json.loads((tmp_path / out / "model.encodings.json").read_text())["encodings"]
                     if e.get("role") != "weight"} for out in ("first", "again"))
    assert first.keys() == again.keys()
    for name, entry in first.items():
        assert again[name]["scale"] == pytest.approx(entry["scale"], rel=1e-3), name
