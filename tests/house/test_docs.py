"""The documents match the program: commands print what stands below them, and options, tables and links are real."""

from __future__ import annotations

import re
import subprocess

import pytest
import typer

import docs
from sentiment import cli
from sentiment.scoring.components import registry

ROOT = docs.ROOT
TEXT = "\n".join(page.read_text("utf-8") for page in docs.PAGES)


@pytest.mark.parametrize("page", docs.PAGES, ids=lambda page: page.name)
def test_scripts_docs_would_change_nothing(page):
    assert docs.updated(page) == page.read_text("utf-8"), f"run scripts/docs to rewrite {page.name}"


def test_there_are_examples_to_check():
    commands = []
    docs.with_outputs(TEXT, lambda command: commands.append(command) or "")
    assert len(commands) > 5


def test_outputs_are_replaced_in_fenced_blocks_alone_and_cut_where_they_were_cut():
    page = (
        "$ sentiment a\nprose\n```\n$ sentiment a\nold\n$ sentiment b\n1\n...\n9\n$ sentiment run\n$ ls\nx\n```\n"
        "```sh\n$ sentiment c\n...\n```\n"
    )
    output = {"sentiment a": "new\nlines\n", "sentiment b": "one\ntwo\nthree\nlast\n", "sentiment c": "c\n"}
    assert docs.with_outputs(page, output.__getitem__) == (
        "$ sentiment a\nprose\n```\n$ sentiment a\nnew\nlines\n$ sentiment b\none\n...\nlast\n$ sentiment run\n$ ls\nx\n"
        "```\n```sh\n$ sentiment c\n...\n```\n"
    )


def commands(group, path="sentiment"):
    """Yield each command by its full name."""
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(cli.app)))


def test_every_command_is_documented():
    assert [name for name in COMMANDS if name.count(" ") == 1 and name not in TEXT] == []


def test_every_option_that_is_documented_exists():
    options = {option for command in COMMANDS.values() for one in command.params for option in one.opts} | {"--help"}
    lines = [line for line in TEXT.splitlines() if "`sentiment " in line or line.startswith("$ sentiment ")]
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", "\n".join(lines))) - options == set()


def test_the_table_of_components_is_the_registrys():
    assert [part.name for part in registry() if f"| {part.axis} | {part.title} | {part.weight:g} |" not in TEXT] == []


@pytest.mark.parametrize(
    "page", [*docs.PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.name
)
def test_every_file_that_is_linked_exists(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_no_committed_file_names_a_machine_or_an_index():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(r"(^|[^\w.])/(root|work|home)/|index" + "-url")
    for name in listed.stdout.decode().splitlines():
        path = ROOT / name
        if path.suffix in {".png", ".ttf"} or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert not forbidden.search(line), f"{name}:{number}"
