"""LSTM, GRU and RNN in all directions, with and without biases and initial states.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import op, values


def recurrent(kind, opset, label, gates, directions=1, bias=True, initial=(), outputs=2, hidden=4, steps=5, batch=2, **attributes):
    shape = (batch, steps, 3) if attributes.get("layout") else (steps, batch, 3)
    operands = [("x", values(*shape)), values(directions, gates * hidden, 3, seed=1), values(directions, gates * hidden, hidden, seed=2)]
    operands.append(values(directions, 2 * gates * hidden, seed=3) if bias else None)
    if initial:
        operands.append(None)
        state = (batch, directions, hidden) if attributes.get("layout") else (directions, batch, hidden)
        operands += [(f"s{i}", values(*state, seed=4 + i)) if how == "given" else np.zeros(state, np.float32)
                     for i, how in enumerate(initial)]
    return op(kind, opset, *operands, hidden_size=hidden, outputs=outputs, label=label, expects="top.matmul",
              reference=bool(attributes.get("layout")), **attributes)


CASES = [
    recurrent("LSTM", 14, "plain", 4, outputs=3),
    recurrent("LSTM", 7, "no_bias", 4, bias=False, outputs=1),
    recurrent("LSTM", 22, "initial", 4, initial=("given", "given"), outputs=3),
    recurrent("LSTM", 14, "zeros", 4, initial=("zero", "zero")),
    recurrent("LSTM", 14, "reverse", 4, direction="reverse", outputs=3),
    recurrent("LSTM", 14, "bidirectional", 4, directions=2, direction="bidirectional", initial=("given", "given"), outputs=3),
    recurrent("LSTM", 14, "one_step", 4, steps=1, batch=1),
    recurrent("LSTM", 14, "functions", 4, activations=["Sigmoid", "Relu", "Tanh"]),
    recurrent("GRU", 14, "plain", 3),
    recurrent("GRU", 7, "initial", 3, initial=("given",)),
    recurrent("GRU", 14, "linear", 3, linear_before_reset=1),
    recurrent("GRU", 22, "linear_initial", 3, linear_before_reset=1, initial=("given",), directions=2, direction="bidirectional"),
    recurrent("GRU", 14, "reverse_no_bias", 3, bias=False, direction="reverse"),
    recurrent("RNN", 14, "plain", 1),
    recurrent("RNN", 14, "relu", 1, activations=["Relu"], initial=("given",)),
]
