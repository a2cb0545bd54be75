"""Networks with attention: vision transformers, a conformer's block, one of a language model.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch
import torch.nn.functional as F
from torch import nn

from . import network, normal, tokens
from .convolutional import Residual

IMAGE = {"x": normal(1, 3, 32, 32)}


def feed_forward(width, act):
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * width), act(), nn.Linear(4 * width, width))


class Attention(nn.Module):
    """Self-attention of rows [batch, count, width], with a bias table for `count` rows where one is given."""

    def __init__(self, width, heads, count=0):
        super().__init__()
        self.heads, self.norm = heads, nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.bias = nn.Parameter(torch.randn(heads, count, count) * 0.5) if count else None

    def forward(self, x):
        batch, count, width = x.shape
        rows = self.qkv(self.norm(x)).reshape(batch, count, 3, self.heads, width // self.heads)
        q, k, v = rows.permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=self.bias)
        return self.out(y.transpose(1, 2).reshape(batch, count, width))


class VisionTransformer(nn.Module):
    """`extra` tokens in front of the patches, each with a classifier; their logits are averaged."""

    def __init__(self, extra, width=32, depth=2, patch=8, size=32):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.tokens = nn.Parameter(torch.randn(1, extra, width) * 0.5)
        self.places = nn.Parameter(torch.randn(1, extra + (size // patch) ** 2, width) * 0.5)
        self.blocks = nn.Sequential(*(layer for _ in range(depth) for layer in (
            Residual(Attention(width, 4)), Residual(feed_forward(width, nn.GELU)))))
        self.norm = nn.LayerNorm(width)
        self.heads = nn.ModuleList(nn.Linear(width, 10) for _ in range(extra))

    def forward(self, x):
        rows = self.patches(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.tokens.expand(x.shape[0], -1, -1), rows], 1) + self.places
        y = self.norm(self.blocks(y))
        return sum(head(y[:, i]) for i, head in enumerate(self.heads)) / len(self.heads)


@network(**IMAGE)
def vit():
    return VisionTransformer(extra=1)


@network(**IMAGE)
def deit():
    return VisionTransformer(extra=2)


@network(**IMAGE)
def swin():
    class Windows(nn.Module):
        """Attention inside windows of [batch, rows, columns, width], shifted by `shift`."""

        def __init__(self, width, size, shift):
            super().__init__()
            self.size, self.shift, self.attention = size, shift, Attention(width, 2, size * size)

        def forward(self, x):
            batch, rows, columns, width = x.shape
            size, shift = self.size, self.shift
            if shift:
                x = torch.roll(x, (-shift, -shift), (1, 2))
            y = x.view(batch, rows // size, size, columns // size, size, width).permute(0, 1, 3, 2, 4, 5)
            y = self.attention(y.reshape(-1, size * size, width))
            y = y.view(batch, rows // size, columns // size, size, size, width).permute(0, 1, 3, 2, 4, 5)
            y = y.reshape(batch, rows, columns, width)
            return torch.roll(y, (shift, shift), (1, 2)) if shift else y

    class Merge(nn.Module):
        """Four neighbours become one place of twice the width."""

        def __init__(self, width):
            super().__init__()
            self.norm, self.out = nn.LayerNorm(4 * width), nn.Linear(4 * width, 2 * width, bias=False)

        def forward(self, x):
            parts = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
            return self.out(self.norm(torch.cat(parts, -1)))

    class Swin(nn.Module):
        def __init__(self, width=16):
            super().__init__()
            self.patches = nn.Conv2d(3, width, 4, 4)
            self.stages = nn.Sequential(
                *(layer for shift in (0, 2) for layer in (Residual(Windows(width, 4, shift)),
                                                          Residual(feed_forward(width, nn.GELU)))),
                Merge(width), Residual(Windows(2 * width, 4, 0)), Residual(feed_forward(2 * width, nn.GELU)))
            self.norm, self.out = nn.LayerNorm(2 * width), nn.Linear(2 * width, 10)

        def forward(self, x):
            return self.out(self.norm(self.stages(self.patches(x).permute(0, 2, 3, 1))).mean((1, 2)))
    return Swin()


@network(x=normal(1, 40, 20))
def conformer():
    class Convolution(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.norm, self.gate = nn.LayerNorm(width), nn.Conv1d(width, 2 * width, 1)
            self.along, self.batch_norm = nn.Conv1d(width, width, 15, padding=7, groups=width), nn.BatchNorm1d(width)
            self.out = nn.Conv1d(width, width, 1)

        def forward(self, x):
            y = F.glu(self.gate(self.norm(x).transpose(1, 2)), 1)
            return self.out(F.silu(self.batch_norm(self.along(y)))).transpose(1, 2)

    class Conformer(nn.Module):
        def __init__(self, width=32):
            super().__init__()
            self.front = nn.Sequential(nn.Conv2d(1, 8, 3, 2), nn.ReLU(), nn.Conv2d(8, 8, 3, 2), nn.ReLU())
            self.rows = nn.Linear(8 * 4, width)
            self.first, self.last = feed_forward(width, nn.SiLU), feed_forward(width, nn.SiLU)
            self.attention, self.convolution = Attention(width, 4), Convolution(width)
            self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, 30)

        def forward(self, x):
            y = self.front(x.unsqueeze(1))
            batch, channels, count, bands = y.shape
            x = self.rows(y.transpose(1, 2).reshape(batch, count, channels * bands))
            x = x + 0.5 * self.first(x)
            x = x + self.attention(x)
            x = x + self.convolution(x)
            x = x + 0.5 * self.last(x)
            return self.out(self.norm(x)).log_softmax(-1)
    return Conformer()


@network(ids=tokens(100, 1, 12))
def llama():
    class RootMeanSquare(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.weight = nn.Parameter(1 + 0.1 * torch.randn(width))

        def forward(self, x):
            return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))

    class Rotary(nn.Module):
        """Causal attention with turned queries and keys, of which several heads share one."""

        def __init__(self, width, heads, shared):
            super().__init__()
            self.heads, self.shared, self.size = heads, shared, width // heads
            self.q, self.o = (nn.Linear(width, width, bias=False) for _ in range(2))
            self.k, self.v = (nn.Linear(width, shared * self.size, bias=False) for _ in range(2))

        def forward(self, x):
            batch, count, width = x.shape
            q = self.q(x).view(batch, count, self.heads, self.size).transpose(1, 2)
            k, v = (part(x).view(batch, count, self.shared, self.size).transpose(1, 2) for part in (self.k, self.v))
            speeds = 1 / 10000 ** (torch.arange(0, self.size, 2).float() / self.size)
            angles = torch.outer(torch.arange(count).float(), speeds)
            angles = torch.cat((angles, angles), -1)

            def turn(z):
                half = self.size // 2
                return z * angles.cos() + torch.cat((-z[..., half:], z[..., :half]), -1) * angles.sin()
            k, v = (part.repeat_interleave(self.heads // self.shared, 1) for part in (turn(k), v))
            y = F.scaled_dot_product_attention(turn(q), k, v, is_causal=True)
            return self.o(y.transpose(1, 2).reshape(batch, count, width))

    class Llama(nn.Module):
        def __init__(self, width=32):
            super().__init__()
            self.embed, self.attention = nn.Embedding(100, width), Rotary(width, 4, 2)
            self.gate, self.up = (nn.Linear(width, 64, bias=False) for _ in range(2))
            self.down, self.out = nn.Linear(64, width, bias=False), nn.Linear(width, 100, bias=False)
            self.norms = nn.ModuleList(RootMeanSquare(width) for _ in range(3))

        def forward(self, ids):
            x = self.embed(ids)
            x = x + self.attention(self.norms[0](x))
            y = self.norms[1](x)
            x = x + self.down(F.silu(self.gate(y)) * self.up(y))
            return self.out(self.norms[2](x))
    return Llama()
