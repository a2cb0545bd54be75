"""Networks of convolutions: classifiers, segmentation.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch
import torch.nn.functional as F
from torch import nn

from . import network, normal

IMAGE = {"x": normal(1, 3, 64, 64)}


def conv(inputs, outputs, size=1, stride=1, act=nn.ReLU, **more):
    """A convolution with batch norm and an activation."""
    layers = [nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2 * more.get("dilation", 1), bias=False, **more),
              nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([act()] if act else []))


class Residual(nn.Module):
    """What `body` computes, added to its input (or to a projection) and, with `act`, passed through one."""

    def __init__(self, body, shortcut=None, act=None):
        super().__init__()
        self.body, self.shortcut, self.act = body, shortcut or nn.Identity(), act or nn.Identity()

    def forward(self, x):
        return self.act(self.shortcut(x) + self.body(x))


class SqueezeExcite(nn.Module):
    """Channels weighted by what a small network makes of their means."""

    def __init__(self, channels, squeezed, act=nn.ReLU, gate=nn.Sigmoid):
        super().__init__()
        self.gates = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, squeezed, 1), act(),
                                   nn.Conv2d(squeezed, channels, 1), gate())

    def forward(self, x):
        return x * self.gates(x)


def classifier(*layers, channels, classes=10):
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def shortcut(inputs, outputs, stride):
    return conv(inputs, outputs, stride=stride, act=None) if stride > 1 or inputs != outputs else None


@network(**IMAGE)
def resnet18():
    def block(inputs, outputs, stride):
        return Residual(nn.Sequential(conv(inputs, outputs, 3, stride), conv(outputs, outputs, 3, act=None)),
                        shortcut(inputs, outputs, stride), nn.ReLU())
    return classifier(conv(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), block(8, 8, 1), block(8, 8, 1), block(8, 16, 2),
                      block(16, 16, 1), block(16, 32, 2), block(32, 32, 1), channels=32)


@network(**IMAGE)
def resnet50():
    def block(inputs, width, stride):
        return Residual(nn.Sequential(conv(inputs, width), conv(width, width, 3, stride),
                                      conv(width, 4 * width, act=None)),
                        shortcut(inputs, 4 * width, stride), nn.ReLU())
    return classifier(conv(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), block(8, 4, 1), block(16, 4, 1), block(16, 8, 2),
                      block(32, 8, 1), block(32, 16, 2), block(64, 16, 1), channels=64)


@network(**IMAGE)
def mobilenet_v3():
    def block(inputs, wide, outputs, size, stride, act, excite):
        body = nn.Sequential(conv(inputs, wide, act=act), conv(wide, wide, size, stride, act=act, groups=wide),
                             SqueezeExcite(wide, wide // 4, gate=nn.Hardsigmoid) if excite else nn.Identity(),
                             conv(wide, outputs, act=None))
        return Residual(body) if stride == 1 and inputs == outputs else body
    return nn.Sequential(conv(3, 8, 3, 2, nn.Hardswish), block(8, 8, 8, 3, 2, nn.ReLU, True),
                         block(8, 24, 12, 3, 2, nn.ReLU, False), block(12, 32, 12, 5, 1, nn.Hardswish, True),
                         block(12, 48, 16, 5, 2, nn.Hardswish, True), conv(16, 48, act=nn.Hardswish),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 64), nn.Hardswish(), nn.Dropout(0.2),
                         nn.Linear(64, 10))


@network(**IMAGE)
def efficientnet():
    def block(inputs, outputs, size, stride):
        wide = 4 * inputs
        body = nn.Sequential(conv(inputs, wide, act=nn.SiLU), conv(wide, wide, size, stride, nn.SiLU, groups=wide),
                             SqueezeExcite(wide, inputs, nn.SiLU), conv(wide, outputs, act=None))
        return Residual(body) if stride == 1 and inputs == outputs else body
    return classifier(conv(3, 8, 3, 2, nn.SiLU), block(8, 12, 3, 2), block(12, 12, 3, 1), block(12, 16, 5, 2),
                      block(16, 16, 5, 1), conv(16, 64, act=nn.SiLU), channels=64)


@network(**IMAGE)
def regnet():
    def block(inputs, outputs, stride):
        return Residual(nn.Sequential(conv(inputs, outputs), conv(outputs, outputs, 3, stride, groups=outputs // 8),
                                      SqueezeExcite(outputs, inputs // 4), conv(outputs, outputs, act=None)),
                        shortcut(inputs, outputs, stride), nn.ReLU())
    return classifier(conv(3, 16, 3, 2), block(16, 16, 2), block(16, 32, 2), block(32, 32, 1), channels=32)


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of images."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Moved(nn.Module):
    def __init__(self, *order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.permute(*self.order)


class LayerScale(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.linspace(0.2, 0.6, channels))

    def forward(self, x):
        return self.gamma * x


@network(**IMAGE)
def convnext():
    def block(channels):
        return Residual(nn.Sequential(nn.Conv2d(channels, channels, 7, padding=3, groups=channels), Moved(0, 2, 3, 1),
                                      nn.LayerNorm(channels), nn.Linear(channels, 4 * channels), nn.GELU(),
                                      nn.Linear(4 * channels, channels), LayerScale(channels), Moved(0, 3, 1, 2)))
    return nn.Sequential(nn.Conv2d(3, 16, 4, 4), ChannelNorm(16), block(16), block(16), ChannelNorm(16),
                         nn.Conv2d(16, 32, 2, 2), block(32), block(32), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.LayerNorm(32), nn.Linear(32, 10))


@network(x=normal(1, 3, 36, 36))
def unet():
    def block(inputs, outputs):
        return nn.Sequential(conv(inputs, outputs, 3), conv(outputs, outputs, 3))

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.down1, self.down2, self.down3 = block(3, 8), block(8, 16), block(16, 32)
            self.up2, self.join2 = nn.ConvTranspose2d(32, 16, 2, 2), block(32, 16)
            self.up1, self.join1 = nn.Conv2d(16, 8, 1), block(16, 8)
            self.out = nn.Conv2d(8, 2, 1)

        def forward(self, x):
            a = self.down1(x)
            b = self.down2(F.max_pool2d(a, 2))
            c = self.down3(F.max_pool2d(b, 2))
            y = self.join2(torch.cat([b, self.up2(c)], 1))
            up = self.up1(F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=True))
            rows, columns = a.size(2) - up.size(2), a.size(3) - up.size(3)
            up = F.pad(up, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
            return self.out(self.join1(torch.cat([a, up], 1)))
    return UNet()


@network(**IMAGE)
def deeplab():
    class Deeplab(nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk = nn.Sequential(conv(3, 16, 3, 2), conv(16, 24, 3, 2), conv(24, 32, 3, 2))
            self.rates = nn.ModuleList([conv(32, 16), *(conv(32, 16, 3, dilation=rate) for rate in (2, 4))])
            self.mean = nn.Sequential(nn.AdaptiveAvgPool2d(1), conv(32, 16))
            self.join, self.out = conv(64, 24), nn.Conv2d(24, 5, 1)

        def forward(self, x):
            y = self.trunk(x)
            mean = F.interpolate(self.mean(y), size=y.shape[-2:], mode="bilinear", align_corners=False)
            y = self.out(self.join(torch.cat([*(rate(y) for rate in self.rates), mean], 1)))
            return F.interpolate(y, size=x.shape[-2:], mode="bilinear", align_corners=False)
    return Deeplab()
