"""What goes wrong, and what is likely to be wrong.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import warnings


class Error(Exception):
    """The model or its samples are at fault.

    code: 1, as the exit code of the program qc.
    node: the tensor or node that it is about, as the model names it, or None.
    hint: what to do, where the message says so, or None.
    messages: all that was said, as dictionaries (kind, text, names, file, line, notes).
    """

    code = 1

    def __init__(self, text, node=None, messages=()):
        super().__init__(text if node is None else f"'{node}': {text}")
        self.node = node
        self.messages = list(messages)
        self.hint = text.split("; ", 1)[1] if "; " in text else None


class UsageError(Error, ValueError):
    """An option or argument does not exist or does not fit; code 2."""

    code = 2


class QCWarning(UserWarning):
    """A result that is likely wrong: what the compiler warns of."""


def _describe(message):
    lines = [message["text"]]
    lines += ["  " + (f"'{note['names'][0]}': " if note["names"] else "") + note["text"] for note in message["notes"]]
    return "\n".join(lines)


def tell(messages, on_message=None):
    """Hands messages on: to the caller's function, else warnings become Python's."""
    for message in messages:
        if on_message is not None:
            on_message(message)
        elif message["kind"] == "warning":
            name = f"'{message['names'][0]}': " if message["names"] else ""
            warnings.warn(name + _describe(message), QCWarning, stacklevel=3)


def fail(messages):
    """Raises the first error of `messages`."""
    errors = [message for message in messages if message["kind"] == "error"]
    if not errors:
        raise Error("failed without a message", messages=messages)
    first = errors[0]
    raise Error("\n".join(map(_describe, errors)), first["names"][0] if first["names"] else None, messages)
