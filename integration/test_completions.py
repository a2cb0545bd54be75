"""Completions are loaded by bash, zsh and fish themselves: commands, options, values, files, as somebody sees who presses TAB.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

END = "END-OF-LINE"


def find_shell(name):
    path = shutil.which(name)
    if not path:
        message = f"{name} is not installed: run scripts/setup.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return path


class Typist:
    """Somebody at a terminal: types lines into an interactive shell and reads what stands on them."""

    def __init__(self, command, environment, folder):
        self.leader, follower = pty.openpty()
        self.shell = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=environment, cwd=folder,
                                      start_new_session=True)
        os.close(follower)

    def type(self, text):
        os.write(self.leader, text.encode())

    def read_until(self, *ends):
        """All that comes until one of `ends` has come."""
        text, deadline = "", time.monotonic() + 20
        while not any(end in text for end in ends):
            ready, _, _ = select.select([self.leader], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"the shell says nothing of {ends}: {text[-500:]!r}"
            text += os.read(self.leader, 65536).decode(errors="replace")
        return text

    def complete(self, line):
        """The line that one TAB makes of `line`: it is run, as the words of a command that prints them."""
        self.type(f"{line}\t {END}\n")
        text = self.read_until("]\r\n")
        return re.findall(r"\[(.*?)\]\r\n", text)[-1].removesuffix(" " + END).rstrip()

    def close(self):
        self.shell.kill()
        self.shell.wait()
        os.close(self.leader)


SHELLS = {
    # The commands that load the completions as docs say, in a shell that has read no files of its user.
    "bash": (["--norc", "--noprofile", "-i"], "source <(qc completion bash)"),
    "zsh": (["-f", "-i"], "autoload -U compinit; compinit -u -D; source <(qc completion zsh)"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where files are completed."""
    path = tmp_path_factory.mktemp("files")
    (path / "model one.onnx").touch()
    (path / "images").mkdir()
    return path


@pytest.fixture(scope="module")
def programs(qc, tmp_path_factory):
    """A folder with qc, as it completes, and as it shows what a line has become: one line between brackets."""
    path = tmp_path_factory.mktemp("bin")
    (path / "qc").write_text(f'#!/bin/sh\ncase $1 in __complete|completion) exec {qc.path} "$@" ;; esac\necho "[$*]"\n')
    (path / "qc").chmod(0o755)
    return path


@pytest.fixture(scope="module", params=SHELLS)
def complete(request, programs, folder):
    """One TAB behind a line in a shell: the line that it makes."""
    flags, load = SHELLS[request.param]
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TERM": "dumb", "PS1": "", "HOME": str(folder)}
    typist = Typist([find_shell(request.param), *flags], environment, folder)
    typist.type(f"{load}; echo rea''dy\n")
    typist.read_until("ready\r\n")
    yield typist.complete
    typist.close()


@pytest.mark.parametrize("line, completed", [
    ("qc tar", "targets"),
    ("qc compile --target-o", "compile --target-option"),
    ("qc compile --target sig", "compile --target sigmastar"),
    ("qc compile --effort=hi", "compile --effort=high"),
    ("qc compile --correct inputs,equ", "compile --correct inputs,equalize"),
    ("qc compile --stop-after sch", "compile --stop-after schedule"),
    ("qc run m.qcb --dump-format np", "run m.qcb --dump-format npy"),
    ("qc targets hor", "targets horizon"),
    ("qc stats me", "stats merge"),
    ("qc stats merge --out", "stats merge --output"),
    ("qc inspect mod", "inspect model one.onnx"),
    ("qc compile m.onnx --data im", "compile m.onnx --data images/"),
    ("qc compile m.onnx -o im", "compile m.onnx -o images/"),
    ("qc compile m.onnx -o mod", "compile m.onnx -o mod"),
    ("qc compile --samples im", "compile --samples im"),
    ("qc compile --nonsense", "compile --nonsense"),
])
def test_tab(complete, line, completed):
    # zsh takes the slash behind a folder away when a blank follows.
    assert complete(line).rstrip().rstrip("/") == completed.rstrip("/")


@pytest.fixture(scope="module")
def fish(programs, folder):
    """What fish offers for a line, with what it says about it."""
    shell = find_shell("fish")
    (folder / ".config/fish/completions").mkdir(parents=True)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder)}
    environment.pop("XDG_CONFIG_HOME", None)
    load = "qc completion fish > ~/.config/fish/completions/qc.fish"
    subprocess.run([shell, "-c", load], env=environment, check=True)

    def offer(line):
        done = subprocess.run([shell, "-c", f"complete -C '{line}'"], env=environment, cwd=folder, capture_output=True,
                              text=True, check=True, timeout=60)
        return dict(entry.partition("\t")[::2] for entry in done.stdout.splitlines())
    return offer


@pytest.mark.parametrize("line, offered", [
    ("qc tar", ["targets"]), ("qc compile --target-", ["--target-option"]), ("qc compile --effort ", ["default", "high", "low"]),
    ("qc compile --effort=hi", ["--effort=high"]), ("qc compile --correct inputs,equ", ["inputs,equalize"]),
    ("qc targets hor", ["horizon"]), ("qc stats ", ["diff", "merge", "show"]), ("qc compile --data im", ["images/"]),
    ("qc compile --data=im", ["--data=images/"]), ("qc compile -o ", ["images/"]), ("qc compile --samples ", []),
    ("qc inspect mod", ["model one.onnx"])])
def test_fish_offers(fish, line, offered):
    assert sorted(fish(line)) == offered


def test_fish_says_what_they_are(fish, qc):
    words = fish("qc compile --target ")
    known = {target["name"]: target["summary"] for target in json.loads(qc("targets", "--json").stdout)}
    assert set(words) == set(known) and all(known[name].startswith(text[:20]) for name, text in words.items() if text)


def test_every_command_and_option_is_offered(qc):
    def offer(*words):
        return [line.partition("\t")[0] for line in qc("__complete", *words).stdout.splitlines()[1:]]

    commands = offer("")
    assert {"compile", "check", "init", "man", "completion"} <= set(commands)
    for command in commands:
        text = qc(command, "--help").stdout
        for option in re.findall(r"^  (?:-\w,\s*)?(--[\w-]+)", text, re.MULTILINE):
            assert option in offer(command, "--"), f"{command} {option}"
    assert "--data" not in offer("compile", "--data", "x", "--da")
    refused = qc("completion", "tcsh", exit_code=2)
    assert "bash" in refused.stderr


def test_values_of_the_schema_are_those_that_are_taken(qc, example, tmp_path):
    """Editors offer them: what is closed takes each of them and nothing else."""
    options = json.loads(qc("compile", "--schema").stdout)["properties"]
    closed = {name: option["enum"] for name, option in options.items() if "enum" in option}
    assert {"effort", "stages", "stop-after", "inner-bits", "yuv", "output-layout"} == set(closed)
    more = {"yuv": ["--input-type", "nv12"]}
    base = ["compile", example / "shapes.onnx", "--data", "random:1", "-o", tmp_path / "out", "--write-config"]
    for name, values in closed.items():
        for value in values:
            assert f"{name}: {value}" in qc(*base, *more.get(name, []), f"--{name}", value).stdout.replace('"', "")
        said = qc(*base, *more.get(name, []), f"--{name}", "nonsense", exit_code=2).stderr
        assert "nonsense" in said, name
    for name in ("target", "precision", "method"):
        for value in options[name]["examples"]:
            if name == "precision" or value == "percentile" or value == "aciq":
                continue
            qc(*base, f"--{name}", value)
