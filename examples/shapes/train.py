#!/usr/bin/env python3
"""Trains the classifier of the shapes example and writes it as float ONNX.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

    train.py [--epochs N] [--output shapes.onnx]

A small MobileNet-like network with every block that a quantizer meets first: plain and depthwise-separable convolutions,
batch normalisation (left unfused in the file), ReLU6, residual additions, a global pool and a fully connected layer.
"""

import argparse
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import generate

TRAIN_SEED, INITIAL_SEED, TRAIN_COUNT = 11, 0, 12000
OPSET = 17


class ConvBlock(nn.Module):
    """Convolution, batch normalisation and, where `activation` is set, ReLU6."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, groups=1, activation=True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.activation = activation

    def forward(self, x):
        x = self.norm(self.conv(x))
        return x.clamp(0, 6) if self.activation else x


class Residual(nn.Module):
    """An inverted residual block: expand, depthwise, project, add."""

    def __init__(self, channels, hidden):
        super().__init__()
        self.expand = ConvBlock(channels, hidden, 1)
        self.depthwise = ConvBlock(hidden, hidden, 3, groups=hidden)
        self.project = ConvBlock(hidden, channels, 1, activation=False)

    def forward(self, x):
        return x + self.project(self.depthwise(self.expand(x)))


class Classifier(nn.Module):
    """Images [N, 3, 48, 48] with values in -1..1 to logits [N, 8]."""

    def __init__(self):
        super().__init__()
        self.stem = ConvBlock(3, 16, stride=2)
        self.depthwise1 = ConvBlock(16, 16, groups=16)
        self.pointwise1 = ConvBlock(16, 32, 1)
        self.reduce1 = ConvBlock(32, 48, stride=2)
        self.residual1 = Residual(48, 96)
        self.depthwise2 = ConvBlock(48, 48, stride=2, groups=48)
        self.pointwise2 = ConvBlock(48, 64, 1)
        self.residual2 = Residual(64, 96)
        self.head = ConvBlock(64, 128, 1)
        self.classify = nn.Linear(128, len(generate.CLASSES))

    def forward(self, x):
        for name, block in self.named_children():
            if name != "classify":
                x = block(x)
        return self.classify(x.mean((2, 3)))


def normalise(images):
    """uint8 [N, H, W, 3] to what the network takes: float [N, 3, H, W] in -1..1."""
    return torch.from_numpy((images.astype(np.float32).transpose(0, 3, 1, 2) - 127.5) / 127.5)


def train(model, epochs, batch_size=64):
    images, labels = generate.batch(TRAIN_COUNT, TRAIN_SEED)
    images, labels = normalise(images), torch.from_numpy(labels)
    steps = epochs * (TRAIN_COUNT // batch_size)
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=4e-3, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for chosen in torch.randperm(TRAIN_COUNT).split(batch_size)[: TRAIN_COUNT // batch_size]:
            loss = loss_of(model(images[chosen]), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total / (TRAIN_COUNT // batch_size):.4f}", flush=True)
    model.eval()


class Exporter:
    """Writes the modules above as ONNX nodes, one by one, batch normalisation unfused."""

    def __init__(self):
        self.nodes, self.weights = [], []
        self.low = self.weight("relu6_low", np.float32(0))
        self.high = self.weight("relu6_high", np.float32(6))

    def weight(self, name, value):
        if isinstance(value, torch.Tensor):
            value = value.detach().numpy()
        self.weights.append(numpy_helper.from_array(np.asarray(value, dtype=np.float32), name))
        return name

    def node(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [f"{name}_out"], name=name, **attributes))
        return f"{name}_out"

    def conv_block(self, x, block, name):
        conv, norm = block.conv, block.norm
        x = self.node("Conv", [x, self.weight(f"{name}.weight", conv.weight)], f"{name}_conv",
                      kernel_shape=list(conv.kernel_size), strides=list(conv.stride),
                      pads=list(conv.padding) * 2, dilations=list(conv.dilation), group=conv.groups)
        parameters = [("scale", norm.weight), ("bias", norm.bias),
                      ("mean", norm.running_mean), ("variance", norm.running_var)]
        parameters = [self.weight(f"{name}.{which}", value) for which, value in parameters]
        x = self.node("BatchNormalization", [x, *parameters], f"{name}_norm", epsilon=norm.eps)
        return self.node("Clip", [x, self.low, self.high], f"{name}_relu6") if block.activation else x

    def residual(self, x, block, name):
        y = self.conv_block(x, block.expand, f"{name}_expand")
        y = self.conv_block(y, block.depthwise, f"{name}_depthwise")
        y = self.conv_block(y, block.project, f"{name}_project")
        return self.node("Add", [x, y], f"{name}_add")

    def model(self, network):
        x = "image"
        for name, block in network.named_children():
            if isinstance(block, ConvBlock):
                x = self.conv_block(x, block, name)
            elif isinstance(block, Residual):
                x = self.residual(x, block, name)
        x = self.node("GlobalAveragePool", [x], "pool")
        x = self.node("Flatten", [x], "flatten", axis=1)
        last = network.classify
        inputs = [x, self.weight("classify.weight", last.weight), self.weight("classify.bias", last.bias)]
        self.nodes.append(helper.make_node("Gemm", inputs, ["logits"], name="classify", transB=1))
        size = generate.SIZE
        graph = helper.make_graph(
            self.nodes, "shapes",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, size, size])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, len(generate.CLASSES)])],
            self.weights)
        model = helper.make_model(graph, producer_name="qc-shapes", ir_version=8,
                                  opset_imports=[helper.make_opsetid("", OPSET)])
        onnx.checker.check_model(model, full_check=True)
        return model


def accuracy(path):
    """Share of the test images (those in test/) that the written file classifies rightly, by onnxruntime."""
    images, labels = generate.batch(generate.TEST_PER_CLASS * len(generate.CLASSES), generate.TEST_SEED)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = [session.run(None, {"image": x[None].numpy()})[0].argmax() for x in normalise(images)]
    return float((np.array(found) == labels).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path, default=here / "shapes.onnx")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(INITIAL_SEED)
    network = Classifier()
    train(network, options.epochs)
    onnx.save(Exporter().model(network), options.output)
    print(f"{options.output}: accuracy on the test images {100 * accuracy(options.output):.1f} %")


if __name__ == "__main__":
    main()
