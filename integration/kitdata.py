"""The kit's models with everything that calibrating and scoring them takes: preprocessing, samples, labels.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

Calibration takes 100 samples everywhere; evaluation never sees them. The choice of samples is that of the table of
peers (kit-peers.md), so that figures can be compared with it.
"""

import dataclasses
import functools
import pathlib
import re
import zipfile

import numpy as np

TORCH = "color=rgb mean=123.675,116.28,103.53 std=58.395,57.12,57.375"
SIGNED = "color=rgb mean=127.5 std=127.5"

# One step and the zero of the stored key-word features.
KEYWORD_SCALE, KEYWORD_ZERO = np.float32(0.5847029), 83


@dataclasses.dataclass(frozen=True)
class KitModel:
    """A float model of the kit. `title` is its name in the table of peers."""

    title: str
    file: str
    source: str
    preprocess: str = ""
    label_offset: int = 0

    def prepare(self, kit, folder):
        """Its data as files that qc takes, made below `folder` where the kit holds them in another form."""
        return Data(self, kit / "models" / f"{self.file}.onnx", *SOURCES[self.source](kit, folder))


@dataclasses.dataclass(frozen=True)
class Data:
    model: KitModel
    path: pathlib.Path
    calibration: pathlib.Path
    evaluation: pathlib.Path
    labels: str
    raw: bool = False

    def compile_options(self, samples=100):
        options = ["--data", self.calibration, "--samples", samples]
        if self.model.preprocess:
            options += ["--preprocess", self.model.preprocess]
        return options + ["--raw"] * self.raw

    def eval_options(self):
        options = ["--data", self.evaluation, "--labels", self.labels, "--label-offset", self.model.label_offset]
        if self.model.preprocess:
            options += ["--preprocess", self.model.preprocess]
        return options

    def calibration_samples(self):
        return preprocessed(self.calibration, self.model, self.shape(), raw=self.raw)[:100]

    def evaluation_samples(self):
        return preprocessed(self.evaluation, self.model, self.shape())

    @functools.cached_property
    def input(self):
        import onnx
        graph = onnx.load(str(self.path), load_external_data=False).graph
        weights = {weight.name for weight in graph.initializer}
        return next(info for info in graph.input if info.name not in weights)

    def shape(self):
        return [dim.dim_value for dim in self.input.type.tensor_type.shape.dim]


MODELS = [
    KitModel("mobilenetv2_tv1", "mobilenetv2_tv1_imagenet_fp32", "imagenet", f"resize=256 crop=224 {TORCH}"),
    KitModel("shufflenetv2 (deq)", "shufflenetv2_imagenet_deqfp32", "imagenet", f"resize=256 crop=224 {TORCH}"),
    KitModel("squeezenet1.1", "squeezenet1.1_imagenet_fp32", "imagenet", f"resize=256 crop=224 {TORCH}"),
    KitModel("mcunet_in3 bn", "mcunet_in3_imagenet_fp32_bn", "imagenet", f"resize=201 crop=176 {SIGNED}"),
    KitModel("mobilenetv1_0.25_224", "mobilenetv1_0.25_224_tf_imagenet_fp32", "imagenet",
             f"fit=central:0.875 {SIGNED}", label_offset=1),
    KitModel("mobilenetv1_0.5_160 (deq)", "mobilenetv1_0.5_160_tf_imagenet_deqfp32", "imagenet",
             f"fit=central:0.875 {SIGNED}", label_offset=1),
    KitModel("resnet20_cifar10", "resnet20_cifar10_fp32_bn", "cifar10", TORCH),
    KitModel("resnet56_cifar10", "resnet56_cifar10_fp32_bn", "cifar10", TORCH),
    KitModel("vit_cifar10_d128", "vit_cifar10_d128_fp32", "cifar10",
             "color=rgb mean=125.307,122.961,113.8575 std=51.5865,50.847,51.255"),
    KitModel("kwt1_speechcmd12", "kwt1_speechcmd12_fp32", "speech"),
    KitModel("kws_dscnn bn", "mlperftiny_kws_dscnn_fp32_bn", "keywords"),
]

