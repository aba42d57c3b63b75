"""`sentiment report` writes the file or says in one line why not."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime

import command_line
import pytest
from report_page import DAY, MADE

from sentiment.models import Selection
from sentiment.web import report


def command(*words):
    run = [sys.executable, "-m", "sentiment.cli", "report", *map(str, words)]
    process = subprocess.run(run, capture_output=True, check=False, timeout=120)
    return process.returncode, process.stdout.decode(), process.stderr.decode()


def test_the_command_writes_the_file_and_says_where(tmp_path):
    target = tmp_path / "day.html"
    pinned = (
        "--as-of",
        "2025-12-10",
        "--known-at",
        "2025-12-11T09:30:00Z",
        "--range",
        "1Y",
        "--base",
        "https://s.example/x",
    )
    code, out, err = command("BTC-USD", *pinned, "--weights", "policy:0", "-o", target)
    assert (code, out, err) == (0, f"{target}: 2.1 MB\n", "")
    text = target.read_text("utf-8")
    selection = Selection(as_of=DAY.as_of, known_at=MADE, range="1Y", weights=(("policy", 0.0),))
    created = datetime.fromisoformat(re.search(r'<time datetime="([^"]+)"', text)[1])
    assert text == report.html(selection, "https://s.example/x", created)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("NOPE", "-o", "x.html"), "no asset 'NOPE'; there are: BTC-USD"),
        (("BTC-USD",), "Missing option '-o'"),
        (("BTC-USD", "--as-of", "yesterday", "-o", "x.html"), "'yesterday' is not a day"),
        (("BTC-USD", "--range", "9Y", "-o", "x.html"), "no range '9Y'"),
        (("BTC-USD", "--base", "ftp://x", "-o", "x.html"), "the base 'ftp://x' is not an address"),
        (("BTC-USD", "-o", "/nowhere/x.html"), "cannot write /nowhere/x.html: No such file or directory"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_one_line(words, says):
    done = command_line.run("report", *words, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert says in done.stderr.decode()
