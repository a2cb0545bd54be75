"""The report of a compile.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses


def _fill(kind, data):
    names = {field.name for field in dataclasses.fields(kind)}
    return kind(**{name: value for name, value in data.items() if name in names})


@dataclasses.dataclass
class Output:
    """How near a result of the network is to float; dB over the compared samples."""

    name: str
    sqnr_db: float = 0.0
    cosine: float = 1.0


@dataclasses.dataclass
class Layer:
    """A tensor of the network: what computes it, its type, its error alone and with all before it."""

    name: str
    op: str = ""
    type: str = ""
    placement: str = ""
    method: str = ""
    shape: list = dataclasses.field(default_factory=list)
    sqnr_db: float = 0.0
    isolated_sqnr_db: float = None
    cosine: float = 1.0
    saturation: float = 0.0


class Report:
    """What `report.json` says. `as_dict()` gives all of it, in the words of docs."""

    def __init__(self, data):
        self._data = data
        self.target = data.get("target")
        self.precision = data.get("precision")
        self.method = data.get("method")
        self.warnings = data.get("warnings", [])
        self.seconds = data.get("seconds", {})
        self.outputs = [_fill(Output, _flatten(entry)) for entry in data.get("outputs", [])]
        self.layers = [_fill(Layer, _flatten(entry)) for entry in data.get("layers", [])]

    @property
    def worst_output_db(self):
        """The lowest SQNR of a result in dB; None where nothing was compared."""
        return min((output.sqnr_db for output in self.outputs), default=None)

    def as_dict(self):
        return self._data

    def __repr__(self):
        worst = "not compared" if self.worst_output_db is None else f"worst output {self.worst_output_db:.1f} dB"
        return f"<qc.Report {self.target} {self.precision}, {len(self.layers)} layers, {worst}>"


def _flatten(entry):
    """An entry of report.json with its accumulated error at the top."""
    flat = dict(entry)
    flat.update(entry.get("accumulated", {}))
    isolated = entry.get("isolated")
    if isolated:
        flat["isolated_sqnr_db"] = isolated.get("sqnr_db")
    return flat
