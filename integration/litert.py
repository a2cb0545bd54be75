"""A .tflite model in LiteRT, with inputs and outputs as the source network has them.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

SIGNATURE = "serving_default"


def read_orders(content):
    """The order of the source's dimensions in inputs and outputs where they have moved, by name."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    texts = {entry.name.decode(): bytes(model.buffers[entry.buffer].data).decode() for entry in model.metadata or ()
             if entry.name.startswith(b"order.")}
    return {name.removeprefix("order."): [int(dim) for dim in text.split(",")] for name, text in texts.items()}


class LiteRT:
    """LiteRT's reference kernels, or (not `reference`) those that it takes by default.

    Inputs are given, and numbers to compare with are read, in the order of the source's dimensions.
    """

    def __init__(self, model, reference=True):
        kind = OpResolverType.BUILTIN_REF if reference else OpResolverType.AUTO
        content = model if isinstance(model, bytes) else model.read_bytes()
        self.orders = read_orders(content)
        self.interpreter = Interpreter(model_content=content, experimental_op_resolver_type=kind, num_threads=2)
        self.interpreter.allocate_tensors()
        details = {d["index"]: d for d in self.interpreter.get_tensor_details()}
        runner = self.interpreter.get_signature_runner(SIGNATURE)
        self.inputs = {name: details[d["index"]] for name, d in runner.get_input_details().items()}
        self.outputs = {name: details[d["index"]] for name, d in runner.get_output_details().items()}

    def as_model(self, name, array):
        """An array of the source with its dimensions as the tensor has them."""
        array = np.asarray(array)
        return array.transpose(self.orders[name]) if name in self.orders else array

    @staticmethod
    def quantize(array, detail):
        """Integers as the tensor of `detail` holds `array`; itself if that holds floats."""
        scale, zero = detail["quantization"]
        if not scale:
            return np.asarray(array, detail["dtype"])
        limits = np.iinfo(detail["dtype"])
        stored = np.round(np.asarray(array, np.float32) / np.float32(scale)) + zero
        return np.clip(stored, limits.min, limits.max).astype(detail["dtype"])

    def run(self, inputs):
        """Outputs by name, as they are stored."""
        for name, detail in self.inputs.items():
            array = self.as_model(name, inputs[name])
            self.interpreter.set_tensor(detail["index"], self.quantize(array, detail).reshape(detail["shape"]))
        self.interpreter.invoke()
        return {name: self.interpreter.get_tensor(detail["index"]) for name, detail in self.outputs.items()}

    def steps(self, found, expected):
        """How far `found`, which this model made, is from the numbers `expected`: in steps of each output, or for
        floats in shares of the largest magnitude."""
        result = {}
        for name, detail in self.outputs.items():
            real = self.as_model(name, expected[name]).reshape(detail["shape"])
            if detail["quantization"][0]:
                result[name] = np.abs(found[name].astype(np.int64) - self.quantize(real, detail).astype(np.int64))
            else:
                result[name] = np.abs(found[name] - real) / max(np.abs(real).max(initial=0), 1e-30)
        return result
