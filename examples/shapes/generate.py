#!/usr/bin/env python3
"""Draws the images of the shapes example: eight shapes on coloured, noisy backgrounds.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

    generate.py            writes calib/ (64 images), test/<class>/ (25 each) and labels.txt beside this file

Everything follows from the seeds below: the same files come out every time.
"""

import argparse
import math
import pathlib

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ["circle", "cross", "hexagon", "ring", "semicircle", "square", "star", "triangle"]
SIZE = 48  # width and height of an image, pixels
OVERSAMPLING = 4  # drawn larger and averaged, for smooth edges
CALIBRATION_SEED, TEST_SEED = 1001, 2002
CALIBRATION_PER_CLASS, TEST_PER_CLASS = 8, 25


def polygon(count, rotation, inner=None):
    """Corners of a regular polygon on the unit circle; with `inner`, every second corner has that radius."""
    corners = []
    for i in range(count):
        radius = inner if inner is not None and i % 2 else 1.0
        angle = rotation + 2 * math.pi * i / count
        corners.append((radius * math.cos(angle), radius * math.sin(angle)))
    return corners


def outline(name, rotation):
    """Corners of a shape that is a polygon, in units of its radius."""
    if name == "triangle":
        return polygon(3, rotation)
    if name == "square":
        return polygon(4, rotation)
    if name == "hexagon":
        return polygon(6, rotation)
    if name == "star":
        return polygon(10, rotation, inner=0.42)
    if name == "semicircle":
        return [(math.cos(rotation + math.pi * i / 40), math.sin(rotation + math.pi * i / 40)) for i in range(41)]
    arm = 0.34
    cross = [(arm, 1), (arm, arm), (1, arm), (1, -arm), (arm, -arm), (arm, -1),
             (-arm, -1), (-arm, -arm), (-1, -arm), (-1, arm), (-arm, arm), (-arm, 1)]
    c, s = math.cos(rotation), math.sin(rotation)
    return [(0.85 * (c * x - s * y), 0.85 * (s * x + c * y)) for x, y in cross]


def background(rng):
    """A linear gradient between two colours in a random direction, float [SIZE, SIZE, 3]."""
    first, second = rng.uniform(20, 235, 3), rng.uniform(20, 235, 3)
    angle = rng.uniform(0, 2 * math.pi)
    y, x = np.mgrid[0:SIZE, 0:SIZE] / (SIZE - 1) - 0.5
    t = np.clip(0.5 + (x * math.cos(angle) + y * math.sin(angle)) / 1.4, 0, 1)[..., None]
    return first * (1 - t) + second * t


def coverage(name, rng):
    """How much of each pixel the shape covers, float [SIZE, SIZE] in 0..1."""
    big = SIZE * OVERSAMPLING
    radius = rng.uniform(0.12, 0.42) * big
    centre = rng.uniform(radius * 0.9, big - radius * 0.9, 2)
    rotation = rng.uniform(0, 2 * math.pi)
    mask = Image.new("L", (big, big), 0)
    draw = ImageDraw.Draw(mask)
    box = [centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius]
    if name == "circle":
        draw.ellipse(box, fill=255)
    elif name == "ring":
        draw.ellipse(box, fill=255)
        hole = radius * rng.uniform(0.5, 0.7)
        draw.ellipse([centre[0] - hole, centre[1] - hole, centre[0] + hole, centre[1] + hole], fill=0)
    else:
        corners = outline(name, rotation)
        draw.polygon([(centre[0] + radius * x, centre[1] + radius * y) for x, y in corners], fill=255)
    small = mask.resize((SIZE, SIZE), Image.BOX)
    return np.asarray(small, dtype=np.float64) / 255


def image(name, rng):
    """One image of the shape `name`, uint8 [SIZE, SIZE, 3], RGB."""
    ground = background(rng)
    # A colour that can be told from the background's middle.
    colour = rng.uniform(0, 255, 3)
    while np.abs(colour - ground.mean(axis=(0, 1))).max() < 30:
        colour = rng.uniform(0, 255, 3)
    cover = coverage(name, rng)[..., None]
    picture = ground * (1 - cover) + colour * cover
    picture += rng.normal(0, rng.uniform(1, 9), picture.shape)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def batch(count, seed):
    """`count` images with equally frequent classes: uint8 [count, SIZE, SIZE, 3] and their class indices."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % len(CLASSES)
    images = np.stack([image(CLASSES[label], rng) for label in labels])
    return images, labels


def write(folder, per_class, seed, by_class):
    images, labels = batch(per_class * len(CLASSES), seed)
    for index, (picture, label) in enumerate(zip(images, labels)):
        place = folder / CLASSES[label] if by_class else folder
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(place / f"{index:03d}.png", optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--output", type=pathlib.Path, default=here, help="folder to write to")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "calib", CALIBRATION_PER_CLASS, CALIBRATION_SEED, by_class=False)
    write(folder / "test", TEST_PER_CLASS, TEST_SEED, by_class=True)
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in CLASSES))


if __name__ == "__main__":
    main()
