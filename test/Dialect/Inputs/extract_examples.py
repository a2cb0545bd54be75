"""Prints the example of every op and attribute in .td files, split by `// -----`.

Usage: extract_examples.py FOLDER DIALECT. Fails when an op has no example that
uses it, so that the documentation of a new op is complete and parses.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import re
import sys
import textwrap

RECORD = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
OP = re.compile(r'^def \w+Op\s*:\s*\w+<\s*"(\w+)"')
EXAMPLE = re.compile(r"^( *)```mlir\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def records(text):
    """The text of each record, from its name to the next one."""
    starts = [match.start() for match in RECORD.finditer(text)] + [len(text)]
    return [text[begin:end] for begin, end in zip(starts, starts[1:])]


def main(folder, dialect):
    examples, missing = [], []
    for path in sorted(pathlib.Path(folder).glob("*.td")):
        for record in records(path.read_text()):
            found = [textwrap.dedent(body) for _, body in EXAMPLE.findall(record)]
            op = OP.match(record)
            if op and not any(re.search(rf"\b{dialect}\.{op[1]}\b", body) for body in found):
                missing.append(f"{path}: {dialect}.{op[1]} has no example that uses it")
            examples += found
    if not examples:
        missing.append(f"{folder}: no examples found")
    print("\n// -----\n\n".join(examples))
    print("\n".join(missing), file=sys.stderr, end="\n" if missing else "")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
