"""A .tflite model in LiteRT, with inputs and outputs as the source network has them.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

SIGNATURE = "serving_default"


def as_source(array, shape):
    """Channels first again where the model has them last."""
    return array if array.shape == tuple(shape) else np.moveaxis(array, -1, 1)


def as_model(array, shape):
    return array if array.shape == tuple(shape) else np.moveaxis(array, 1, -1)


class LiteRT:
    """LiteRT's reference kernels, or (not `reference`) those that it takes by default.

    Images go in and come out channels first: an array whose shape is not that of the model is permuted.
    """

    def __init__(self, model, reference=True):
        kind = OpResolverType.BUILTIN_REF if reference else OpResolverType.AUTO
        content = model if isinstance(model, bytes) else model.read_bytes()
        self.interpreter = Interpreter(model_content=content, experimental_op_resolver_type=kind, num_threads=2)
        self.interpreter.allocate_tensors()
        details = {d["index"]: d for d in self.interpreter.get_tensor_details()}
        runner = self.interpreter.get_signature_runner(SIGNATURE)
        self.inputs = {name: details[d["index"]] for name, d in runner.get_input_details().items()}
        self.outputs = {name: details[d["index"]] for name, d in runner.get_output_details().items()}

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
        """Outputs by name, as they are stored but in the order of the source's dimensions where `shapes` differ."""
        for name, detail in self.inputs.items():
            array = as_model(np.asarray(inputs[name]), detail["shape"])
            self.interpreter.set_tensor(detail["index"], self.quantize(array, detail))
        self.interpreter.invoke()
        return {name: self.interpreter.get_tensor(detail["index"]) for name, detail in self.outputs.items()}

    def steps(self, found, expected):
        """How far `found`, which this model made, is from the numbers `expected`: in steps of each output, or for
        floats in shares of the largest magnitude."""
        result = {}
        for name, detail in self.outputs.items():
            real = as_model(np.asarray(expected[name]), detail["shape"])
            if detail["quantization"][0]:
                result[name] = np.abs(found[name].astype(np.int64) - self.quantize(real, detail).astype(np.int64))
            else:
                result[name] = np.abs(found[name] - real) / max(np.abs(real).max(initial=0), 1e-30)
        return result
