"""Programs that take what the camera gives, against numpy and onnxruntime.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

The definitions below are written down once more, from ITU-R BT.601 and BT.709, in double: nothing of qc makes the
bytes that its programs are fed with, nor the values that they are compared with.
"""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper
from PIL import Image

PREPROCESS = "color=rgb mean=127.5 std=127.5"
MATRICES = {"bt601-full": (0.299, 0.114, False), "bt601-video": (0.299, 0.114, True), "bt709": (0.2126, 0.0722, True),
            "bt709-full": (0.2126, 0.0722, False)}


# ---- the reference ---------------------------------------------------------------------------------------------------

def to_yuv(rgb, matrix):
    """[H, W, 3] pixels as Y, U, V, not rounded."""
    kr, kb, video = MATRICES[matrix]
    r, g, b = np.moveaxis(rgb.astype(np.float64), -1, 0)
    y = kr * r + (1 - kr - kb) * g + kb * b
    u, v = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    if video:
        return np.stack([16 + y * 219 / 255, 128 + u * 224 / 255, 128 + v * 224 / 255], -1)
    return np.stack([y, u + 128, v + 128], -1)


def from_yuv(yuv, matrix):
    """Stored Y, U, V as pixels 0..255, not rounded."""
    kr, kb, video = MATRICES[matrix]
    y, u, v = np.moveaxis(yuv.astype(np.float64), -1, 0)
    y, u, v = ((y - 16) * 255 / 219, (u - 128) * 255 / 224, (v - 128) * 255 / 224) if video else (y, u - 128, v - 128)
    r, b = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    return np.clip(np.stack([r, (y - kr * r - kb * b) / (1 - kr - kb), b], -1), 0, 255)


