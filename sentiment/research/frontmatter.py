"""A research note as a file: Markdown with a strict YAML header, read into a `Note` and written from one.

The header is read as strings only and every type is ours: YAML's own guesses (NO as a boolean, 12:30 as a number),
anchors, aliases, duplicate keys and unknown keys are errors that name the file, the line and the field.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from sentiment.errors import NoteError
from sentiment.formatting import shortened
from sentiment.models import STANCE_SIGN, Call, Check, Claim, Level, Metric, Note, Override
from sentiment.research.text import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_HEADER = 16_384
_MAX_TOKENS = 4_000
_MAX_NESTING = 20
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_FIRST, _DISTANT = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC)


class _FieldError(Exception):
    """A field that does not fit; the node says where."""

    def __init__(self, node: yaml.Node, message: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.line, self.message, self.path = node.start_mark.line + 2, message, path


def parse(text: str, name: str) -> Note:
    """Read one note.

    Parameters
    ----------
    text : str
        The whole file: a header between two ``---`` lines, then the body in Markdown.
    name : str
        What to call the file in an error.

    Raises
    ------
    NoteError
        Naming the file, the line and the field that does not fit, and what would.
    """
    if len(text) > MAX_TEXT:
        raise NoteError(f"{name}: {len(text):,} characters; a note has at most {MAX_TEXT:,}")
    if unfit := re.search("[\0\ud800-\udfff]", text):
        line = text.count("\n", 0, unfit.start()) + 1
        raise NoteError(f"{name}, line {line}: a character that no database keeps (U+{ord(unfit[0]):04X}); remove it")
    opening, _, rest = text.replace("\r\n", "\n").partition("\n")
    header, closing, body = rest.partition("\n---\n")
    if opening.strip() != "---" or not closing:
        raise NoteError(f"{name}, line 1: a note opens with a header between two lines of '---'; none was found")
    root = _compose(header, name)
    try:
        note: Note = _NOTE(root)(body=body.strip())
    except _FieldError as error:
        field = ".".join(error.path) or "header"
        raise NoteError(f"{name}, line {error.line}, {field}: {error.message}") from None
    return note


def write(note: Note) -> str:
    """Write a note as the file that `parse` reads as the very same note.

    Raises
    ------
    NoteError
        If it cannot be: a text of its header spans lines, a number has more than twelve decimals, or it is too long.
    """
    header = yaml.dump(_plain(note), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)
    text = f"---\n{header}---\n{note.body}\n"
    if parse(text, note.id) != note:
        raise NoteError(
            f"{note.id}: the note cannot be written as a file without loss; texts of its header are one line each"
        )
    return text


class _Loader(yaml.BaseLoader):
    """YAML without what takes PyYAML's scanner long, or out of its own errors."""

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        """Refuse a list in a list in a list: at every one the scanner looks through all that are open."""
        if self.flow_level >= _MAX_NESTING:
            raise yaml.scanner.ScannerError(problem=_TOO_DEEP, problem_mark=self.get_mark())
        super().fetch_flow_collection_start(token)

    def fetch_directive(self) -> None:
        """Refuse ``%YAML`` and the like: a header has no use for them."""
        raise yaml.scanner.ScannerError(problem="a line starts with %", problem_mark=self.get_mark())

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:  # noqa: FBT001 - PyYAML's
        """Read a text in quotes; an escape beyond the last character there is is an error as any other."""
        try:
            return super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError):
            problem = "an escape names no character"
            raise yaml.scanner.ScannerError(problem=problem, problem_mark=self.get_mark()) from None


_TOO_DEEP = f"nested more than {_MAX_NESTING} deep"


class _Dumper(yaml.SafeDumper):
    """Nothing is guessed on reading, so nothing needs quotes against guessing."""


_Dumper.yaml_implicit_resolvers = {}


