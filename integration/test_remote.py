"""Programs on another machine: qcrt-server, and what `qc ... --host` makes of it; clients that mean no good.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import contextlib
import re
import signal
import socket
import struct
import subprocess
import time

import numpy as np
import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


class Server:
    """qcrt-server at a free port of this machine."""

    def __init__(self, path, *options):
        self.process = subprocess.Popen([str(path), "--port", "0", *map(str, options)], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.fullmatch(r"listening at 127\.0\.0\.1:(\d+)\n", line)[1])

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def stop(self):
        """What it has printed; it ends when it is told to."""
        self.process.send_signal(signal.SIGTERM)
        text, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, text
        return text


@pytest.fixture
def serve(qc):
    servers = []

    def start(*options):
        servers.append(Server(qc.path.parent / "qcrt-server", *options))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="module")
def program(qc, example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib", "--samples", "8",
       "--preprocess", PREPROCESS, "--emit", "qcb", "-o", folder)
    return folder / "model.qcb"


def frame(kind, payload=b"", size=None):
    return b"QCR1" + struct.pack("<IQ", kind, len(payload) if size is None else size) + payload


HELLO = frame(1, struct.pack("<I", 1))


def test_same_bytes_as_here(qc, serve, program, example):
    """A verdict of one command, with a token; qc run, eval and compare see the same outputs."""
    token = program.parent / "token"
    token.write_text("open sesame\n")
    server = serve("--token-file", token)
    board = ("--host", "127.0.0.1", "--port", server.port, "--token-file", token, "--timeout", "30")
    done = qc("verify", program, "--data", example / "calib", "--samples", "4", *board)
    assert done.stdout == "Strict check PASSED\n"
    qc("run", program, "--data", example / "calib", "--samples", "3", "-o", program.parent / "here.npz")
    qc("run", program, "--data", example / "calib", "--samples", "3", "-o", program.parent / "there.npz", *board)
    here, there = (np.load(program.parent / name) for name in ("here.npz", "there.npz"))
    assert here["logits"].tobytes() == there["logits"].tobytes()
    done = qc("compare", example / "shapes.onnx", program, "--data", example / "calib", "--samples", "2",
              "--preprocess", PREPROCESS, "--min-cosine", "0.9", *board)
    assert "logits" in done.stdout
    evaluate = ("eval", program, "--data", example / "test", "--labels", "folder", "--samples", "8")
    assert qc(*evaluate, *board).stdout == qc(*evaluate).stdout
    assert "4 runs" in server.stop()


def test_what_differs_is_told(qc, serve, program, example, tmp_path):
    """Another program there than here: the check does not pass."""
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", "random:4", "--precision", "int16",
       "--preprocess", PREPROCESS, "--emit", "qcb", "-o", tmp_path)
    server = serve()
    done = qc("verify", program, tmp_path / "model.qcb", "--data", example / "calib", "--samples", "1", "--host",
              "127.0.0.1", "--port", server.port, exit_code=3)
    assert "Strict check FAILED" in done.stdout


def test_words(qc, serve, program, example, tmp_path):
    """Who asks wrongly reads why."""
    token = tmp_path / "token"
    token.write_text("right")
    server = serve("--token-file", token)
    ask = ("run", program, "--data", "random:1", "--host", "127.0.0.1", "--port", server.port)
    assert "the token is not that of the server" in qc(*ask, exit_code=1).stderr
    token.write_text("")
    assert "holds no token" in qc(*ask, "--token-file", token, exit_code=1).stderr
    server.stop()
    done = qc("run", program, "--data", "random:1", "--host", "127.0.0.1", "--port", server.port, exit_code=1)
    assert "cannot connect to qcrt-server" in done.stderr
    assert "is no .qcb" in qc("run", example / "shapes.onnx", "--data", "random:1", "--host", "127.0.0.1",
                              exit_code=1).stderr
    qc("run", program, "--data", "random:1", "--port", "1", exit_code=2)
    qc("verify", program, "--host", "127.0.0.1", exit_code=2)
    qc("run", program, "--data", "random:1", "--dump", tmp_path / "d", "--host", "127.0.0.1", exit_code=2)


def test_usage_of_the_server(qc, tmp_path):
    path = qc.path.parent / "qcrt-server"

    def ends(*options):
        done = subprocess.run([str(path), *map(str, options)], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr

    assert ends("--listen", "0.0.0.0", "--port", "0") == (
        2, "qcrt-server: error: --listen 0.0.0.0 lets other machines in: give --token-file\n")
    assert ends("--listen", "board")[0] == 2
    assert ends("--port", "70000")[0] == 2
    assert ends("--prot", "1")[0] == 2
    assert ends("--token-file", tmp_path / "none")[0] == 1
    (tmp_path / "empty").write_text("\n")
    assert ends("--token-file", tmp_path / "empty")[0] == 1
    assert ends("--help")[0] == 0


def test_one_file(qc):
    """The server needs no library of the board."""
    binary = (qc.path.parent / "qcrt-server").read_bytes()
    assert binary[:6] == b"\x7fELF\x02\x01"  # 64 bits, little-endian
    start, = struct.unpack_from("<Q", binary, 32)
    size, count = struct.unpack_from("<HH", binary, 54)
    kinds = [struct.unpack_from("<I", binary, start + size * i)[0] for i in range(count)]
    loaded, interpreter = 1, 3  # PT_LOAD, PT_INTERP: the loader of shared libraries
    assert loaded in kinds and interpreter not in kinds


def test_hostile_clients(qc, serve, program):
    """Garbage, sizes that lie, broken models, clients that say nothing: the next one is served all the same."""
    server = serve("--timeout", "2", "--max-model-mb", "1", "--max-clients", "3", "--session", "30")
    junk = [b"GET / HTTP/1.1\r\n\r\n" * 5, b"\0" * 64, b"QCR1", HELLO[:10], frame(1, size=2 ** 63),
            frame(7, b"abc"), HELLO + frame(2, size=2 ** 40), HELLO + frame(2, b"no program"),
            HELLO + frame(3, b"x" * 100), HELLO + frame(4), HELLO + frame(2, program.read_bytes()[:1000]),
            HELLO + frame(2, program.read_bytes()) + frame(3, b"short"), HELLO * 3]
    for data in junk:
        with server.connect() as client:
            with contextlib.suppress(OSError):  # the server may have closed already
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass
    verify = ("verify", program, "--data", "random:1", "--host", "127.0.0.1", "--port", server.port)
    assert "PASSED" in qc(*verify).stdout
    # All places are taken by clients that send nothing, or a byte now and then: after their time they are gone.
    slow = [server.connect() for _ in range(3)]
    slow[0].sendall(HELLO[:3])
    slow[1].sendall(HELLO + frame(2, b"12345", size=1000))
    time.sleep(0.3)
    assert "busy" in qc(*verify, exit_code=1).stderr
    deadline = time.monotonic() + 20
    while True:
        done = qc.attempt(*map(str, verify))
        if done.returncode == 0:
            break
        assert "busy" in done.stderr and time.monotonic() < deadline, done.stderr
        time.sleep(0.2)
    for client in slow:
        client.close()
    text = server.stop()
    assert "too slow" in text and "signal" not in text


def test_a_server_that_hangs(qc, program):
    """qc gives up in time, and reads words of no server at all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = qc("run", program, "--data", "random:1", "--host", "127.0.0.1", "--port", port, "--timeout", "0.5",
                  exit_code=1)
        assert "too slow" in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = subprocess.Popen([str(qc.path), "run", str(program), "--data", "random:1", "--host", "127.0.0.1",
                                    "--port", str(listener.getsockname()[1]), "--timeout", "5"],
                                   stderr=subprocess.PIPE, text=True)
        client, _ = listener.accept()
        client.recv(100)
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        client.close()
        assert "no frame of qcrt" in process.communicate(timeout=20)[1]
        assert process.returncode == 1
