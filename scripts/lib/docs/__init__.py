"""What the documents print: the output of each command in README.md and docs/*.md, and docs/columns.md.

A fenced block may hold lines ``$ sentiment ...``, each with its output below; a line ``...`` stands for lines left out,
and what is above and below it keeps its number of lines. A command with nothing below it is not run. Between
``<!-- coverage -->`` and ``<!-- /coverage -->`` stands what `scripts/coverage-check --write` measured, between ``<!-- accuracy -->``
and its end what `scripts/read-check --write` did.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import command_line

from sentiment.research.text import accuracy
from sentiment.tables import registry
from sentiment.validation import coverage

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]
COLUMNS = ROOT / "docs" / "columns.md"
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
CUT = "...\n"
_FENCED = re.compile(r"^(```[^\n]*\n)(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_COVERAGE = re.compile(r"^(<!-- coverage -->\n).*?^(<!-- /coverage -->)$", flags=re.MULTILINE | re.DOTALL)
_ACCURACY = re.compile(r"^(<!-- accuracy -->\n).*?^(<!-- /accuracy -->)$", flags=re.MULTILINE | re.DOTALL)
_EXAMPLE = re.compile(r"^\$ (sentiment .+)\n((?:(?!\$ ).*\n)+)", flags=re.MULTILINE)


def updated(page: Path) -> str:
    """Return the text that a page should have, from the program as it is."""
    if page == COLUMNS:
        return registry.markdown()
    return with_coverage(with_outputs(page.read_text("utf-8"), output_of))


def with_outputs(text: str, output: Callable[[str], str]) -> str:
    """Put a command's output below each command of the fenced blocks, cut where it was cut."""

    def example(match: re.Match[str]) -> str:
        return f"$ {match[1]}\n{cut_as(match[2], output(match[1]))}"

    with tempfile.TemporaryDirectory() as folder, chdir(folder), patch.dict(os.environ, _environment(folder)):
        return _FENCED.sub(lambda block: f"{block[1]}{_EXAMPLE.sub(example, block[2])}```", text)


def with_coverage(text: str) -> str:
    """Put the measured coverage of the intervals, and the measured accuracy of tone, between their two marks."""
    text = _ACCURACY.sub(lambda marks: f"{marks[1]}{accuracy.markdown()}{marks[2]}", text)
    return _COVERAGE.sub(lambda marks: f"{marks[1]}{coverage.markdown()}{marks[2]}", text)


def cut_as(shown: str, output: str) -> str:
    """Cut an output after and before as many lines as are shown above and below ``...``."""
    head, cut, tail = shown.partition(CUT)
    if not cut:
        return output
    lines = output.splitlines(keepends=True)
    first, last = head.count("\n"), tail.count("\n")
    return "".join([*lines[:first], CUT, *lines[max(first, len(lines) - last) :]])


def output_of(command: str) -> str:
    """Run a command as written; what it prints, standard error last, as a terminal shows it."""
    result = command_line.run(*shlex.split(command)[1:], check=False)
    return (result.stdout + result.stderr).decode().replace("\r\n", "\n")


def _environment(folder: str) -> dict[str, str]:
    return {"SENTIMENT_DATA_DIR": str(Path(folder, "data")), "SENTIMENT_OFFLINE": "1"}
