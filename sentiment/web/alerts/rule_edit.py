"""Write a rule into the file of rules, change it or take it out, and leave every other character of the file as it is.

The lines of a rule are found in the text, and what the new text says is compared with what it is meant to say before it is saved. A file in
which that cannot be done is left alone.
"""

from __future__ import annotations

import io
import json
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sentiment import files
from sentiment.errors import InputError, SelectionError
from sentiment.web.alerts import one_rule, rule_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sentiment.web.alerts.rule_file import Entry, Plan

Said = dict[str, Any]
"""A rule as the file says it: ``what``, ``above`` and so on."""
_NEW = (
    "# Alerts: rules, channels, quiet hours and the digest. The page writes rules here and leaves the rest as it is.\n"
)
_PRIVATE = 0o600
_WAIT = 5.0  # seconds for another edit to end


def add(said: Said) -> None:
    """Add a rule to the end of the file.

    Raises
    ------
    SelectionError
        If the rule cannot be followed or is there already, the file is written in a way that is not changed here, or another is saving it.
    InputError
        If the file cannot be read or written.
    """
    with _changing() as text:
        plan = rule_file.parse(text)
        _check(said, plan, plan.entries)
        _save(with_rule(text, said))


def change(seen: Entry, said: Said) -> None:
    """Change a rule that is still as it was seen.

    Raises
    ------
    SelectionError, InputError
        As in `add`, and if the rule was changed meanwhile.
    """
    with _changing() as text:
        plan = rule_file.parse(text)
        position = _position(plan, seen)
        _check(said, plan, [entry for entry in plan.entries if entry is not plan.entries[position]])
        _save(changed(text, position, said))


def remove(seen: Entry) -> None:
    """Take a rule out of the file that is still as it was seen.

    Raises
    ------
    SelectionError, InputError
        As in `change`.
    """
    with _changing() as text:
        _save(without(text, _position(rule_file.parse(text), seen)))


def with_rule(text: str, said: Said) -> str:
    """Return the text with a rule at its end.

    Raises
    ------
    SelectionError
        If the text is written in a way that is not changed here.
    """
    before, end = text or _NEW, _end_of_line(text)
    lines = ["" if before.endswith("\n") else end, end, f"[[rule]]{end}", *_settings(said, end)]
    return _verified("".join([before, *lines]), text, [*_listed(text), said])


def changed(text: str, position: int, said: Said) -> str:
    """Return the text with another rule at a position: a setting that stays keeps its line, and every comment stays.

    Raises
    ------
    SelectionError
        As in `with_rule`.
    """
    lines, first, last = _place(text, position)
    end, left, kept = _end_of_line(text), dict(said), []
    for line in lines[first + 1 : last]:
        body = line.rstrip("\r\n")
        name, before = _setting(body)
        if name in left:
            value = left.pop(name)
            indent = body[: len(body) - len(body.lstrip())]
            is_same = before == value and not isinstance(before, bool)  # true is 1 to Python
            kept.append(body if is_same else f"{indent}{name} = {_value(value)}{_comment(body)}")
        elif name is None or _comment(body):
            kept.append(body if name is None else _comment(body).strip())
    block = [lines[first].rstrip("\r\n"), *kept, *(line.rstrip() for line in _settings(left, ""))]
    fresh = "".join([*lines[:first], *(f"{line}{end}" for line in block), *lines[last:]])
    listed = _listed(text)
    return _verified(fresh, text, [*listed[:position], said, *listed[position + 1 :]])


def without(text: str, position: int) -> str:
    """Return the text without a rule: its lines from the head to the last setting, and an empty one before them.

    Raises
    ------
    SelectionError
        As in `with_rule`.
    """
    lines, first, last = _place(text, position)
    first -= first > 0 and not lines[first - 1].strip()
    listed = _listed(text)
    return _verified("".join([*lines[:first], *lines[last:]]), text, [*listed[:position], *listed[position + 1 :]])


def _listed(text: str) -> list[Said]:
    return list(tomllib.loads(text).get("rule", []))


def _place(text: str, position: int) -> tuple[list[str], int, int]:
    """Return the lines of a text, and where those of a rule begin and end: after its last setting."""
    lines = list(io.StringIO(text, newline="\n"))
    heads = [text.count("\n", 0, found.start()) for found in rule_file.HEAD.finditer(text)]
    if len(heads) != len(_listed(text)):
        raise _refused()
    first = heads[position]
    last = next((n for n in range(first + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    while last > first + 1 and lines[last - 1].strip()[:1] in {"", "#"}:
        last -= 1
    return lines, first, last


def _setting(body: str) -> tuple[str | None, object]:
    """Return the name and the value of a line; no name if it is empty or a comment."""
    try:
        said = tomllib.loads(body)
    except ValueError:  # a value over several lines
        raise _refused() from None
    return next(iter(said.items())) if said else (None, None)


def _comment(body: str) -> str:
    """Return the comment behind the setting of a line, with the blanks before it; empty if there is none."""
    for place, sign in enumerate(body):
        if sign == "#":
            try:
                is_comment = tomllib.loads(body[:place]) == tomllib.loads(body)
            except ValueError:  # it is part of a text
                continue
            if is_comment:
                return body[len(body[:place].rstrip()) :]
    return ""


def _settings(said: Said, end: str) -> list[str]:
    return [f"{name} = {_value(value)}{end}" for name, value in said.items()]


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


def _end_of_line(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _verified(fresh: str, text: str, listed: list[Said]) -> str:
    """Return the new text if it says what the old one says, with these rules."""
    try:
        said = tomllib.loads(fresh)
    except ValueError:
        raise _refused() from None
    if {"rule": [], **said} != {**tomllib.loads(text), "rule": listed}:
        raise _refused()
    return fresh


def _refused() -> SelectionError:
    return SelectionError(
        "the file is written in a way that the page does not change; change the rule in the file itself"
    )


def _check(said: Mapping[str, Any], plan: Plan, others: Iterable[Entry]) -> None:
    wanted = one_rule.rule(said, plan.channels)
    if twin := rule_file.twin_of(wanted, others):
        raise SelectionError(
            f"the file has this rule already ({twin.place}), and a second one would change nothing; change that one"
        )


def _position(plan: Plan, seen: Entry) -> int:
    entries = plan.entries
    same = [position for position, entry in enumerate(entries) if entry.said == seen.said]
    if not same:
        raise SelectionError("the rule was changed or taken out of the file meanwhile; nothing was saved")
    return min(same, key=lambda position: entries[position].place != seen.place)


@contextmanager
def _changing() -> Iterator[str]:
    """Let nobody else change the file through a page meanwhile, and yield its text; empty where there is none yet."""
    with files.alone("alerts-rules.lock", "no rule is saved", _WAIT) as is_free:
        if not is_free:
            raise SelectionError("somebody else is saving rules at this moment; try again")
        yield rule_file.written() or ""


def _save(text: str) -> None:
    path = rule_file.place()
    try:
        path.touch(_PRIVATE)  # a new file is its owner's alone: addresses of channels will stand in it
        files.write(path, text.encode())
    except OSError as cause:
        raise InputError(f"{path} cannot be written: {cause.strerror}") from None
