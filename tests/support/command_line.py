"""The command line in this process: what it prints, and its exit code, without the second that a new interpreter takes.

A process of its own is needed only where a test is about the process: what it loads, its signals, its environment.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from sentiment import cli


@dataclass(frozen=True)
class Result:
    """What a command printed, byte for byte, and its exit code."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(*words: str, stdin: bytes = b"", check: bool = True) -> Result:
    """Run ``sentiment WORDS...``; with `check`, assert that it succeeds."""
    out, err, given = (io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="") for content in (b"", b"", stdin))
    with (
        patch.object(sys, "argv", ["sentiment", *words]),
        patch.object(sys, "stdin", given),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            code = 0
        out.flush()
        err.flush()
    result = Result(code, out.buffer.getvalue(), err.buffer.getvalue())
    assert not check or code == 0, result.stderr.decode()
    return result
