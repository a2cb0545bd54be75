"""Float execution against onnxruntime: every float model of the kit, outputs and every tensor on the way.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
import pytest
from harness import Peer, read_dump, relative_difference

# Largest difference of any element, as a share of the tensor's largest magnitude.
TOLERANCE = 1e-4

# Models whose file leaves a dimension open.
SHAPES = {
    "vnncomp_vit_pgd_2_3_16_cifar10": {"input": (1, 3, 32, 32)},
    "vnncomp_vit_ibp_3_3_8_cifar10": {"input": (1, 3, 32, 32)},
}

# Models that take pixels or features in another range than -1..1.
RANGES = {
    "yolox_nano_416": (0, 255),
    "mlperftiny_resnet8_cifar10_fp32": (0, 255),
    "mnist_cntk": (0, 255),
    "mlperftiny_kws_dscnn_fp32_bn": (-120, 25),
    "mlperftiny_ad01_autoencoder_fp32": (-10, 40),
}

MODELS = [
    "blazeface_front_128",
    "deeplabv3_mnv2_dm05_257_fp32",
    "kwt1_speechcmd12_fp32",
    "mcunet_in3_imagenet_fp32_bn",
    "mlperftiny_ad01_autoencoder_fp32",
    "mlperftiny_kws_dscnn_fp32_bn",
    "mlperftiny_resnet8_cifar10_fp32",
    "mlperftiny_vww_mobilenetv1_0.25_96_fp32",
    "mnist_cntk",
    "mobilenetv1_0.25_224_tf_imagenet_fp32",
    "mobilenetv1_0.5_160_tf_imagenet_deqfp32",
    "mobilenetv2_tv1_imagenet_fp32",
    "resnet20_cifar10_fp32_bn",
    "resnet56_cifar10_fp32_bn",
    "shufflenetv2_imagenet_deqfp32",
    "squeezenet1.1_imagenet_fp32",
    "ultraface_rfb_320",
    "ultraface_rfb_320_nopost",
    "vit_cifar10_d128_fp32",
    "vit_mnist_d64_fp32",
    "vit_mnist_d64_fp32_op17ln",
    "vnncomp_vit_ibp_3_3_8_cifar10",
    "vnncomp_vit_pgd_2_3_16_cifar10",
    "yolox_nano_416",
]


def shape_options(name):
    return [f"--input-shape={tensor}={'x'.join(map(str, shape))}" for tensor, shape in SHAPES.get(name, {}).items()]


@pytest.mark.parametrize("name", MODELS)
def test_outputs_and_every_tensor(qc, kit, tmp_path, name):
    peer = Peer(kit.model(name), every_tensor=True, shapes=SHAPES.get(name))
    feeds = peer.samples(low=RANGES.get(name, (-1, 1))[0], high=RANGES.get(name, (-1, 1))[1])
    np.savez(tmp_path / "in.npz", **feeds)
    qc("run", kit.model(name), "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz",
       "--dump", tmp_path / "dump", *shape_options(name))

    expected = peer.run(feeds)
    outputs = dict(np.load(tmp_path / "out.npz"))
    assert outputs, "no output was written"
    for tensor, value in outputs.items():
        assert relative_difference(value, expected[tensor]) <= TOLERANCE, f"output {tensor}"

    dumped = read_dump(tmp_path / "dump")
    compared = [tensor for tensor in dumped if tensor in expected]
    # Most of what the file names must be there: the rest was folded away as constant.
    assert len(compared) >= len(outputs) and compared, f"{len(dumped)} tensors dumped, none of them known to the file"
    wrong = {tensor: difference for tensor in compared
             if (difference := relative_difference(dumped[tensor], expected[tensor])) > TOLERANCE}
    assert not wrong, f"{len(wrong)} of {len(compared)} tensors differ: {dict(list(wrong.items())[:5])}"
