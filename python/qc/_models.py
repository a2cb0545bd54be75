"""Running programs and networks.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import difflib
import os

import numpy as np

from . import _arrays, _errors

_DTYPES = {"f32": np.float32, "f16": np.float16, "i8": np.int8, "u8": np.uint8, "i16": np.int16, "u16": np.uint16,
           "i32": np.int32, "i64": np.int64, "f64": np.float64, "bool": np.bool_}


def _convert(array, info):
    """What the input stores: real numbers are quantized for an input of integers."""
    dtype = _DTYPES[info["dtype"]]
    if array.dtype == dtype:
        return array
    if array.dtype.kind == "f" and info["scale"] > 0:
        limits = np.iinfo(dtype)
        stored = np.rint(array / np.float32(info["scale"])) + info["zero_point"]
        return np.clip(stored, limits.min, limits.max).astype(dtype)
    if array.dtype.kind == "f" and np.dtype(dtype).kind == "f":
        return array.astype(dtype)
    return array


def _as_rows(plane, info):
    """The bytes of a plane, rows first: a view, unless a whole input has gaps."""
    if info["rows"] == 1:
        return np.ascontiguousarray(plane).reshape(-1).view(np.uint8)[None]
    plane = np.asarray(plane)
    if plane.dtype != np.uint8:
        raise _errors.UsageError(f"a plane of '{info['input']}' has elements of {plane.dtype}, expected uint8")
    # U and V of a pixel may be a dimension of their own.
    return plane.reshape(plane.shape[0], -1) if plane.ndim > 2 else plane


class _Runnable:
    """Something with inputs and outputs."""

    def inputs(self) -> "list[dict]":
        """What it takes: dictionaries with name, dtype, shape, scale and zero_point."""
        return self._native.inputs()

    def outputs(self) -> "list[dict]":
        return self._native.outputs()

    def run(self, values) -> "dict[str, np.ndarray]":
        """Results of one sample or of a stack of them, by name.

        `values` is an array (for one input), a tuple in the order of the inputs, or a dictionary by name.
        """
        inputs = self.inputs()
        try:
            arrays = [np.ascontiguousarray(_convert(array, info))
                      for array, info in zip(_arrays.feed(values, inputs), inputs)]
            results = _arrays.run_rows(self._native.run, arrays, inputs)
        except KeyError as error:
            raise _errors.UsageError(error.args[0]) from None
        except (TypeError, ValueError) as error:
            raise _errors.UsageError(str(error).partition("\n")[0]) from None
        return {info["name"]: result for info, result in zip(self.outputs(), results)}


class Program(_Runnable):
    """A compiled program (.qcb), in a process without LLVM."""

    def __init__(self, source, threads=0):
        from . import _runtime
        try:
            self._native = _runtime.Program(source if isinstance(source, bytes) else os.fspath(source))
            if threads:
                self._native.set_threads(threads)
        except ValueError as error:
            raise _errors.Error(str(error)) from None

    def planes(self) -> "list[dict]":
        """The planes of all inputs, as a camera gives them apart: dictionaries with input, rows and row_bytes. Y and UV
        of each picture for nv12, one of a single row for every other input."""
        return self._native.planes()

    def run_planes(self, planes) -> "dict[str, np.ndarray]":
        """As `run`, of `planes()` instead of inputs: arrays of bytes, rows first. They are not copied, and what lies
        between the rows of a view is not read, such as `frame[:, :width]` of a buffer with wider rows."""
        known = self._native.planes()
        rows = [_as_rows(plane, info) for plane, info in zip(planes, known)]
        try:
            results = self._native.run_planes([*rows, *planes[len(rows):]])
        except (TypeError, ValueError) as error:
            raise _errors.UsageError(str(error).partition("\n")[0]) from None
        return {info["name"]: result for info, result in zip(self.outputs(), results)}


class Network(_Runnable):
    """A network of any other format or stage, run in float or as its types say."""

    def __init__(self, path, **options):
        from . import _compiler, _options
        try:
            self._native = _compiler.Model(os.fspath(path), _options.to_texts(options))
        except ValueError as error:
            raise _errors.UsageError(str(error)) from None
        messages = self._native.take_messages()
        if not self._native.is_open():
            _errors.fail(messages)
        _errors.tell(messages)


def load(model: "str | os.PathLike | bytes", **options) -> "Program | Network":
    """A model that can be run: a Program of a .qcb (a path or bytes), a Network of anything else.

    Options of a network are those of `qc run`: input_shape, cut_at, preprocess, threads.
    """
    if isinstance(model, bytes) or os.fspath(model).endswith(".qcb"):
        for name in options.keys() - {"threads"}:
            raise _errors.UsageError(f"a program has no option '{name}': it is compiled; known: threads")
        return Program(model, **options)
    return Network(model, **options)


class _Node:
    """What onnxruntime says of an input or output."""

    def __init__(self, info):
        names = {"f32": "float", "f16": "float16", "f64": "double", "i8": "int8", "u8": "uint8", "i16": "int16",
                 "u16": "uint16", "i32": "int32", "i64": "int64", "bool": "bool"}
        self.name, self.shape, self.type = info["name"], list(info["shape"]), f"tensor({names[info['dtype']]})"


class InferenceSession:
    """The face of onnxruntime.InferenceSession: an evaluation script changes one import."""

    def __init__(self, path_or_bytes, sess_options=None, providers=None, **options):
        self._model = load(path_or_bytes, **options)

    def get_inputs(self):
        return [_Node(info) for info in self._model.inputs()]

    def get_outputs(self):
        return [_Node(info) for info in self._model.outputs()]

    def get_providers(self):
        return ["CPUExecutionProvider"]

    def run(self, output_names, input_feed, run_options=None):
        _check("input", input_feed, self._model.inputs())
        _check("output", output_names or (), self._model.outputs())
        results = self._model.run(input_feed)
        return [results[name] for name in (output_names or results)]


def _check(what, names, infos):
    """As onnxruntime does: names that the model has not are errors."""
    known = [info["name"] for info in infos]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            meant = f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(map(repr, known))}"
            raise _errors.UsageError(f"the model has no {what} '{name}'{meant}")