def to_byte(values):
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def make_nv12(rgb, matrix, stride=None):
    """Rows of Y, then U and V of two by two pixels in turns: the bytes of a camera."""
    height, width, _ = rgb.shape
    yuv = to_yuv(rgb, matrix)
    frame = np.zeros((height * 3 // 2, stride or width), np.uint8)
    frame[:height, :width] = to_byte(yuv[..., 0])
    chroma = yuv[..., 1:].reshape(height // 2, 2, width // 2, 2, 2).mean((1, 3))
    frame[height:, :width] = to_byte(chroma).reshape(height // 2, width)
    return frame


def read_nv12(frame, width, matrix):
    """The pixels of such a frame, not rounded."""
    height = frame.shape[0] * 2 // 3
    chroma = frame[height:, :width].reshape(height // 2, width // 2, 2).repeat(2, 0).repeat(2, 1)
    return from_yuv(np.concatenate([frame[:height, :width, None], chroma], -1), matrix)


def normalise(pixels, mean=127.5, std=127.5):
    """[H, W, 3] as the network's input [1, 3, H, W]."""
    return ((pixels - np.array(mean)) / np.array(std)).transpose(2, 0, 1)[None].astype(np.float32)


def get_layer(folder, name):
    """What the report says of a tensor."""
    layers = json.loads((folder / "report.json").read_text())["layers"]
    return next(layer for layer in layers if layer["name"] == name)


def run_onnx(path, feed):
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.x64quantprecision", "1")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: feed})[0]


# ---- the example network on every type -------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def images(example):
    return sorted(example.glob("test/*/0*0.png"))[:6]


@pytest.fixture(scope="module")
def compiled(qc, example, tmp_path_factory):
    """Compiles the example once for each list of options."""
    known = {}

    def compile(*options, data=None):
        key = tuple(map(str, options))
        if key not in known:
            folder = tmp_path_factory.mktemp("compiled")
            qc("compile", example / "shapes.onnx", "--data", data or example / "calib", "--samples", "16",
               "--preprocess", PREPROCESS, "--correct", "none", "--report-samples", "1", *options, "-o", folder)
            known[key] = folder
        return known[key]

    return compile


def make_bytes(kind, rgb, matrix):
    """The picture as the program's input file holds it, and its pixels as the program should see them."""
    if kind == "nv12":
        frame = make_nv12(rgb, matrix)
        return frame, read_nv12(frame, rgb.shape[1], matrix)
    if kind == "yuv444":
        frame = to_byte(to_yuv(rgb, matrix))
        return frame, from_yuv(frame, matrix)
    if kind == "s8":
        return (rgb.astype(np.int16) - 128).astype(np.int8).transpose(2, 0, 1), rgb
    return {"rgb": rgb, "bgr": rgb[..., ::-1], "u8": rgb.transpose(2, 0, 1)}[kind], rgb


@pytest.mark.parametrize("program, camera", [(None, 48), (None, 64), (64, 64), (64, 80)])
def test_planes_apart_are_the_frame(qcrt_run, images, compiled, tmp_path, program, camera):
    """Y and UV in files of their own, rows as long as the camera's (aligned to 16 or 32) or the program's."""
    folder = compiled("--input-type", "nv12", *(["--input-stride", program] if program else []))
    rgb = np.asarray(Image.open(images[0]).convert("RGB"))
    make_nv12(rgb, "bt601-full", program).tofile(tmp_path / "frame.nv12")
    qcrt_run(folder / "model.qcb", "--in", tmp_path / "frame.nv12", "--out", tmp_path / "whole.bin")
    frame = make_nv12(rgb, "bt601-full", camera)
    frame[:, 48:] = 99  # what lies behind a row is nobody's
    frame[:48].tofile(tmp_path / "frame.y")
    frame[48:].tofile(tmp_path / "frame.uv")
    planes = ["--plane", tmp_path / "frame.y", "--plane", tmp_path / "frame.uv", "--plane-stride", camera]
    qcrt_run(folder / "model.qcb", *planes, "--out", tmp_path / "apart.bin")
    assert (tmp_path / "apart.bin").read_bytes() == (tmp_path / "whole.bin").read_bytes()
    listed = qcrt_run(folder / "model.qcb", "--info").stdout
    assert f"plane 0: of image, 48 rows of {program or 48} bytes\nplane 1: of image, 24 rows" in listed
    said = qcrt_run(folder / "model.qcb", *planes[:-1], 16, "--out", tmp_path / "apart.bin", exit_code=1).stderr
    assert "rows of" in said
    said = qcrt_run(folder / "model.qcb", *planes[:2], "--out", tmp_path / "apart.bin", exit_code=1).stderr
    assert "the model has 2 planes" in said


@pytest.mark.parametrize("kind, matrix", [("nv12", "bt601-full"), ("nv12", "bt601-video"), ("nv12", "bt709"),
                                          ("nv12", "bt709-full"), ("yuv444", "bt709"), ("rgb", None), ("bgr", None),
                                          ("u8", None), ("s8", None)])
@pytest.mark.parametrize("target", ["generic", "tda4"])
def test_program_takes_the_cameras_bytes(qc, qcrt_run, example, images, compiled, tmp_path, kind, matrix, target):
    options = ["--target", target, "--input-type", kind]
    folder = compiled(*options, *(["--yuv", matrix] if matrix else []))
    for path in images[:3]:
        rgb = np.asarray(Image.open(path).convert("RGB"))
        frame, pixels = make_bytes(kind, rgb, matrix)
        frame.tofile(tmp_path / "frame.bin")
        qcrt_run(folder / "model.qcb", "--in", tmp_path / "frame.bin", "--out", tmp_path / "y.bin")
        board = np.fromfile(tmp_path / "y.bin", np.float32)

        # The host makes the same bytes of an image file, and runs the same program.
        qc("run", folder / "model.qcb", "--data", path, "-o", tmp_path / "y.npz", "--dump", tmp_path / "dump")
        host = np.load(tmp_path / "y.npz")["logits"].ravel()
        assert np.array_equal(board, host)

        # The first tensor is the reference's, to one step.
        first = get_layer(folder, "image_normalized")
        seen = np.load(tmp_path / "dump" / "image_normalized.npy")
        assert np.abs(seen - normalise(pixels)).max() <= max(first["scale"], 1 / 127.5) * 1.0001

        # The float stages take the same bytes, and give what the source gives of the reference's pixels.
        qc("run", folder / "prepare.mlirbc", "--data", path, "-o", tmp_path / "float.npz")
        source = run_onnx(example / "shapes.onnx", normalise(np.floor(pixels + 0.5)))
        assert np.abs(np.load(tmp_path / "float.npz")["logits"] - source).max() < (0.05 if matrix else 1e-3)


def test_program_is_as_good_as_its_source(qc, example, compiled):
    """Each model sees the images in its own form; the accuracy is that of the source but for 8 bits and chroma."""
    folder = compiled("--input-type", "nv12")
    done = qc("eval", folder / "model.qcb", "--data", example / "test", "--labels", example / "labels.txt",
              "--against", example / "shapes.onnx", "--json")
    score = json.loads(done.stdout)
    assert score["top1"] > 0.9 and score["drop"] < 0.03 and score["agreement"] > 0.95


def test_rows_may_be_longer_than_pictures(qc, qcrt_run, images, compiled, tmp_path):
    plain, padded = compiled("--input-type", "nv12"), compiled("--input-type", "nv12", "--input-stride", "64")
    rgb = np.asarray(Image.open(images[0]).convert("RGB"))
    results = []
    for folder, stride in [(plain, 48), (padded, 64)]:
        make_nv12(rgb, "bt601-full", stride).tofile(tmp_path / "frame.bin")
        qcrt_run(folder / "model.qcb", "--in", tmp_path / "frame.bin", "--out", tmp_path / "y.bin")
        results.append(np.fromfile(tmp_path / "y.bin", np.float32))
    assert np.array_equal(*results)


@pytest.mark.parametrize("precision", ["int16", "a16w8", "float"])
def test_other_precisions(qc, example, images, tmp_path, precision):
    qc("compile", example / "shapes.onnx", "--precision", precision, "--preprocess", PREPROCESS, "--input-type", "nv12",
       *([] if precision == "float" else ["--data", example / "calib", "--samples", "8", "--correct", "none"]),
       "--report-samples", "0", "-o", tmp_path / "out")
    rgb = np.asarray(Image.open(images[0]).convert("RGB"))
    frame = make_nv12(rgb, "bt601-full")
    np.save(tmp_path / "frame.npy", frame[None])
    qc("run", tmp_path / "out" / "model.qcb", "--data", tmp_path / "frame.npy", "-o", tmp_path / "y.npz")
    source = run_onnx(example / "shapes.onnx", normalise(np.floor(read_nv12(frame, 48, "bt601-full") + 0.5)))
    assert np.abs(np.load(tmp_path / "y.npz")["logits"] - source).max() < (0.5 if precision == "a16w8" else 0.05)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.int64])
def test_raw_arrays_are_pixels(qc, images, compiled, tmp_path, dtype):
    """Pixels in an array become the camera's bytes as those of an image file do."""
    folder = compiled("--input-type", "nv12")
    np.save(tmp_path / "raw.npy", np.asarray(Image.open(images[0]).convert("RGB")).astype(dtype))
    qc("run", folder / "model.qcb", "--data", images[0], "-o", tmp_path / "file.npz")
    qc("run", folder / "model.qcb", "--data", tmp_path / "raw.npy", "--raw", "-o", tmp_path / "raw.npz")
    assert np.array_equal(np.load(tmp_path / "file.npz")["logits"], np.load(tmp_path / "raw.npz")["logits"])
    told = qc("run", folder / "model.qcb", "--data", tmp_path / "raw.npy", "-o", tmp_path / "raw.npz", exit_code=1)
    assert "wants u8 of shape" in told.stderr and "the bytes of nv12" in told.stderr
    if dtype != np.uint8:
        np.save(tmp_path / "raw.npy", np.full((48, 48, 3), 300, dtype))
        told = qc("run", folder / "model.qcb", "--data", tmp_path / "raw.npy", "--raw", "-o", tmp_path / "raw.npz",
                  exit_code=1)
        assert "holds 300 where --raw means pixels of 0..255" in told.stderr
    if dtype == np.float32:
        np.save(tmp_path / "raw.npy", np.asarray(Image.open(images[0]).convert("RGB")).astype(dtype) / 255)
        told = qc("run", folder / "model.qcb", "--data", tmp_path / "raw.npy", "--raw", "-o", tmp_path / "raw.npz",
                  exit_code=1)
        assert "these look as if they were normalised already" in told.stderr


# ---- without padding: mean and std go into the first layer -----------------------------------------------------------

@pytest.fixture(scope="module")
def patches(tmp_path_factory):
    """A network of one image whose first layer has no padding, with an image as its result."""
    random = np.random.default_rng(3)
    weight = random.normal(0, 0.2, (8, 3, 4, 4)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["c"], strides=[4, 4]), helper.make_node("Relu", ["c"], ["y"])],
        "patches", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 24])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 8, 4, 6])],
        [onnx.numpy_helper.from_array(weight, "w")])
    path = tmp_path_factory.mktemp("patches") / "patches.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


