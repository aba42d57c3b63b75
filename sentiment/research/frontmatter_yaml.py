"""The YAML of a note's front matter, read as nodes that know their line: strings, lists and mappings, nothing guessed.

Anchors, aliases, directives and deep nesting are errors: they make a small header cost much, or hide what it says.
"""

from __future__ import annotations

import yaml

from sentiment.errors import NoteError

MAX_HEADER = 16_384
"""Most characters of a header."""

_MAX_PARTS = 4_000
_MAX_NESTING = 20
_FIRST_LINE = 2  # of a file, after the opening ---


def line_of(node: yaml.Node) -> int:
    """Return the line of the file on which a node of its header starts."""
    return int(node.start_mark.line) + _FIRST_LINE


def compose(header: str, name: str) -> yaml.Node:
    """Parse the text of a header.

    Parameters
    ----------
    header : str
        The text between the two lines of ``---``.
    name : str
        What to call the file in an error.

    Raises
    ------
    NoteError
        If it is empty, too long, not YAML, or uses what is not read.
    """
    if len(header) > MAX_HEADER:
        raise NoteError(f"{name}: the header has {len(header):,} characters; at most {MAX_HEADER:,} are read")
    try:
        for number, event in enumerate(yaml.parse(header, Loader=_Loader)):
            if getattr(event, "anchor", None) or isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + _FIRST_LINE if event.start_mark else _FIRST_LINE
                raise NoteError(f"{name}, line {line}: anchors and aliases (& and *) are not read; write the value out")
            if number > _MAX_PARTS:
                raise NoteError(f"{name}: the header has more than {_MAX_PARTS:,} parts")
        root = yaml.compose(header, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + _FIRST_LINE if mark else _FIRST_LINE
        raise NoteError(f"{name}, line {line}: the header is not YAML ({error.problem})") from None
    except yaml.reader.ReaderError as error:
        line = header.count("\n", 0, error.position) + _FIRST_LINE
        raise NoteError(f"{name}, line {line}: the header is not YAML ({error.reason})") from None
    except RecursionError:
        raise NoteError(f"{name}: the header is nested too deeply") from None
    if root is None:
        raise NoteError(f"{name}, line {_FIRST_LINE}: the header is empty")
    return root


class _Loader(yaml.BaseLoader):
    """PyYAML's scanner without what makes it slow, or fail with other errors than its own."""

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        """Refuse deep nesting: at every bracket the scanner looks through all that are open."""
        if self.flow_level >= _MAX_NESTING:
            problem = f"nested more than {_MAX_NESTING} deep"
            raise yaml.scanner.ScannerError(problem=problem, problem_mark=self.get_mark())
        super().fetch_flow_collection_start(token)

    def fetch_directive(self) -> None:
        """Refuse ``%YAML`` and the like: a header has no use for them."""
        raise yaml.scanner.ScannerError(problem="a line starts with %", problem_mark=self.get_mark())

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:  # noqa: FBT001 - PyYAML's
        """Read a quoted text; turn an escape beyond the last character into an ordinary error."""
        try:
            return super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError):
            problem = "an escape names no character"
            raise yaml.scanner.ScannerError(problem=problem, problem_mark=self.get_mark()) from None
