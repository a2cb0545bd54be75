"""What the integration tests share: running a program, finding a kit model, onnxruntime as the other opinion.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses
import os
import pathlib
import pty
import subprocess

import numpy as np
import onnx
import onnxruntime


@dataclasses.dataclass
class Program:
    """One of the built programs. Calling it runs it and checks its exit code."""

    path: pathlib.Path

    def attempt(self, *arguments, timeout=300, **options):
        """Runs it, however it ends."""
        return subprocess.run([str(self.path), *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, **options)

    def __call__(self, *arguments, exit_code=0, timeout=300, **options):
        done = self.attempt(*arguments, timeout=timeout, **options)
        command = [str(self.path), *map(str, arguments)]
        assert done.returncode == exit_code, (
            f"exit code {done.returncode}, expected {exit_code}: {' '.join(command)}\n"
            f"--- standard output\n{done.stdout[-4000:]}\n--- standard error\n{done.stderr[-4000:]}")
        return done


class Installed:
    """A build installed into a folder, which projects outside the tree find as the CMake package QC."""

    def __init__(self, build, prefix):
        self.prefix = prefix
        self.run("cmake", "--install", build, "--prefix", prefix)

    def build(self, source, folder):
        """Configures and builds the project at `source`."""
        self.run("cmake", "-G", "Ninja", "-S", source, "-B", folder, "-DCMAKE_CXX_COMPILER=clang++-22",
                 "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.run("cmake", "--build", folder)

    @staticmethod
    def run(*command):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@dataclasses.dataclass
class Kit:
    """The kit of trained models and labelled inputs (see its MANIFEST.md)."""

    path: pathlib.Path

    def model(self, name):
        return self.path / "models" / f"{name}.onnx"

    def images(self, name):
        return self.path / "images" / name


class Peer:
    """A model in onnxruntime: the implementation that ours is compared with.

    With `every_tensor`, all intermediate results become outputs as well; graph optimisations are off then, so
    that each of them is still computed.
    """

    def __init__(self, path, every_tensor=False, shapes=None):
        model = onnx.load(str(path))
        for info in model.graph.input:
            for dim, size in zip(info.type.tensor_type.shape.dim, (shapes or {}).get(info.name, ())):
                dim.dim_value = size
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.log_severity_level = 3
        if every_tensor:
            known = {output.name for output in model.graph.output}
            for node in model.graph.node:
                model.graph.output.extend(
                    onnx.ValueInfoProto(name=name) for name in node.output if name and name not in known)
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        weights = {weight.name for weight in model.graph.initializer}
        self.inputs = {info.name: tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
                       for info in model.graph.input if info.name not in weights}

    def samples(self, seed=0, low=-1.0, high=1.0):
        """Seeded uniform values for every input."""
        rng = np.random.default_rng(seed)
        return {name: rng.uniform(low, high, shape).astype(np.float32) for name, shape in self.inputs.items()}

    def run(self, feeds):
        names = [output.name for output in self.session.get_outputs()]
        return dict(zip(names, self.session.run(names, feeds)))


def relative_difference(found, expected):
    """Largest difference of any element over the largest magnitude of `expected`."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    assert found.shape == expected.shape, f"shape {found.shape}, expected {expected.shape}"
    largest = np.abs(expected).max(initial=0)
    return np.abs(found - expected).max(initial=0) / largest if largest else np.abs(found).max(initial=0)


def read_dump(folder):
    """The tensors that --dump wrote, by name."""
    index = [line.split("\t") for line in (folder / "index.tsv").read_text().splitlines()[1:]]
    return {name: np.load(folder / file) for name, file in (row[:2] for row in index)}


def check_complete(model):
    """Every tensor has a type and a shape, they are what onnx infers, and the checker has nothing to say."""
    onnx.checker.check_model(model, full_check=True)
    described = {info.name: info.type.tensor_type for info in [*model.graph.value_info, *model.graph.output]}
    names = [name for node in model.graph.node for name in node.output]
    missing = [name for name in names if name not in described or not described[name].elem_type or
               not all(dim.HasField("dim_value") for dim in described[name].shape.dim) or
               not described[name].HasField("shape")]
    assert not missing, f"no type or shape: {missing[:5]}"
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(bare, check_type=True, strict_mode=True, data_prop=True)
    found = {info.name: info.type.tensor_type for info in [*inferred.graph.value_info, *inferred.graph.output]}
    for name in names:
        assert found[name] == described[name], f"{name}: {found[name]}, described as {described[name]}"


def read_terminal(command, **options):
    """What `command` writes to a terminal; `options` are those of subprocess.Popen. It must end with 0."""
    leader, follower = pty.openpty()
    child = subprocess.Popen(command, stdout=follower, **options)
    os.close(follower)
    parts = []
    try:
        while part := os.read(leader, 65536):
            parts.append(part)
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    assert child.wait() == 0
    return b"".join(parts).decode().replace("\r\n", "\n")
