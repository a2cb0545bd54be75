"""Prints a module that executes every function of a file as it is and after some passes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

same_results.py FILE [--tolerance=T] [--range=LOW:HIGH] PASS-OPTIONS... | qc-opt --check-execute

Arguments become seeded random constants that both bodies share; every result is expected to agree, the largest
difference relative to the largest element. FILE may be any module of top.
"""

import random
import re
import struct
import subprocess
import sys
import zlib


def run(file, *options):
    return subprocess.run(["qc-opt", "--mlir-print-debuginfo=false", file, *options], check=True, capture_output=True, text=True).stdout


def split_resources(text, prefix):
    """The module's text and its resource lines, with every resource called `prefix` + its own name."""
    text = re.sub(r'dense_resource<("?)', rf"dense_resource<\1{prefix}", text)
    if "{-#" not in text:
        return text, []
    text, resources = text.split("{-#", 1)
    return text, re.findall(r'^ *("?)([^\n]*?"?: "0x[0-9A-Fa-f]*"),?$', resources, re.M)


def functions(text):
    """name -> (arguments as (name, type), result types, body lines)."""
    found = {}
    head = re.compile(r"^ *func\.func (?:\w+ )?@(\w+)\((.*?)\)(?: -> .*)? \{$")
    lines = iter(text.splitlines())
    for line in lines:
        if match := head.match(line):
            body = []
            for line in lines:
                body.append(line)
                if re.match(r" *return\b", line):
                    break
            arguments = re.findall(r"(%[\w.$-]+): (tensor<[^{}]*?>)(?= \{|, %|$)", match[2])
            found[match[1]] = arguments, body
    return found


def random_values(name, tensor, low, high):
    """A dense attribute for an argument: seeded by its name, so that a run repeats."""
    shape, element = re.match(r"tensor<((?:\d+x)*)(\w+)>", tensor).groups()
    count = 1
    for size in re.findall(r"\d+", shape):
        count *= int(size)
    values = random.Random(zlib.crc32(name.encode()))
    if element.startswith("i"):
        return f"dense<{[values.randrange(2) for _ in range(count)]}>" if count == 1 else None
    data = struct.pack(f"<{count}f", *(values.uniform(low, high) for _ in range(count)))
    return f'dense<"0x{data.hex().upper()}">' if count > 1 else f"dense<{struct.unpack('<f', data)[0]!r}>"


def rename(lines, prefix):
    return [re.sub(r"%([\w$.-]+)", rf"%{prefix}\1", line) for line in lines]


def returned(line):
    values, _, types = line.strip().removeprefix("return").partition(" : ")
    split = re.split(r", (?=tensor)", types)
    return list(zip([value.strip() for value in values.split(",")], split)) if values.strip() else []


def main():
    file, *options = sys.argv[1:]
    tolerance, low, high = "1.0e-5", -2.0, 2.0
    for option in list(options):
        if option.startswith("--tolerance="):
            tolerance = option.split("=")[1]
            options.remove(option)
        if option.startswith("--range="):
            low, high = map(float, option.split("=")[1].split(":"))
            options.remove(option)
    before, before_resources = split_resources(run(file), "b.")
    after, after_resources = split_resources(run(file, *options), "a.")
    changed = functions(after)
    for name, (arguments, body) in functions(before).items():
        after_arguments, after_body = changed[name]
        print(f"func.func @{name}() {{")
        for (argument, tensor), (other, _) in zip(arguments, after_arguments):
            value = random_values(argument, tensor, low, high)
            for prefix, spelling in (("b_", argument), ("a_", other)):
                print(f"  %{prefix}{spelling[1:]} = top.constant {value} : {tensor}")
        expected, found = rename(body, "b_"), rename(after_body, "a_")
        print("\n".join(expected[:-1] + found[:-1]))
        for (value, tensor), (other, other_type) in zip(returned(expected[-1]), returned(found[-1])):
            print(f"  check.expect_rel_max {other}, {value} {{tolerance = {tolerance} : f64}} : {other_type}, {tensor}")
        print("  return\n}")
    lines = [f"    {quote}{prefix}{rest}" for prefix, resources in (("b.", before_resources), ("a.", after_resources))
             for quote, rest in resources]
    if lines:
        print("{-#\n  dialect_resources: {\n    builtin: {\n" + ",\n".join(lines) + "\n    }\n  }\n#-}")


main()
