"""qc's runtime; use the package qc"""

from collections.abc import Sequence
from typing import Annotated, overload

import numpy
from numpy.typing import NDArray


version: str = '0.1.0'

class Program:
    @overload
    def __init__(self, arg: str, /) -> None: ...

    @overload
    def __init__(self, arg: bytes, /) -> None: ...

    def set_threads(self, arg: int, /) -> None: ...

    def inputs(self) -> list: ...

    def outputs(self) -> list: ...

    def target(self) -> str: ...

    def run(self, arg: Sequence[Annotated[NDArray, dict(order='C', device='cpu', writable=False)]], /) -> list: ...

    def planes(self) -> list: ...

    def run_planes(self, arg: Sequence[Annotated[NDArray[numpy.uint8], dict(shape=(None, None), device='cpu', writable=False)]], /) -> list: ...
