"""Every op of top and tpu with types that nobody draws: integers, halves, no elements, one, rank 0, rank 8.

Through every phase and exporter. What comes out does not matter here; each is done or a located error.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re
import subprocess
import sys

import pytest

SEPARATOR = "\n// -----\n"
SHAPE = re.compile(r"(?<=tensor<)((?:\d+x)*)(?=[a-z!])")
ELEMENT = re.compile(r"(?<=tensor<)((?:\d+x)*)f32(?=>)")


def rank_of_eight(match):
    return "1x" * (8 - match[1].count("x")) + match[1]


VARIANTS = {
    "as documented": lambda text: text,
    **{f"of {element}": lambda text, element=element: ELEMENT.sub(rf"\g<1>{element}", text)
       for element in ("i64", "i32", "ui8", "i1", "f16", "f64", "complex<f32>", "!quant.calibrated<f32<-1.0:1.0>>",
                       "!quant.uniform<i8:f32, 0.1>", "!quant.any<i8:f32>")},
    "rank 0": lambda text: SHAPE.sub("", text),
    "rank 8": lambda text: SHAPE.sub(rank_of_eight, text),
    "one element": lambda text: SHAPE.sub(lambda match: "1x" * match[1].count("x"), text),
    "no elements": lambda text: SHAPE.sub(lambda match: "0x" * match[1].count("x"), text),
    "open shape": lambda text: SHAPE.sub(lambda match: "?x" * match[1].count("x"), text),
    "huge": lambda text: SHAPE.sub(lambda match: "1048576x" * match[1].count("x"), text),
}

# An error that names neither a file nor a tensor.
NOWHERE = re.compile(r"<unknown>:0: error: (?!loc\().*")
STATEMENT = re.compile(r"((?:%\w+(?:, )?)+) = (?:.(?!\n *(?:%|return|check\.|tpu\.|\})))*.", re.DOTALL)
ARGUMENT = re.compile(r"%(\w+): tensor<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>(?: \{[^}]*\})?")


def with_names(text):
    """Names for all values: calibration finds tensors by name."""
    def name_results(match):
        names = ", ".join(f'"{name.strip(" %")}"' for name in match[1].split(","))
        return f"{match[0]} loc(fused[{names}])"
    text = STATEMENT.sub(name_results, text)
    return ARGUMENT.sub(lambda match: f'{match[0]} loc("{match[1]}")', text)


def with_constants(text):
    """All arguments but the first become constants, as weights and indices are."""
    head, body = text.split(" {\n", 1)
    arguments = [match[0] for match in ARGUMENT.finditer(head)]
    lines = []
    for argument in arguments[1:]:
        name, kind = argument.split(": ", 1)
        kind = kind.split(" loc")[0].split(" {")[0]
        number = "1" if re.search(r"(?:^|x|<)u?i\d+>$|index>$", kind) else "0.5"
        lines.append(f'  {name} = top.constant dense<{number}> : {kind} loc("{name[1:]}")\n')
        head = head.replace(argument + f' loc("{name[1:]}")', "")
    return re.sub(r"(?:,\s*)+(?=[,)])", "", head) + " {\n" + "".join(lines) + body


# Calibrates first, so that what follows has something to do.
WHOLE = ["--calibrate=data=random:1 quiet", "--correct=data=random:1 quiet", "--quantize=target=generic",
         "--legalize=allow-cpu", "--schedule"]
PIPELINES = {
    "prepare": ["--prepare"],
    "quantize": ["--quantize=target=generic precision=int16"],
    "schedule": ["--propagate-layout", "--legalize=allow-cpu", "--schedule", "--verify-memory-plan"],
    "run": ["--check-execute"],
}


@pytest.fixture(scope="module")
def programs(root):
    """Each example under each variant."""
    extract = root / "test" / "Dialect" / "Inputs" / "extract_examples.py"
    examples = []
    for folder, dialect in (("Top", "top"), ("Tpu", "tpu")):
        done = subprocess.run([sys.executable, extract, root / "include" / "qc" / "Dialect" / folder / "IR", dialect],
                              capture_output=True, text=True, check=True)
        examples += map(with_names, done.stdout.split(SEPARATOR))
    assert len(examples) > 80
    changed = [change(example) for example in examples for change in VARIANTS.values()]
    return changed + [with_constants(text) for text in changed if "top." in text and text.count("%") > 4]


def run(tool, arguments, programs, path):
    """What comes out when all programs are done or refused; None when something else happens."""
    path.write_text(SEPARATOR.join(programs))
    done = subprocess.run([tool.path, path, "--split-input-file", *arguments, "-o", "-"], capture_output=True,
                          timeout=300)
    said = done.stderr.decode(errors="replace")
    assert not NOWHERE.search(said), said
    return done.stdout if done.returncode in (0, 1) and "Stack dump" not in said else None


def check(tool, arguments, programs, path):
    """Fails with the program that ends a process otherwise than by itself."""
    out = run(tool, arguments, programs, path)
    if out is not None:
        return out
    while len(programs) > 1:
        half = programs[:len(programs) // 2]
        programs = half if run(tool, arguments, half, path) is None else programs[len(half):]
    pytest.fail(f"{tool.path.name} {' '.join(arguments)} dies of\n{programs[0]}", pytrace=False)


@pytest.mark.parametrize("pipeline", PIPELINES.values(), ids=list(PIPELINES))
def test_passes(qc_opt, programs, tmp_path, pipeline):
    check(qc_opt, pipeline, programs, tmp_path / "programs.mlir")


@pytest.fixture(scope="module")
def scheduled(qc_opt, programs, tmp_path_factory):
    """Those that can be quantized, ready for a device."""
    folder = tmp_path_factory.mktemp("scheduled")
    done = check(qc_opt, WHOLE, programs, folder / "programs.mlir").decode().split(SEPARATOR)
    assert sum("tpu." in program for program in done) > 80
    return done


@pytest.mark.parametrize("exporter", ["--export-qcb", "--export-onnx"])
def test_exporters(qc_translate, programs, scheduled, tmp_path, exporter):
    check(qc_translate, [exporter], scheduled + programs, tmp_path / "scheduled.mlir")
