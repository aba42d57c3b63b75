"""The words keep to the program: every command in the README prints what stands below it, every option is real."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sentiment.scoring.components import registry

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\$ (sentiment .+)\n((?:(?!\$ |```).*\n)*)", README, flags=re.MULTILINE)


@pytest.mark.parametrize(("command", "printed"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_a_command_of_the_readme_prints_what_the_readme_says(command, printed):
    words = [sys.executable, "-m", "sentiment.cli", *shlex.split(command)[1:]]
    done = subprocess.run(words, capture_output=True, check=True, timeout=120)
    shown = done.stdout.decode().replace("\r\n", "\n")
    head, _, tail = printed.partition("...\n")
    assert shown.startswith(head)
    assert shown.endswith(tail)
    if "...\n" not in printed:
        assert shown == printed


def test_the_readme_shows_every_command():
    out = subprocess.run(
        [sys.executable, "-m", "sentiment.cli", "--help"], capture_output=True, check=True
    ).stdout.decode()
    for command in re.findall(r"^  (\w+)  ", out.partition("Commands:")[2], flags=re.MULTILINE):
        assert f"sentiment {command}" in README, command


def test_every_option_that_is_written_of_exists():
    helps = ""
    for words in (
        [],
        ["run"],
        ["score"],
        ["evidence"],
        ["export"],
        ["link"],
        ["report"],
        ["universe"],
        ["tone"],
        ["refresh"],
        ["revisions"],
        ["notes"],
        ["notes", "list"],
        ["notes", "show"],
        ["notes", "add"],
        ["notes", "export"],
        ["notes", "history"],
        ["notes", "withdraw"],
        ["notes", "check"],
        ["notes", "grade"],
    ):
        command = [sys.executable, "-m", "sentiment.cli", *words, "--help"]
        helps += subprocess.run(command, capture_output=True, check=True).stdout.decode()
    lines = [line for line in README.splitlines() if "sentiment " in line]
    for option in set(re.findall(r"(?<![\w-])--[a-z-]+", "\n".join(lines))):
        assert option in helps, option


def test_the_table_of_parts_is_the_registrys():
    for part in registry():
        assert f"| {part.axis} | {part.title} | {part.weight:g} |" in README


def test_every_file_that_is_linked_is_there():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (ROOT / target).exists(), f"{name} links {target}"


def test_no_committed_file_names_a_machine_or_an_index():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(r"(^|[^\w.])/(root|work|home)/|index" + "-url")
    for name in listed.stdout.decode().splitlines():
        path = ROOT / name
        if path.suffix == ".png" or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert not forbidden.search(line), f"{name}:{number}"