def decimal(value: float) -> str:
    """Write a number in full, without an exponent, as notes hold it."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _plain(value: Any) -> Any:  # noqa: ANN401 - records all the way down
    """Turn a record into what YAML writes: texts, lists and mappings; fields at their default are left out."""
    if dataclasses.is_dataclass(value):
        kept = (
            (one.name, getattr(value, one.name), one.default) for one in dataclasses.fields(value) if one.name != "body"
        )
        return {name: _plain(content) for name, content, default in kept if content != default}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return decimal(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def _compose(header: str, name: str) -> yaml.Node:
    if len(header) > MAX_HEADER:
        raise NoteError(f"{name}: the header has {len(header):,} characters; at most {MAX_HEADER:,} are read")
    try:
        for number, event in enumerate(yaml.parse(header, Loader=_Loader)):
            if getattr(event, "anchor", None) or isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 2 if event.start_mark else 2
                raise NoteError(f"{name}, line {line}: anchors and aliases (& and *) are not read; write the value out")
            if number > _MAX_TOKENS:
                raise NoteError(f"{name}: the header has more than {_MAX_TOKENS:,} parts")
        root = yaml.compose(header, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 2
        raise NoteError(f"{name}, line {line}: the header is not YAML ({error.problem})") from None
    except yaml.reader.ReaderError as error:
        line = header.count("\n", 0, error.position) + 2
        raise NoteError(f"{name}, line {line}: the header is not YAML ({error.reason})") from None
    except RecursionError:
        raise NoteError(f"{name}: the header is nested too deeply") from None
    if root is None:
        raise NoteError(f"{name}, line 2: the header is empty")
    return root


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise _FieldError(node, "expected text")
    line = " ".join(node.value.split())
    if hidden := next((letter for letter in line if unicodedata.category(letter) in {"Cc", "Cs"}), None):
        raise _FieldError(node, f"a control character (U+{ord(hidden):04X}) has no place in a text; remove it")
    return line


def _identifier(node: yaml.Node) -> str:
    value = _text(node)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{2,63}", value):
        raise _FieldError(node, f"{shortened(value)} is not an identifier; use lower-case letters, digits and hyphens")
    return value


def _symbol(node: yaml.Node) -> str:
    value = _text(node)
    if not re.fullmatch(r"[A-Z0-9^][A-Z0-9.=^-]{0,31}", value):
        raise _FieldError(node, f"{shortened(value)} is not a symbol such as BTC-USD")
    return value


def _address(node: yaml.Node) -> str:
    value = _text(node)
    if not re.fullmatch(r"https://[^\s<>\"']+", value):
        raise _FieldError(node, f"{shortened(value)} is not an https:// address")
    return value


def _instant(node: yaml.Node) -> datetime:
    value = _text(node)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _FieldError(node, f"{shortened(value)} is not a time such as 2025-12-02T15:33:00Z") from None
    if moment.tzinfo is None:
        raise _FieldError(node, f"{shortened(value)} names no time zone; write 2025-12-02T15:33:00Z")
    if not _FIRST <= moment < _DISTANT:  # its offset counts: what is written again must be readable
        raise _FieldError(node, f"{shortened(value)} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment.astimezone(UTC)


def _day(node: yaml.Node) -> date:
    value = _text(node)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise _FieldError(node, f"{shortened(value)} is not a day such as 2025-12-31")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _FieldError(node, f"{shortened(value)} is not a day in the calendar") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _FieldError(node, f"{shortened(value)} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def _number(low: float, high: float) -> Callable[[yaml.Node], float]:
    def read(node: yaml.Node) -> float:
        value = _text(node)
        if not re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", value, re.ASCII):
            raise _FieldError(node, f"{shortened(value)} is not a plain number such as 0.65")
        if not low <= (number := float(value)) <= high:
            raise _FieldError(node, f"{value} is outside {low:g} to {high:g}")
        return number

    return read


def _days(node: yaml.Node) -> int:
    return int(_number(1, 3650)(node))


def _choice(*words: str) -> Callable[[yaml.Node], str]:
    def read(node: yaml.Node) -> str:
        value = _text(node)
        if value not in words:
            raise _FieldError(node, f"{shortened(value)} is not one of {', '.join(words)}")
        return value

    return read


def _flag(node: yaml.Node) -> bool:
    return _choice("true", "false")(node) == "true"


def _list(item: Callable[[yaml.Node], Any]) -> Callable[[yaml.Node], tuple[Any, ...]]:
    def read(node: yaml.Node) -> tuple[Any, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise _FieldError(node, "expected a list")
        return tuple(item(child) for child in node.value)

    return read


def _record(
    build: Callable[..., Any],
    required: Mapping[str, Callable[[yaml.Node], Any]],
    optional: Mapping[str, Callable[[yaml.Node], Any]],
) -> Callable[[yaml.Node], Any]:
    fields = {**required, **optional}

    def read(node: yaml.Node) -> Any:  # noqa: ANN401 - the schema decides
        if not isinstance(node, yaml.MappingNode):
            raise _FieldError(node, f"expected fields: {', '.join(required)}")
        names = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        values = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _FieldError(key, f"a field has a plain name; known are {', '.join(fields)}")
            if key.value not in fields:
                raise _FieldError(key, f"unknown field {shortened(key.value)}; known are {', '.join(fields)}")
            if names[key.value] > 1:
                raise _FieldError(key, "is there twice", (key.value,))
            try:
                values[key.value] = fields[key.value](value)
            except _FieldError as error:
                error.path = (key.value, *error.path)
                raise
        if missing := [name for name in required if name not in values]:
            raise _FieldError(node, f"missing: {', '.join(missing)}")
        try:
            return build(**values)
        except ValueError as error:
            raise _FieldError(node, str(error)) from None

    return read


def _call(**fields: Any) -> Call:  # noqa: ANN401 - as the schema read them
    if ("end" in fields) == ("days" in fields):
        raise ValueError("a call has either an end (a day) or days (after the first close)")
    if (fields["direction"] == "range") != (bool({"floor", "ceiling"} & fields.keys())):
        raise ValueError("a range has a floor or a ceiling; up and down have neither")
    if fields["direction"] == "range" and {"target", "invalidation"} & fields.keys():
        raise ValueError("a target or an invalidation goes with up or down; a range has its floor and ceiling")
    if "basis" in fields and "target" not in fields:
        raise ValueError("a basis says how a target is reached; without one closes decide")
    return Call(**fields)


def _check(**fields: Any) -> Check:  # noqa: ANN401 - as the schema read them
    if fields["kind"] not in {"close", "drawdown"} and "start" not in fields:
        raise ValueError(f"a check of kind {fields['kind']!r} needs a start")
    if (fields["kind"] == "relative return") != ("other" in fields):
        raise ValueError("a relative return, and nothing else, names the other series")
    return Check(**fields)


_ANY = _number(-1e15, 1e15)
_PRICE = _number(0, 1e15)
_CHECK = _record(
    _check,
    {
        "kind": _choice("close", "drawdown", "maximum drawdown", "return", "relative return", "minimum", "maximum"),
        "series": _symbol,
        "end": _day,
        "operator": _choice("<", "<=", "=", ">=", ">"),
        "value": _ANY,
    },
    {"start": _day, "tolerance": _PRICE, "other": _symbol, "basis": _choice("close", "intraday")},
)
_CLAIM = _record(Claim, {"text": _text}, {"check": _CHECK})
_CALL = _record(
    _call,
    {"asset": _symbol, "text": _text, "direction": _choice("up", "down", "range")},
    {
        "end": _day,
        "days": _days,
        "fixed": _flag,
        "floor": _PRICE,
        "ceiling": _PRICE,
        "target": _PRICE,
        "invalidation": _PRICE,
        "basis": _choice("close", "intraday"),
        "probability": _number(0, 1),
    },
)
_LEVEL = _record(Level, {"asset": _symbol, "price": _PRICE, "role": _choice("support", "resistance")}, {})
_METRIC = _record(Metric, {"label": _text, "value": _ANY, "unit": _text, "period": _text}, {"second_source": _flag})
_OVERRIDE = _record(Override, {"field": _text, "read": _text, "who": _text, "when": _instant, "why": _text}, {})


def _note(**fields: Any) -> Callable[..., Note]:  # noqa: ANN401 - as the schema read them
    said: date = fields["published"].date()
    calls: tuple[Call, ...] = fields.get("calls", ())
    if late := next((call for call in calls if call.end is not None and call.end <= said), None):
        raise ValueError(f"a call ends on {late.end}, and the note was published on {said}; a call looks ahead")
    signs = {call.sign for call in calls if call.direction != "range"}
    if signs and signs == {-STANCE_SIGN[fields["stance"]]}:
        ways = "a rise" if signs == {1} else "a fall"
        raise ValueError(f"the stance is {fields['stance']}, and every call is of {ways}; change one of them")
    return lambda body: Note(**fields, body=body)


_NOTE = _record(
    _note,
    {
        "id": _identifier,
        "title": _text,
        "publisher": _text,
        "author": _text,
        "published": _instant,
        "precision": _choice("minute", "day", "month"),
        "source": _text,
        "assets": _list(_symbol),
        "themes": _list(_text),
        "stance": _choice("bullish", "bearish", "neutral"),
        "conviction": _number(0, 1),
    },
    {
        "tone": _number(-1, 1),
        "source_url": _address,
        "claims": _list(_CLAIM),
        "calls": _list(_CALL),
        "levels": _list(_LEVEL),
        "metrics": _list(_METRIC),
        "overrides": _list(_OVERRIDE),
    },
)
