"""Small .tflite models, written with LiteRT's own schema classes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {np.dtype(name): getattr(schema.TensorType, name.upper())
         for name in ("float32", "float16", "int8", "uint8", "int16", "int32", "int64", "bool")}


def options(name, **fields):
    """The table with an operator's options."""
    table = getattr(schema, name + "T")()
    for field, value in fields.items():
        assert hasattr(table, field), field
        setattr(table, field, value)
    return table


class ModelBuilder:
    """Adds tensors and operators one by one; a tensor is its index."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.description = "a test's"
        self.model.operatorCodes = []
        self.model.buffers = [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs, self.graph.outputs = [], []
        self.model.subgraphs = [self.graph]

    def tensor(self, name, shape, dtype="float32", scale=(), zero=None, axis=0, data=None):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name, list(shape), TYPES[np.dtype(dtype)]
        scale = np.atleast_1d(scale)
        if len(scale):
            parameters = schema.QuantizationParametersT()
            parameters.scale = [float(value) for value in scale]
            parameters.zeroPoint = [int(value) for value in np.atleast_1d(0 if zero is None else zero)] * (
                len(scale) if np.ndim(zero) == 0 else 1)
            parameters.quantizedDimension = axis
            tensor.quantization = parameters
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data, dtype).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, name, array, **parameters):
        array = np.asarray(array)
        return self.tensor(name, array.shape, array.dtype, data=array, **parameters)

    def operator(self, name, inputs, outputs, table=None, custom=None, version=1):
        code = schema.OperatorCodeT()
        code.builtinCode = schema.BuiltinOperator.CUSTOM if custom else getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.customCode, code.version = custom, version
        self.model.operatorCodes.append(code)
        op = schema.OperatorT()
        op.opcodeIndex = len(self.model.operatorCodes) - 1
        op.inputs, op.outputs = list(inputs), list(outputs)
        if table is not None:
            op.builtinOptionsType = getattr(schema.BuiltinOptions, type(table).__name__[:-1])
            op.builtinOptions = table
        self.graph.operators.append(op)
        return outputs[0]

    def write(self, path, inputs, outputs):
        self.graph.inputs, self.graph.outputs = list(inputs), list(outputs)
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = "serving_default", 0

        def name(indices):
            entries = []
            for index in indices:
                entry = schema.TensorMapT()
                entry.name, entry.tensorIndex = self.graph.tensors[index].name, index
                entries.append(entry)
            return entries

        signature.inputs, signature.outputs = name(inputs), name(outputs)
        self.model.signatureDefs = [signature]
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        path.write_bytes(bytes(builder.Output()))
        return path
