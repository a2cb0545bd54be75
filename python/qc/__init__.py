"""qc: an open quantization compiler for edge NPUs.

    import qc
    result = qc.compile("model.onnx", images, target="generic")
    result.run(x)            # what the program computes, to the bit
    result.report            # how near each layer is to the float network
    result.save("out")       # model.qcb, report.json, report.html, ...
    qc.load("out/model.qcb").run(x)
    qc.tune("model.onnx", images, metric=measure, max_drop=0.5)   # the cheapest compile that is good enough

Nothing is loaded by `import qc`: the compiler is when something is compiled, and a program alone (`qc.load` of a
.qcb) runs without it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import importlib
import typing

_HOMES = {
    "compile": "_compile", "Result": "_compile", "options": "_compile",
    "tune": "_tune", "TuneResult": "_tune", "Trial": "_tune",
    "load": "_models", "Program": "_models", "Network": "_models", "InferenceSession": "_models",
    "Report": "_report", "Layer": "_report", "Output": "_report",
    "Error": "_errors", "UsageError": "_errors", "QCWarning": "_errors",
}
__all__ = sorted(_HOMES)
__version__ = "0.1.0"


if typing.TYPE_CHECKING:  # for editors and type checkers
    from ._compile import Result, compile, options
    from ._errors import Error, QCWarning, UsageError
    from ._models import InferenceSession, Network, Program, load
    from ._report import Layer, Output, Report
    from ._tune import Trial, TuneResult, tune


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'qc' has no attribute '{name}'")
    return getattr(importlib.import_module(f"qc.{_HOMES[name]}"), name)


def __dir__():
    return [*__all__, "__version__"]
