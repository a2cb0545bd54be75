"""Many short runs of a program: loaded once, a process of its own for each run.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

Loading qc (LLVM, MLIR, their relocations) takes ten times as long as a small network runs. A ForkServer is the program
stopped in front of main, which forks for each run (Inputs/fork_server.c, loaded with LD_PRELOAD). What a run does,
and how it ends, is as if it had been started by itself. Where that cannot be built (no C compiler, another C library
than glibc), each run starts the program anew.
"""

import contextlib
import dataclasses
import os
import pathlib
import queue
import signal
import subprocess
import tempfile
import threading

import onnx
from onnx import helper

SOURCE = pathlib.Path(__file__).resolve().parent / "Inputs" / "fork_server.c"


@dataclasses.dataclass
class Done:
    """How a run ended; a negative code is the signal, None a run that was killed after its time was up."""

    code: int | None
    out: str
    err: str


def build_library(folder):
    """The library to preload, or None."""
    library = pathlib.Path(folder) / "fork_server.so"
    for compiler in ("cc", "clang-22", "gcc", "clang"):
        with contextlib.suppress(OSError):
            command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
            if subprocess.run(command, capture_output=True, timeout=60).returncode == 0:
                return library
    return None


class ForkServer:
    """One program; one run at a time."""

    def __init__(self, program, library, folder):
        self.program = str(program)
        self.files = [os.path.join(folder, f"{id(self)}.{stream}") for stream in ("out", "err")]
        self.process = library and subprocess.Popen(
            [self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            # The spin count is what qc sets before it starts itself again, which must not happen behind the fork.
            env={"GOMP_SPINCOUNT": "1000", **os.environ, "LD_PRELOAD": str(library)})

    def prepare(self, *arguments):
        """Runs a command in the server itself: no later run has to load and register what it did. It must leave no
        threads behind."""
        if self.process:
            self.send(b"-%d\n", arguments)
            self.process.stdout.readline(), self.process.stdout.readline()

    def send(self, count, arguments):
        fields = map(os.fsencode, [*self.files, *map(str, arguments)])
        self.process.stdin.write(count % len(arguments) + b"".join(field + b"\0" for field in fields))
        self.process.stdin.flush()

    def run(self, *arguments, timeout=120):
        if not self.process:
            return self.start_anew(arguments, timeout)
        self.send(b"%d\n", arguments)
        child = int(self.process.stdout.readline())
        late = threading.Event()

        def kill():
            late.set()
            os.kill(child, signal.SIGKILL)

        timer = threading.Timer(timeout, kill)
        timer.start()
        status = int(self.process.stdout.readline())
        timer.cancel()
        texts = [pathlib.Path(file).read_text(errors="replace") for file in self.files]
        return Done(None if late.is_set() else os.waitstatus_to_exitcode(status), *texts)

    def start_anew(self, arguments, timeout):
        try:
            done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, errors="replace",
                                  stdin=subprocess.DEVNULL, timeout=timeout)
        except subprocess.TimeoutExpired:
            return Done(None, "", "")
        return Done(done.returncode, done.stdout, done.stderr)

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process.stdout.close()


class ForkServers:
    """As many of one program as runs may go on side by side; use in a with statement, call from any thread."""

    def __init__(self, program, count=None):
        self.folder = tempfile.TemporaryDirectory(prefix="fork-server-")
        self.library = build_library(self.folder.name)
        self.all = [ForkServer(program, self.library, self.folder.name)
                    for _ in range(count or len(os.sched_getaffinity(0)))]
        self.idle = queue.SimpleQueue()
        for server in self.all:
            self.idle.put(server)

    def warm_up(self, folder):
        """For qc: has a model looked at that is refused, which registers what every import needs."""
        path = pathlib.Path(folder) / "warm_up.onnx"
        onnx.save(helper.make_model(helper.make_graph(
            [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Det", ["y"], ["z"])], "warm_up",
            [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 2, 2])],
            [helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, [1])]),
            opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
        for server in self.all:
            server.prepare("inspect", path)

    def run(self, *arguments, timeout=120):
        server = self.idle.get()
        try:
            return server.run(*arguments, timeout=timeout)
        finally:
            self.idle.put(server)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.all:
            server.close()
        self.folder.cleanup()
