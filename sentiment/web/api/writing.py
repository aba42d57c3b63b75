"""How an answer is written: which columns, and in CSV which separator and decimal sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sentiment.formatting import shortened
from sentiment.tables import registry
from sentiment.tables.answer import columns_of
from sentiment.web.api.parameters import BETWEEN_COLUMNS, DECIMALS, SEPARATORS
from sentiment.web.table_forms import CSV_FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Problems = list[tuple[str, str]]

NAMES = frozenset({"columns", "sep", "decimal"})


@dataclass(frozen=True, slots=True)
class Writing:
    """The columns that are asked for, in their order (none: all), and the signs of CSV (`separator` by its name in addresses)."""

    columns: tuple[str, ...] = ()
    separator: str = ","
    decimal: str = "."

    @property
    def query(self) -> str:
        """The part of the canonical query that asks for it; empty for the default."""
        signs = {} if (self.separator, self.decimal) == (",", ".") else {"sep": self.separator, "decimal": self.decimal}
        return urlencode(({"columns": BETWEEN_COLUMNS.join(self.columns)} if self.columns else {}) | signs)

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
        The table (the badge, a picture), and the form of the answer: signs of CSV change nothing elsewhere.
    pairs : iterable of pairs of str
        Names and values of the address.
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
    separator, decimal, wrong_signs = _signs(given)
    problems += [*wrong, *wrong_signs]
    return (Writing(chosen, separator, decimal) if form in CSV_FORMS else Writing(chosen)), problems


def _signs(given: Mapping[str, str]) -> tuple[str, str, Problems]:
    decimal = given.get("decimal", ".")
    separator = given.get("sep", ";" if decimal == "," else ",")
    problems = []
    if separator not in SEPARATORS:
        problems.append(("sep", f"No separator {shortened(separator)}; there are {' '.join(SEPARATORS)}"))
    if decimal not in DECIMALS:
        problems.append(("decimal", f"No decimal sign {shortened(decimal)}; there are {' '.join(DECIMALS)}"))
    if separator == decimal:
        problems.append(("sep", "The separator and the decimal sign are both a comma; write sep=;"))
    return separator, decimal, problems


def _columns(name: str, written: str | None, *, is_long: bool) -> tuple[tuple[str, ...], Problems]:
    if written is None:
        return (), []
    chosen = tuple(dict.fromkeys(written.split(BETWEEN_COLUMNS)))
    known = columns(name, is_long=is_long)
    unknown = [one for one in chosen if one not in known]
    problems = [("columns", f"{name} has no column {', '.join(map(shortened, unknown))}")] if unknown else []
    # Without their asset nobody could tell the rows apart.
    return (("asset", *chosen) if is_long and "asset" not in chosen else chosen), problems