IMAGENET = "mean=123.675,116.28,103.53 std=58.395,57.12,57.375"


@pytest.mark.parametrize("target, scale, zero", [("generic", 1, -128), ("horizon", 1, 0)])
def test_pixels_lose_nothing(qc, qcrt_run, patches, tmp_path, target, scale, zero):
    """Without padding the first tensor holds pixels in steps of one; symmetric integers hold them less 128."""
    random = np.random.default_rng(5)
    frames = random.integers(0, 256, (8, 16, 24, 3), dtype=np.uint8)
    np.save(tmp_path / "frames.npy", frames)
    qc("compile", patches, "--target", target, "--data", tmp_path / "frames.npy", "--preprocess", IMAGENET,
       "--input-type", "rgb", "--yes", "--correct", "none", "--allow-cpu", "--report-samples", "1", "-o",
       tmp_path / "out")
    first = get_layer(tmp_path / "out", "x_picture")
    assert (first["scale"], first["zero_point"]) == (pytest.approx(scale, rel=1e-6), zero)
    frames[0].tofile(tmp_path / "frame.bin")
    qcrt_run(tmp_path / "out" / "model.qcb", "--in", tmp_path / "frame.bin", "--out", tmp_path / "y.bin")
    mean, std = (np.array(list(map(float, word.split("=")[1].split(",")))) for word in IMAGENET.split())
    source = run_onnx(patches, normalise(frames[0].astype(np.float64), mean, std))
    found = np.fromfile(tmp_path / "y.bin", np.float32).reshape(source.shape)
    assert 20 * np.log10(np.linalg.norm(source) / np.linalg.norm(found - source)) > 30


