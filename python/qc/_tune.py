"""Tuning: the cheapest way to compile that reaches a goal, by a measure of one's own.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses
import json
import os
import pathlib
import shutil
import tempfile
import typing

import numpy as np

from . import _compile, _compiler, _errors, _models, _options, _report


@dataclasses.dataclass
class Trial:
    """One way to compile, and what came out: SQNR of the worst output in dB, shares of 0..1, estimated cycles."""

    name: str
    output: str = ""
    reached: bool = False
    sqnr_db: typing.Optional[float] = None
    top1: typing.Optional[float] = None
    agreement: typing.Optional[float] = None
    metric: typing.Optional[float] = None
    estimated_cycles: typing.Optional[float] = None
    constant_bytes: typing.Optional[int] = None
    arena_bytes: typing.Optional[int] = None
    seconds: float = 0.0
    failure: typing.Optional[str] = None


def tune(model: typing.Any, data: typing.Any, *, metric: "typing.Optional[typing.Callable[[dict], float]]" = None,
         labels: typing.Any = None, max_drop: typing.Optional[float] = None,
         min_sqnr: typing.Optional[float] = None, max_latency: float = 1.1, evaluation: typing.Any = None,
         example_inputs: typing.Any = None,
         on_progress: typing.Optional[typing.Callable[[str, int, int], None]] = None,
         on_message: typing.Optional[typing.Callable[[dict], None]] = None, **options: typing.Any) -> "TuneResult":
    """Compiles with efforts, methods and widths in order of what they cost, until one reaches the goal.

    model, data, example_inputs, on_progress, on_message, options: as for `compile`.
    metric: called with the outputs of all samples, arrays by name with the samples as the first dimension; returns a
        number, of which more is better. It is called once for the float network, then once a trial.
    labels: what is right, instead of a metric: an array of class numbers, or a path or "folder" as for `qc eval`.
    max_drop: at most so much less than float: in units of the metric, or in points of top-1 with labels.
    min_sqnr: at least so many dB at every output.
    max_latency: at most so many times the estimated cycles of the first trial.
    evaluation: the samples that programs are judged by, in the forms of `data`; `data` itself where it is not given.

    Where no trial reaches the goal, `reached` of the result is false, and `best` is what came nearest.
    """
    keeper = None
    if options.get("output") is None:
        keeper = tempfile.TemporaryDirectory(prefix="qc-tune-")
        options["output"] = keeper.name
    folder = os.fspath(options["output"])
    os.makedirs(folder, exist_ok=True)
    name, contents = _compile._read_model(model, example_inputs)
    if contents is not None:
        name = os.path.join(folder, "model.onnx")
        pathlib.Path(name).write_bytes(contents)
    if labels is not None and not isinstance(labels, (str, os.PathLike)):
        path = os.path.join(folder, "labels.npy")
        np.save(path, np.asarray(labels))
        labels = path
    path, samples = _compile._read_data(data)
    judge_path, judge_samples = _compile._read_data(evaluation)
    job = {**options, "model": name, "data": path}

    raised = []

    def measure(outputs):
        try:
            with np.load(outputs) as arrays:
                value = metric({key: arrays[key] for key in arrays.files})
            if not isinstance(value, typing.SupportsFloat):
                raise TypeError(f"the metric gave {value!r}, expected a number")
            return float(value)
        except BaseException as error:
            raised.append(error)
            raise

    try:
        native = _compiler.Tune(_options.to_texts(job), (len(samples or ()), _compile._getter(samples)),
                                (len(judge_samples or ()), _compile._getter(judge_samples)),
                                os.fspath(judge_path or ""), os.fspath(labels or ""),
                                measure if metric else None, on_progress)
        succeeded = native.run(max_drop, min_sqnr, max_latency)
    except ValueError as error:
        if raised:
            raise  # the metric's own
        raise _errors.UsageError(str(error)) from None
    messages = native.take_messages()
    if not succeeded:
        _errors.fail(messages)
    # What only a later trial has failed with stands in that trial.
    _errors.tell([message for message in messages if message["kind"] != "error"], on_message)
    return TuneResult(json.loads(native.report()), dict(native.best()), keeper)


class TuneResult:
    """What tuning has tried, and the program that it ends with."""

    def __init__(self, data, best, keeper):
        self._data, self._keeper = data, keeper  # with the keeper goes the folder, where nobody has named one
        names = {field.name for field in dataclasses.fields(Trial)}
        self.trials: "list[Trial]" = [Trial(**{key: value for key, value in trial.items() if key in names})
                                      for trial in data["trials"]]
        self.reached: bool = data["reached"]
        self.float_metric: "float | None" = data.get("float_metric")
        self.float_top1: "float | None" = data.get("float_top1")
        self.options: "dict[str, list[str]]" = {
            name.replace("-", "_"): values for name, values in best.items() if name not in ("model", "data", "output")}

    @property
    def best(self) -> "Trial | None":
        """The first trial that reaches the goal, else what came nearest; None where nothing compiles."""
        return next((trial for trial in self.trials if trial.name == self._data.get("best")), None)

    @property
    def report(self) -> "_report.Report":
        """The report of the best trial."""
        return _report.Report(json.loads((self._folder() / "report.json").read_text()))

    def program(self, threads: int = 0) -> "_models.Program":
        """The best trial's program, to be run."""
        return _models.Program((self._folder() / "model.qcb").read_bytes(), threads)

    def save(self, folder: "str | os.PathLike") -> None:
        """Copies the files of the best trial into `folder`."""
        shutil.copytree(self._folder(), folder, dirs_exist_ok=True)

    def as_dict(self) -> dict:
        return self._data

    def _folder(self):
        if self.best is None:
            raise _errors.Error("no trial compiles")
        return pathlib.Path(self.best.output)

    def __repr__(self):
        words = "reached" if self.reached else "not reached"
        return f"<qc.TuneResult {len(self.trials)} trials, goal {words}, best {self._data.get('best')}>"