# Models that come quantized.
QUANTIZED = [
    KitModel("mcunet_in3 qdq", "mcunet_in3_imagenet_qdq", "imagenet", f"resize=201 crop=176 {SIGNED}"),
    KitModel("mobilenetv1_0.25_128 qdq", "mobilenetv1_0.25_128_tf_imagenet_qdq", "imagenet",
             f"fit=central:0.875 {SIGNED}", label_offset=1),
    KitModel("mobilenetv1_0.5_160 qdq", "mobilenetv1_0.5_160_tf_imagenet_qdq", "imagenet",
             f"fit=central:0.875 {SIGNED}", label_offset=1),
    KitModel("mobilenetv2_1.0_224 qdq", "mobilenetv2_1.0_224_tf_imagenet_qdq", "imagenet",
             f"fit=central:0.875 {SIGNED}", label_offset=1),
    KitModel("shufflenetv2 qop", "shufflenetv2_imagenet_int8_qop", "imagenet", f"resize=256 crop=224 {TORCH}"),
    KitModel("mobilenetv2_tv1 qop", "mobilenetv2_tv1_imagenet_int8_qop", "imagenet", f"resize=256 crop=224 {TORCH}"),
    KitModel("mobilenetv2_tv1 qdq", "mobilenetv2_tv1_imagenet_int8_qdq", "imagenet", f"resize=256 crop=224 {TORCH}"),
    KitModel("mobilenetv2_tv2 qdq", "mobilenetv2_tv2_imagenet_int8_qdq", "imagenet", f"resize=256 crop=224 {TORCH}"),
    KitModel("resnet8 qdq", "mlperftiny_resnet8_cifar10_qdq", "cifar10"),
    KitModel("vww qdq", "mlperftiny_vww_mobilenetv1_0.25_96_qdq", "imagenet", "fit=central:1 std=255"),
    KitModel("kws_dscnn qdq", "mlperftiny_kws_dscnn_qdq", "keywords"),
    KitModel("ssd qdq", "ssd_mobilenetv1_075_300_coco_qdq", "imagenet", f"fit=central:1 {SIGNED}"),
    KitModel("deeplabv3 qdq", "deeplabv3_mnv2_dm05_513_qdq", "imagenet", f"fit=central:1 {SIGNED}"),
    KitModel("retinaface qdq", "amd_retinaface_qdq", "imagenet", "fit=central:1 mean=104,117,123"),
]


def find(name):
    """The model whose title or file begins with `name`."""
    found = [model for model in MODELS if model.title.startswith(name) or model.file.startswith(name)]
    if not found:
        raise SystemExit(f"no model '{name}', known are: {', '.join(model.title for model in MODELS)}")
    return found[0]


# ---- where samples come from -----------------------------------------------------------------------------------------

def imagenet(kit, _):
    images = kit / "images"
    return images / "imagenet-calib-100", images / "imagenet-500", str(kit / "labels" / "synset_words.txt")


def cifar10(kit, folder):
    source, here = kit / "images" / "cifar10", folder / "cifar10"
    if not (here / "test").is_dir():
        with zipfile.ZipFile(source / "cifar10_test2000_jpegs.zip") as archive:
            archive.extractall(here / "test")
        np.save(here / "calibration.npy", np.load(source / "cifar10_train1000_lossless.npz")["x"][:100])
    return here / "calibration.npy", here / "test", "folder", True


def arrays(folder, name, samples, labels):
    """The first 100 to calibrate with, the rest to score."""
    here = folder / name
    here.mkdir(parents=True, exist_ok=True)
    np.save(here / "calibration.npy", samples[:100])
    np.save(here / "evaluation.npy", samples[100:])
    np.save(here / "labels.npy", labels[100:])
    return here / "calibration.npy", here / "evaluation.npy", str(here / "labels.npy")


def speech(kit, folder):
    stored = np.load(kit / "images" / "speech-commands-300" / "gsc_kwt_mfcc_f32.npz")
    return arrays(folder, "speech", stored["x"], stored["y"])


def keywords(kit, folder):
    stored = np.load(kit / "images" / "kws01" / "kws01_mfcc_int8.npz")
    samples = (stored["x"].astype(np.float32) - KEYWORD_ZERO) * KEYWORD_SCALE
    return arrays(folder, "keywords", samples[:, None], stored["y"])


SOURCES = {"imagenet": imagenet, "cifar10": cifar10, "speech": speech, "keywords": keywords}


# ---- the same samples for a peer that has no preprocessing of its own ------------------------------------------------

def numbers(text, key, default):
    found = re.search(rf"{key}=([\d.,]+)", text)
    return np.array([float(value) for value in found[1].split(",")] if found else [default], np.float32)


def fit(image, text, height, width):
    from PIL import Image
    if central := re.search(r"fit=central:([\d.]+)", text):
        left, top = (round(size * (1 - float(central[1])) / 2) for size in image.size)
        box = left, top, image.width - left, image.height - top
        return image.crop(box).resize((width, height), Image.BILINEAR)
    if short := re.search(r"resize=(\d+)", text):
        ratio = int(short[1]) / min(image.size)
        image = image.resize((round(image.width * ratio), round(image.height * ratio)), Image.BILINEAR)
        left, top = (image.width - width) // 2, (image.height - height) // 2
        image = image.crop((left, top, left + width, top + height))
    return image


def preprocessed(source, model, shape, raw=False):
    """Samples of `shape` as a list of float32 arrays, made with Pillow and numpy alone."""
    if source.suffix == ".npy" and not raw:
        return [sample.reshape(shape) for sample in np.load(source).astype(np.float32)]
    mean, std = numbers(model.preprocess, "mean", 0), numbers(model.preprocess, "std", 1)
    if raw:
        pixels = np.load(source)
    else:
        from PIL import Image
        files = sorted(path for path in source.rglob("*") if path.is_file())
        pixels = (np.asarray(fit(Image.open(path).convert("RGB"), model.preprocess, *shape[2:])) for path in files)
    return [((image.astype(np.float32) - mean) / std).transpose(2, 0, 1)[None].astype(np.float32) for image in pixels]
