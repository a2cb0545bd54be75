"""Compiling: qc.compile and what it gives.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import io
import json
import os
import pathlib
import tempfile
import typing

from . import _arrays, _compiler, _errors, _models, _options, _report


def options() -> "list[dict]":
    """All options of `compile`: dictionaries with name, form, group and words."""
    return _compiler.options()


def compile(model: typing.Any, data: typing.Any = None, *, example_inputs: typing.Any = None,
            on_progress: typing.Optional[typing.Callable[[str, int, int], None]] = None,
            on_message: typing.Optional[typing.Callable[[dict], None]] = None, **options: typing.Any) -> "Result":
    """Calibrates and quantizes `model` and returns a Result.

    model: a path, the bytes of an ONNX model, an onnx.ModelProto, or a torch.nn.Module, which is exported with
        `example_inputs` (a tensor, or a tuple of them).
    data: the samples: a path or "random:N" as the program qc takes them, or an iterable of arrays or tensors, tuples
        of them in the order of the inputs, or dictionaries by name; a torch DataLoader is one. Arrays may be stacks.
    on_progress: called with (step, done, total). What it raises ends the compile.
    on_message: called with every message (a dictionary) once the compile has ended; without it, warnings become
        Python's.
    options: those of `qc compile`, with '_' for '-': target="tda4", precision="int16", deny=["Softmax"],
        target_option={"chip": "am62a"}, input_shape={"x": (1, 3, 224, 224)}. `qc.options()` lists them.

    Raises Error, with the node and what to do, where the model or the samples are at fault, and UsageError for options
    that do not exist or fit. Nothing is written, unless `output` names a folder.
    """
    name, contents = _read_model(model, example_inputs)
    job = {**options, "model": name}
    path, samples = _read_data(data)
    if path is not None:
        job["data"] = path
    return _run(job, contents, samples, on_progress, on_message)


def _read_data(data):
    """A path, or a list of samples; both None without data."""
    if data is None or isinstance(data, (str, os.PathLike)):
        return data, None
    if not hasattr(data, "__iter__") and not hasattr(data, "__getitem__"):
        raise _errors.UsageError(f"a {type(data).__name__} is no data: give a path, or an iterable of samples")
    samples = list(data)
    if not samples:
        raise _errors.UsageError("the data hold no samples")
    return None, samples


def _getter(samples):
    """What the compiler calls for an input of a sample; None without samples."""
    if not samples:
        return None
    return lambda index, position, name: _arrays.pick(samples[index], position, name)


def _run(job, contents, samples, on_progress, on_message):
    try:
        native = _compiler.Compilation(_options.to_texts(job), contents, len(samples or ()),
                                       _getter(samples), on_progress)
    except ValueError as error:
        raise _errors.UsageError(str(error)) from None
    succeeded = native.compile()
    messages = native.take_messages()
    _errors.tell(messages, on_message)
    if not succeeded:
        _errors.fail(messages)
    return Result(native, job, contents, samples)


def _read_model(model, example_inputs):
    """A name, and the bytes where the model is in memory."""
    if isinstance(model, (str, os.PathLike)):
        return os.fspath(model), None
    if isinstance(model, (bytes, bytearray)):
        return "model.onnx", bytes(model)
    if hasattr(model, "SerializeToString"):
        return "model.onnx", model.SerializeToString()
    if hasattr(model, "state_dict") and hasattr(model, "forward"):
        return "model.onnx", _export(model, example_inputs)
    raise _errors.UsageError(f"cannot compile a {type(model).__name__}: give a path, bytes, an onnx.ModelProto or a "
                             "torch.nn.Module")


def _export(module, example_inputs):
    if example_inputs is None:
        raise _errors.UsageError("a torch module is exported with inputs to trace it with: give example_inputs")
    import torch
    if not isinstance(example_inputs, tuple):
        example_inputs = (example_inputs,)
    was_training = module.training
    module.eval()
    buffer = io.BytesIO()
    try:
        torch.onnx.export(module, example_inputs, buffer, opset_version=17, dynamo=False)
    finally:
        module.train(was_training)
    return buffer.getvalue()


class Result(_models._Runnable):
    """A compiled network: run it, look at its report, save its files."""

    def __init__(self, native, job, contents, samples):
        self._native, self._job, self._contents, self._samples = native, job, contents, samples
        self._read = None
        self._encodings = None

    @property
    def report(self) -> "_report.Report":
        """How near the program is to the float network: qc.Report."""
        return _report.Report(json.loads(self._native.report()))

    @property
    def artefacts(self) -> "dict[str, bytes]":
        """The files by name ("model.qcb"), as bytes."""
        folder = self._job.get("output")
        if folder is None:
            return self._native.files()
        files = {}
        for path in map(pathlib.Path, self.report.as_dict()["files"]):
            # A folder, such as the hand-off of a target, is one line of the report.
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file():
                    files[os.path.relpath(file, folder)] = file.read_bytes()
        return files

    @property
    def encodings(self) -> "list[dict]":
        """Storage types, scales and zero points by tensor (docs/Encodings.md): a list of dictionaries, which may be
        changed before `recompile`.

        They are for the tensors of the model as it is, which corrections that scale channels change: where the compile
        has done such, it is done again without them.
        """
        if self._encodings is None:
            texts = self.artefacts
            if "model.encodings.json" not in texts:
                job = {**self._job, "emit": ["encodings"], "output": None}
                texts = _run(job, self._contents, self._samples, None, lambda message: None).artefacts
            self._encodings = json.loads(texts["model.encodings.json"])
        return self._encodings["encodings"]

    def recompile(self, **options: typing.Any) -> "Result":
        """Compiles again with `encodings` as they are now; a tensor that they lack is calibrated."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "encodings.json")
            encodings = self.encodings
            with open(path, "w", encoding="utf-8") as file:
                json.dump({**self._encodings, "encodings": encodings}, file)
            emit = _options.texts(options.get("emit", self._job.get("emit", ["qcb", "report"])))
            job = {**self._job, **options, "encodings_in": path, "allow_missing": True,
                   "emit": [*emit, *({"encodings"} - set(emit))]}
            return _run(job, self._contents, self._samples, None, None)

    def analyze(self) -> "list[_report.Layer]":
        """The layers, worst first: by the error that each makes alone, in dB; those that only move data left out."""
        layers = [layer for layer in self.report.layers if layer.isolated_sqnr_db is not None]
        return sorted(layers, key=lambda layer: layer.isolated_sqnr_db)

    def save(self, folder: "str | os.PathLike") -> None:
        """Writes the artefacts into `folder`, each whole or not at all."""
        os.makedirs(folder, exist_ok=True)
        for name, contents in self.artefacts.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            beside = f"{path}.tmp-{os.getpid()}"
            try:
                with open(beside, "wb") as file:
                    file.write(contents)
                os.replace(beside, path)
            finally:
                if os.path.exists(beside):
                    os.unlink(beside)

    def __repr__(self):
        return f"<qc.Result {self.report!r}>"
