"""How a table is written, the same by its address and on the command line: which columns, and in CSV which separator and decimal sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sentiment.formatting import shortened
from sentiment.tables import registry
from sentiment.tables.answer import columns_of
from sentiment.web.table_forms import CSV_FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Problems = list[tuple[str, str]]

NAMES = frozenset({"columns", "sep", "decimal"})
BETWEEN_COLUMNS = "~"
SEPARATORS = {",": ",", ";": ";", "|": "|", "tab": "\t"}
"""By their names: the signs that may stand between fields of CSV."""
DECIMALS = (".", ",")


@dataclass(frozen=True, slots=True)
class Writing:
    """The columns that are asked for, in their order (none: all), and the signs of CSV (`separator` by its name)."""

    columns: tuple[str, ...] = ()
    separator: str = ","
    decimal: str = "."

    def asked(self, query: str, form: str) -> str:
        """Return the canonical query of rows that are written so in a form, from that of the rows."""
        signs = {} if (self.separator, self.decimal) == (",", ".") else {"sep": self.separator, "decimal": self.decimal}
        columns = {"columns": BETWEEN_COLUMNS.join(self.columns)} if self.columns else {}
        return "&".join(filter(None, (query, urlencode(columns | (signs if form in CSV_FORMS else {})))))

    @property
    def signs(self) -> tuple[str, str]:
        """The separator and the decimal sign as they are written."""
        return SEPARATORS[self.separator], self.decimal


def columns(name: str, *, is_long: bool = False) -> list[str]:
    """Return the names of a table's columns, with the asset in front in the long form; none for the badge and pictures."""
    table = registry.tables().get(name)
    return [] if table is None else [column.name for column in columns_of(table, is_long=is_long)]


def read(name: str, form: str, pairs: Iterable[tuple[str, str]], *, is_long: bool = False) -> tuple[Writing, Problems]:
    """Read how an answer is to be written.

    Parameters
    ----------
    name, form : str
        The table (the badge, a picture), and the form of the answer.
    pairs : iterable of pairs of str
        Names and values of an address, or of the options of a command.
    is_long : bool
        Whether rows of several assets stand below each other, with their asset.

    Returns
    -------
    tuple
        How to write it, and the names of wrong parameters, each with what is wrong.
    """
    wanted = [pair for pair in pairs if pair[0] in NAMES]
    given = dict(wanted)
    twice = sorted(one for one in given if sum(other == one for other, _ in wanted) > 1)
    problems = [(one, f"The address gives {one} more than once") for one in twice]
    chosen, wrong = _columns(name, given.get("columns"), is_long=is_long)
    problems += wrong
    if form not in CSV_FORMS:
        instead = f"ask for {name}.csv, or leave it out" if name in registry.tables() else "leave it out"
        told = f"says how CSV is written, and {name}.{form} holds none; {instead}"
        return Writing(chosen), [*problems, *((one, f"{one} {told}") for one in ("sep", "decimal") if one in given)]
    separator, decimal, wrong_signs = _signs(given)
    return Writing(chosen, separator, decimal), [*problems, *wrong_signs]


def _signs(given: Mapping[str, str]) -> tuple[str, str, Problems]:
    decimal = given.get("decimal", ".")
    separator = given.get("sep", ";" if decimal == "," else ",")
    problems = []
    if separator not in SEPARATORS:
        problems.append(("sep", f"No separator {shortened(separator)}; there are {' '.join(SEPARATORS)}"))
    if decimal not in DECIMALS:
        problems.append(("decimal", f"No decimal sign {shortened(decimal)}; there are {' '.join(DECIMALS)}"))
    if separator == decimal:
        problems.append(("sep", "The separator and the decimal sign are both a comma; choose ; as the separator"))
    return separator, decimal, problems


def _columns(name: str, written: str | None, *, is_long: bool) -> tuple[tuple[str, ...], Problems]:
    if written is None:
        return (), []
    chosen = tuple(dict.fromkeys(written.split(BETWEEN_COLUMNS)))
    known = columns(name, is_long=is_long)
    if not known:
        return (), [("columns", f"{name} is no table and has no columns; leave columns out")]
    unknown = ", ".join(shortened(one) for one in chosen if one not in known)
    problems = [("columns", f"{name} has no column {unknown}; it has {', '.join(known)}")] if unknown else []
    # Without their asset nobody could tell the rows apart.
    return (("asset", *chosen) if is_long and "asset" not in chosen else chosen), problems