def test_outputs_in_the_other_layout(qc, patches, tmp_path):
    common = ["--data", "random:4", "--preprocess", IMAGENET, "--yes", "--correct", "none", "--input-type", "rgb"]
    qc("compile", patches, *common, "-o", tmp_path / "nchw")
    qc("compile", patches, *common, "--output-layout", "nhwc", "-o", tmp_path / "nhwc")
    results = []
    for name in ["nchw", "nhwc"]:
        qc("run", tmp_path / name / "model.qcb", "--data", "random:2:7", "-o", tmp_path / f"{name}.npz")
        results.append(np.load(tmp_path / f"{name}.npz")["y"])
    assert results[1].shape == (2, 4, 6, 8)
    assert np.array_equal(results[0].transpose(0, 2, 3, 1), results[1])
    # Tools bring both into the source's order.
    done = qc("eval", tmp_path / "nhwc" / "model.qcb", "--data", "random:2:7", "--against",
              tmp_path / "nchw" / "model.qcb", "--json")
    assert json.loads(done.stdout)["outputs"][0]["cosine_median"] == pytest.approx(1)


def test_floats_in_the_other_layout(qc, patches, tmp_path):
    qc("compile", patches, "--data", "random:4", "--input-layout", "nhwc", "--correct", "none", "-o", tmp_path / "out")
    x = np.random.default_rng(1).normal(0, 0.4, (1, 16, 24, 3)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    qc("run", tmp_path / "out" / "prepare.mlirbc", "--data", tmp_path / "x.npy", "-o", tmp_path / "y.npz")
    source = run_onnx(patches, x.transpose(0, 3, 1, 2))
    assert np.abs(np.load(tmp_path / "y.npz")["y"] - source).max() < 1e-4


def make_network(path, inputs, nodes, output, shape, weights):
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


def test_channels_last_batches_and_several_inputs(qc, tmp_path):
    """A network of two images a sample, in batches of two, one of them with channels last."""
    random = np.random.default_rng(11)
    path = make_network(
        tmp_path / "two.onnx", [("left", [2, 8, 12, 3]), ("right", [2, 1, 8, 12])],
        [helper.make_node("Transpose", ["left"], ["t"], perm=[0, 3, 1, 2]),
         helper.make_node("Conv", ["t", "wl"], ["l"], pads=[1, 1, 1, 1]),
         helper.make_node("Conv", ["right", "wr"], ["r"], pads=[1, 1, 1, 1]), helper.make_node("Add", ["l", "r"], ["y"])],
        "y", [2, 4, 8, 12], {"wl": random.normal(0, 0.3, (4, 3, 3, 3)).astype(np.float32),
                             "wr": random.normal(0, 0.3, (4, 1, 3, 3)).astype(np.float32)})
    frames = [random.integers(0, 256, (8, 12, 3), dtype=np.uint8) for _ in range(4)]
    left = np.stack([make_nv12(frame, "bt709") for frame in frames])
    right = random.integers(0, 256, (4, 1, 8, 12), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", left=left, right=right)
    told = qc("compile", path, "--data", tmp_path / "x.npz", "--preprocess", "mean=127.5 std=127.5", "--input-type",
              "left=nv12", "--yuv", "bt709", "--input-type", "right=gray", "--correct", "none", "-o", tmp_path / "out",
              exit_code=1)
    # Both inputs have one preprocessing, in which the grey one is no picture of three channels.
    assert "right" in told.stderr and "numbers" in told.stderr
    qc("compile", path, "--data", tmp_path / "x.npz", "--preprocess", "mean=127.5 std=127.5", "--input-type",
       "left=nv12", "--yuv", "bt709", "--input-type", "right=u8", "--correct", "none", "-o", tmp_path / "out")
    feed = {"left": np.concatenate([normalise(np.floor(read_nv12(frame, 12, "bt709") + 0.5)) for frame in left])
            .transpose(0, 2, 3, 1), "right": ((right - 127.5) / 127.5).astype(np.float32)}
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    source = np.concatenate([session.run(None, {k: v[i:i + 2] for k, v in feed.items()})[0] for i in (0, 2)])
    for stage, tolerance in [("prepare.mlirbc", 1e-3), ("model.qcb", 0.15)]:
        qc("run", tmp_path / "out" / stage, "--data", tmp_path / "x.npz", "-o", tmp_path / "y.npz")
        assert np.abs(np.load(tmp_path / "y.npz")["y"] - source).max() < tolerance


@pytest.mark.parametrize("color, kind, options", [
    ("yuv444 yuv=bt709", "nv12", []), ("yuv444 yuv=bt601-video", "yuv444", ["--yuv", "bt601-video"]),
    ("gray", "gray", []), ("gray", "s8", []), ("bgr", "bgr", []), ("bgr", "nv12", [])])
def test_what_networks_are_trained_on(qc, qcrt_run, tmp_path, color, kind, options):
    """The program sees the channels of the training, in their order."""
    channels = 1 if color == "gray" else 3
    random = np.random.default_rng(13)
    weight = random.normal(0, 0.3, (4, channels, 2, 2)).astype(np.float32)
    path = make_network(tmp_path / "one.onnx", [("x", [1, channels, 8, 12])],
                        [helper.make_node("Conv", ["x", "w"], ["y"], strides=[2, 2])], "y", [1, 4, 4, 6], {"w": weight})
    qc("compile", path, "--data", "random:8", "--preprocess", f"color={color} mean=100 std=50", "--input-type", kind,
       *options, "--correct", "none", "--report-samples", "0", "-o", tmp_path / "out")
    rgb = random.integers(0, 256, (8, 12, 3), dtype=np.uint8)
    if color == "gray":
        frame = rgb[..., :1]
        seen = frame
        frame = (frame.astype(np.int16) - 128).astype(np.int8) if kind == "s8" else frame
    elif color == "bgr":
        frame, seen = (rgb[..., ::-1], rgb) if kind == "bgr" else (make_nv12(rgb, "bt601-full"), None)
        seen = (read_nv12(frame, 12, "bt601-full") if seen is None else seen)[..., ::-1]
    elif kind == "nv12":
        frame = make_nv12(rgb, "bt709")
        seen = np.concatenate([frame[:8, :, None], frame[8:].reshape(4, 6, 2).repeat(2, 0).repeat(2, 1)], -1)
    else:
        frame = seen = to_byte(to_yuv(rgb, "bt601-video"))
    np.ascontiguousarray(frame).tofile(tmp_path / "frame.bin")
    qcrt_run(tmp_path / "out" / "model.qcb", "--in", tmp_path / "frame.bin", "--out", tmp_path / "y.bin")
    source = run_onnx(path, normalise(np.floor(seen + 0.5), 100, 50))
    found = np.fromfile(tmp_path / "y.bin", np.float32).reshape(source.shape)
    assert 20 * np.log10(np.linalg.norm(source) / np.linalg.norm(found - source)) > 28


def test_a_real_network_on_camera_bytes(qc, kit, tmp_path):
    """MobileNetV2 on nv12: as near to its source as the eye-level loss of chroma and 8 bits allow."""
    model = kit.path / "models" / "mobilenetv2_tv1_imagenet_fp32.onnx"
    images = kit.path / "images"
    qc("compile", model, "--data", images / "imagenet-calib-100", "--samples", "24", "--preprocess",
       f"resize=256 crop=224 {IMAGENET}", "--input-type", "nv12", "--correct", "bias", "--report-samples", "0", "-o",
       tmp_path / "out")
    done = qc("eval", tmp_path / "out" / "model.qcb", "--data", images / "imagenet-500", "--samples", "60", "--against",
              model, "--json")
    score = json.loads(done.stdout)
    assert score["agreement"] > 0.85 and score["outputs"][0]["cosine_median"] > 0.98


# ---- exports ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["nv12", "yuv444", "bgr", "s8"])
def test_onnx_models_take_the_same_bytes(qc, images, compiled, tmp_path, kind):
    folder = compiled("--input-type", kind, "--emit", "qcb,onnx,float-onnx")
    rgb = np.asarray(Image.open(images[1]).convert("RGB"))
    frame, _ = make_bytes(kind, rgb, "bt601-full")
    np.save(tmp_path / "frame.npy", frame[None])
    for stage, model, tolerance in [("model.qcb", "model.qdq.onnx", 0), ("prepare.mlirbc", "model.float.onnx", 1e-3)]:
        qc("run", folder / stage, "--data", tmp_path / "frame.npy", "-o", tmp_path / "y.npz")
        theirs = run_onnx(folder / model, frame[None])
        assert np.abs(np.load(tmp_path / "y.npz")["logits"] - theirs).max() <= tolerance


@pytest.mark.parametrize("kind", ["nv12", "rgb", "s8"])
@pytest.mark.parametrize("target", ["generic", "tda4"])
def test_onnx_models_are_read_back_as_pictures(qc, images, compiled, tmp_path, kind, target):
    folder = compiled("--target", target, "--input-type", kind, "--emit", "qcb,onnx,float-onnx")

    def inspect(path):
        return json.loads(qc("inspect", path, "--json").stdout)

    def run(path):
        qc("run", path, "--data", images[0], "-o", tmp_path / "y.npz")
        return np.load(tmp_path / "y.npz")["logits"]
    facts, source = inspect(folder / "model.float.onnx"), inspect(folder / "prepare.mlirbc")
    assert facts["inputs"] == source["inputs"] and facts["inputs"][0]["picture"].startswith(kind)
    assert facts["ops"]["top.picture"] == 1 and not {"top.integer", "top.gather", "top.cast"} & set(facts["ops"])
    assert np.abs(run(folder / "model.float.onnx") - run(folder / "prepare.mlirbc")).max() < 1e-4
    # The integers go on to the same program: nothing of the picture is left to the CPU.
    qc("compile", folder / "model.qdq.onnx", "--target", target, "--quiet", "-o", tmp_path / "again")
    assert np.array_equal(run(tmp_path / "again" / "model.qcb"), run(folder / "model.qcb"))
    kernels = [[step["kernel"] for step in json.loads(qc("inspect", path / "model.qcb", "--json").stdout)["instructions"]]
               for path in (folder, tmp_path / "again")]
    assert kernels[0] == kernels[1] and kernels[0][0] == "picture"
    # What the metadata say is not believed of another graph, and that reads as other files do.
    model = onnx.load(str(folder / "model.float.onnx"))
    model.graph.node[-1].name += "_"
    onnx.save(model, str(tmp_path / "changed.onnx"))
    facts = inspect(tmp_path / "changed.onnx")
    assert facts["inputs"][0]["picture"] == "" and "top.picture" not in facts["ops"]


@pytest.mark.parametrize("change, says", [
    (lambda text: "nonsense", "cannot be read"),
    (lambda text: "", "cannot be read"),
    (lambda text: text[:len(text) // 2], "cannot be read"),
    (lambda text: text.replace("factor", "factors"), "cannot be read"),
    (lambda text: text.replace('"nv12 ', '"nv21 '), "cannot be read"),
    (lambda text: text.replace('format = "nv12"', 'format = "rgb"'), "error"),
    (lambda text: text.replace('format = "nv12"', 'format = "nv21"'), "error"),
    (lambda text: text.replace("offset = array<f64", "offset = array<f64: 1.0, 2.0, 3.0, 4.0, 5.0"), "cannot be read"),
    (lambda text: text.replace("array<f64: ", "array<f64: 1.0, "), "error"),
])
def test_broken_words_of_a_picture_are_told(qc, compiled, tmp_path, change, says):
    model = onnx.load(str(compiled("--input-type", "nv12", "--emit", "qcb,onnx,float-onnx") / "model.float.onnx"))
    (entry,) = [entry for entry in model.metadata_props if entry.key == "picture.image"]
    assert change(entry.value) != entry.value
    entry.value = change(entry.value)
    onnx.save(model, str(tmp_path / "broken.onnx"))
    done = qc("inspect", tmp_path / "broken.onnx", exit_code=1)
    assert says in done.stderr and "image" in done.stderr


def test_litert_says_what_it_cannot(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--data", "random:2", "--preprocess", PREPROCESS, "--input-type", "nv12",
              "--emit", "tflite", "-o", tmp_path / "out", exit_code=1)
    assert "takes nv12 as the camera gives it" in done.stderr and "--input-type" in done.stderr


# ---- integers at the edges -------------------------------------------------------------------------------------------

def test_integers_go_in_and_come_out(qc, qcrt_run, example, images, compiled, tmp_path):
    plain, kept = compiled("--target", "generic"), compiled("--target", "generic", "--keep-edges")
    info = json.loads(qc("inspect", kept / "model.qcb", "--json").stdout)
    ends = [info["inputs"][0], info["outputs"][0]]
    assert [end["type"] for end in ends] == ["i8", "i8"]
    x = normalise(np.asarray(Image.open(images[0]).convert("RGB")).astype(np.float64))
    stored = np.clip(np.round(x / np.float32(ends[0]["scale"])) + ends[0]["zero_point"], -128, 127).astype(np.int8)
    stored.tofile(tmp_path / "x.bin")
    qcrt_run(kept / "model.qcb", "--in", tmp_path / "x.bin", "--out", tmp_path / "y.bin")
    found = np.fromfile(tmp_path / "y.bin", np.int8).astype(np.float32) - ends[1]["zero_point"]
    np.save(tmp_path / "x.npy", x)
    qc("run", plain / "model.qcb", "--data", tmp_path / "x.npy", "-o", tmp_path / "y.npz")
    assert np.allclose(found * np.float32(ends[1]["scale"]), np.load(tmp_path / "y.npz")["logits"].ravel(), atol=1e-6)
    score = json.loads(qc("eval", kept / "model.qcb", "--data", example / "test", "--labels", example / "labels.txt",
                          "--against", plain / "model.qcb", "--json").stdout)
    assert score["agreement"] == 1


# ---- mistakes --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("options, code, words", [
    (["--input-type", "nv21"], 2, "did you mean 'nv12'"),
    (["--input-type", "nv12", "--yuv", "bt2020"], 2, "bt601-full, bt601-video, bt709, bt709-full"),
    (["--yuv", "bt709"], 2, "would change nothing"),
    (["--input-type", "rgb", "--yuv", "bt709"], 2, "would change nothing"),
    (["--input-layout", "chwn"], 2, "nchw, nhwc"),
    (["--input-type", "rgb", "--input-type", "bgr"], 2, "behind another one"),
    (["--input-stride", "64"], 2, "without --input-type"),
    (["--input-type", "imagee=nv12"], 1, "did you mean 'image'"),
    (["--input-type", "gray"], 1, "rgb runs on nv12, yuv444, rgb, bgr, u8, s8, f32"),
    (["--input-type", "nv12", "--input-layout", "nhwc"], 1, "no layout"),
    (["--input-type", "nv12", "--input-stride", "32"], 1, "a stride of 32 cannot hold"),
    (["--input-type", "nv12", "--input-stride", "49"], 1, "even number"),
    (["--output-layout", "nhwc"], 1, "no output of four dimensions"),
    (["--input-type", "yuv444", "--target", "sigmastar"], 1, "nv12, rgb, bgr, gray"),
    (["--labels", "folder", "--data", "random:4"], 2, "random samples have none"),
])
def test_mistakes_are_told(qc, example, tmp_path, options, code, words):
    data = [] if "--data" in options else ["--data", example / "calib"]
    done = qc("compile", example / "shapes.onnx", *data, "--preprocess", PREPROCESS, *options, "-o", tmp_path / "out",
              exit_code=code)
    assert words in done.stderr
    assert not (tmp_path / "out" / "model.qcb").exists()


def test_odd_sizes_and_vectors_are_refused(qc, tmp_path):
    def save(shape):
        graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "one",
                                  [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), tmp_path / "one.onnx")
        return tmp_path / "one.onnx"

    def attempt(shape, *options):
        return qc("compile", save(shape), "--data", "random:2", *options, "-o", tmp_path / "out", exit_code=1).stderr

    assert "input 'x' of" in (odd := attempt([1, 3, 9, 8], "--input-type", "nv12")) and "even sizes" in odd
    assert "trained on numbers" in attempt([1, 4, 8, 8], "--input-type", "nv12")
    assert "no input of four dimensions" in attempt([1, 16], "--input-type", "nv12")
    assert "trained on numbers" in attempt([1, 16], "--input-type", "x=nv12")
    assert "four dimensions" in attempt([1, 16], "--input-layout", "x=nhwc")


@pytest.mark.parametrize("picture, shape", [
    ("rgb placed", "1x6x4xui8"), ("s8 placed", "1x6x4xui8"), ("nv12 stride=9 width=8 placed", "1x6x4xui8"),
    ("nv12 placed", "1x7x4xui8"), ("nv12 placed", "1x3x4x4xf32"), ("gray placed", "1x3x4x4xi64")])
def test_descriptions_that_do_not_fit_are_told(qc, example, tmp_path, picture, shape):
    """Files may say anything of their inputs."""
    (tmp_path / "odd.mlir").write_text(f"""func.func @main(%x: tensor<{shape}> {{qc.name = "x", qc.picture = "{picture}"}})
        -> (tensor<{shape}> {{qc.name = "y"}}) {{ return %x : tensor<{shape}> }}""")
    arguments = [tmp_path / "odd.mlir", "--data", example / "test" / "circle" / "000.png"]
    told = qc("run", *arguments, "-o", tmp_path / "y.npz", exit_code=1).stderr
    assert "an image cannot become " + picture.split()[0] in told
    assert "an image cannot become" in qc("preview", *arguments, "-o", tmp_path / "seen", exit_code=1).stderr


def test_preprocessing_that_looks_wrong_is_told_once(qc, example, tmp_path):
    common = ["compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "4", "--correct", "none",
              "--input-type", "nv12", "--report-samples", "0", "-o", tmp_path / "out"]
    none = qc(*common).stderr
    assert none.count("warning") == 1 and "--preprocess none if that is right" in none
    units = qc(*common, "--preprocess", "mean=0.5 std=0.5").stderr
    assert units.count("warning") == 1 and "did you mean 'mean=127.5 std=127.5'" in units
    assert "warning" not in qc(*common, "--yes").stderr


def test_first_norm_knows_its_images(qc, example, tmp_path):
    """The batch norm behind the first layer has noted what its input was in training."""
    common = ["compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "16", "--correct", "none",
              "--report-samples", "0", "-o", tmp_path / "out"]
    for wrong in ["none", "std=255 scale=8", "mean=127.5"]:
        told = qc(*common, "--preprocess", wrong).stderr
        assert told.count("warning") == 1 and "mean and std of 'imagenet-tf' would fit" in told
        assert "warning" not in qc(*common, "--preprocess", wrong, "--yes").stderr
    for right in [PREPROCESS, PREPROCESS + " interp=nearest"]:
        assert "warning" not in qc(*common, "--preprocess", right).stderr
    assert "warning" not in qc(*common, "--preprocess", PREPROCESS, "--input-type", "nv12").stderr


# ---- what a compile prints about accuracy, and what the network sees -------------------------------------------------

def test_labels_give_top1_at_the_end(qc, example, tmp_path):
    common = ["compile", example / "shapes.onnx", "--data", example / "test", "--preprocess", PREPROCESS, "--samples",
              "60", "--correct", "none", "--report-samples", "0"]
    done = qc(*common, "--labels", "folder", "-o", tmp_path / "good", "--json")
    report = json.loads(done.stdout)
    assert report["score"]["against_top1"] > 0.9 and report["score"]["top1"] > 0.85 and not report["float_at_chance"]
    text = qc(*common, "--labels", "folder", "-o", tmp_path / "text").stdout
    assert "top-1 on the samples of --data (60 of them): float 9" in text
    # Labels of another order: what the network says has nothing to do with them.
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(str((7 * i) % 8) for i in range(len(list((example / "test").glob("*/*.png"))))))
    done = qc(*common, "--labels", labels, "-o", tmp_path / "bad")
    assert "at the level of chance for 8 classes" in done.stderr


def test_preview_shows_what_the_network_sees(qc, example, images, compiled, tmp_path):
    folder = compiled("--input-type", "nv12")
    qc("preview", folder / "model.qcb", "--data", images[0], "-o", tmp_path / "seen")
    qc("preview", example / "shapes.onnx", "--data", images[0], "--preprocess", PREPROCESS, "-o", tmp_path / "source")
    rgb = np.asarray(Image.open(images[0]).convert("RGB")).astype(int)
    for name, step in [("source", 0), ("seen", 1)]:
        [written] = sorted((tmp_path / name).glob("*.png"))
        seen = np.asarray(Image.open(written).convert("RGB")).astype(int)
        expected = rgb if step == 0 else np.floor(read_nv12(make_nv12(rgb, "bt601-full"), 48, "bt601-full") + 0.5)
        assert np.abs(seen - expected).max() <= step
