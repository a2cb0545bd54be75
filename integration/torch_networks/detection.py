"""Heads of detectors: boxes in pixels beside scores.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch
from torch import nn

from . import network, normal
from .convolutional import conv

IMAGE = {"x": normal(1, 3, 64, 64)}
STRIDES = (4.0, 8.0)


def grid(rows, columns, shift):
    """[rows, columns, 2]: x and y of each place."""
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return torch.stack((x, y), 2).float() + shift


class Levels(nn.Module):
    """Features at two strides."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, 3, 2, nn.SiLU), conv(16, 32, 3, 2, nn.SiLU))
        self.down = conv(32, 32, 3, 2, nn.SiLU)

    def forward(self, x):
        fine = self.stem(x)
        return fine, self.down(fine)


class Anchors(nn.Module):
    """Boxes from anchors; `in_place` writes them into the tensor of the scores, as older exports do."""

    def __init__(self, in_place, classes=3, anchors=3):
        super().__init__()
        self.each, self.anchors, self.in_place = classes + 5, anchors, in_place
        self.levels = Levels()
        self.outs = nn.ModuleList(nn.Conv2d(32, self.each * anchors, 1) for _ in STRIDES)
        self.register_buffer("sizes", torch.rand(len(STRIDES), 1, anchors, 1, 1, 2) * 3 + 1)

    def forward(self, x):
        found = []
        for level, (features, stride) in enumerate(zip(self.levels(x), STRIDES)):
            batch, _, rows, columns = features.shape
            y = self.outs[level](features).view(batch, self.anchors, self.each, rows, columns)
            y = y.permute(0, 1, 3, 4, 2).contiguous().sigmoid()
            places, sizes = grid(rows, columns, -0.5), self.sizes[level] * stride
            if self.in_place:
                y[..., 0:2] = (y[..., 0:2] * 2 + places) * stride
                y[..., 2:4] = (y[..., 2:4] * 2) ** 2 * sizes
            else:
                center, size, scores = y.split((2, 2, self.each - 4), 4)
                y = torch.cat(((center * 2 + places) * stride, (size * 2) ** 2 * sizes, scores), 4)
            found.append(y.view(batch, -1, self.each))
        return torch.cat(found, 1)


@network(**IMAGE)
def yolov5_head():
    return Anchors(in_place=False)


@network(**IMAGE)
def yolov5_head_in_place():
    return Anchors(in_place=True)


@network(**IMAGE)
def yolov8_head():
    class Distances(nn.Module):
        """Boxes from the mean of a distribution over distances to their four sides."""

        def __init__(self, classes=4, bins=16):
            super().__init__()
            self.classes, self.bins, self.levels = classes, bins, Levels()

            def tower(outputs):
                return nn.ModuleList(nn.Sequential(conv(32, 32, 3, act=nn.SiLU), nn.Conv2d(32, outputs, 1))
                                     for _ in STRIDES)
            self.sides, self.scores = tower(4 * bins), tower(classes)
            self.mean = nn.Conv2d(bins, 1, 1, bias=False)
            self.mean.weight.data[:] = torch.arange(float(bins)).view(1, bins, 1, 1)

        def forward(self, x):
            joined, places, strides = [], [], []
            for level, (features, stride) in enumerate(zip(self.levels(x), STRIDES)):
                batch, _, rows, columns = features.shape
                y = torch.cat((self.sides[level](features), self.scores[level](features)), 1)
                joined.append(y.view(batch, 4 * self.bins + self.classes, -1))
                places.append(grid(rows, columns, 0.5).view(-1, 2))
                strides.append(torch.full((rows * columns, 1), stride))
            places, strides = torch.cat(places).t().unsqueeze(0), torch.cat(strides).t()
            sides, scores = torch.cat(joined, 2).split((4 * self.bins, self.classes), 1)
            batch, _, count = sides.shape
            sides = sides.view(batch, 4, self.bins, count).transpose(2, 1).softmax(1)
            low, high = self.mean(sides).view(batch, 4, count).chunk(2, 1)
            low, high = places - low, places + high
            return torch.cat((torch.cat(((low + high) / 2, high - low), 1) * strides, scores.sigmoid()), 1)
    return Distances()
