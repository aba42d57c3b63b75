"""Read one rule as the file says it; a fault is told by its key, so that a form can tell it by the name of its field."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sentiment.errors import SelectionError, SourceError
from sentiment.formatting import shortened
from sentiment.market import providers
from sentiment.models import Regime
from sentiment.web.alerts.rules import CALLS, COLUMNS, SCALES, Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST = 3_650
WATCHLIST = "watchlist"
TESTS = ("above", "below", "enters", "leaves", "changes_by")
BANDS = frozenset({"enters", "leaves"})


class RuleError(SelectionError):
    """One setting of a rule that cannot be followed.

    Parameters
    ----------
    key : str
        Its name in the file.
    found : object
        Its value; None where it is missing.
    wanted : str
        What it must be, without the name of the setting.
    is_secret : bool
        Whether its value may hold an address, and is not quoted.
    """

    def __init__(self, key: str, found: object, wanted: str, *, is_secret: bool = False) -> None:
        self.key, self.found, self.wanted = key, found, wanted
        self.told = wanted if is_secret else f"is {quoted(found)}; {wanted}"
        super().__init__(f"{key} {self.told}")


def rule(said: Mapping[str, Any], channels: Collection[str], where: str = "") -> Rule:
    """Read one rule.

    Parameters
    ----------
    said : mapping
        Its settings, as the file says them.
    channels : collection of str
        Their names.
    where : str
        Its place in the file.

    Raises
    ------
    SelectionError
        If it cannot be followed; a `RuleError` where one setting is at fault.
    """
    what = said.get("what")
    if what not in (*COLUMNS, *CALLS, "regime"):  # it may be a list, which no set takes
        raise RuleError("what", what, f"it is {', '.join((*COLUMNS, 'regime', *CALLS))}")
    tests = [name for name in TESTS if name in said]
    if unknown := sorted(said.keys() - keys_of(what, tests)):
        raise SelectionError(f"{shortened(unknown[0])} does not belong to a rule of {what}")
    if len(tests) > 1 or (not tests and what in COLUMNS):
        raise SelectionError(f"a rule of {what} has one of {', '.join(tests_of(what))}")
    test = tests[0] if tests else ""
    asset = _asset(said.get("asset", WATCHLIST))
    channel = said.get("channel", "")
    if channel not in ("", *channels):
        named = ", ".join(channels) or "there is none"
        raise RuleError("channel", None, f"is none of those that the file names: {named}", is_secret=True)
    bounds: tuple[float, ...] = ()
    regime = ""
    if test and what == "regime":
        regime = said[test]
        if regime not in list(Regime):
            raise RuleError(test, regime, f"a regime is {', '.join(Regime)}")
    elif test:
        bounds = _bounds(what, test, said[test])
    return Rule(
        where,
        what,
        test,
        bounds,
        regime,
        asset,
        _days(said, "in_days", 1) if test == "changes_by" else 0,
        _days(said, "cooldown_days", 0) if "cooldown_days" in said else 0,
        channel,
    )


def tests_of(what: str) -> tuple[str, ...]:
    """Return the tests that a rule of something may have."""
    if what in CALLS:
        return ()
    return TESTS if what in COLUMNS else TESTS[2:4]


def keys_of(what: str, tests: Collection[str]) -> set[str]:
    """Return the settings that a rule of something may have, which has these tests."""
    keys = {"asset", "what", "channel", *tests_of(what)}
    if what not in CALLS:
        keys.add("cooldown_days")
    if list(tests) == ["changes_by"]:
        keys.add("in_days")
    return keys


def numbers(said: object) -> list[float] | None:
    """Return a number, or those of a list; None where anything in it is no finite number."""
    listed = said if isinstance(said, list) else [said]
    figures = [one for one in listed if isinstance(one, int | float) and not isinstance(one, bool)]
    try:
        found = [float(one) for one in figures]
    except OverflowError:  # TOML has whole numbers of any length
        return None
    return found if len(found) == len(listed) and all(map(math.isfinite, found)) else None


def is_days(said: object, least: int) -> bool:
    """Return whether this is a number of days from `least` to the most that a rule may have."""
    return isinstance(said, int) and not isinstance(said, bool) and least <= said <= LONGEST


def quoted(said: object) -> str:
    """Return what the file says, in quotation marks and cut to a length that fits a message."""
    return "missing" if said is None else shortened(str(said))


def _asset(said: object) -> str | None:
    if not isinstance(said, str) or not said.strip():
        raise RuleError("asset", said, f"it is a ticker or {WATCHLIST}")
    if said.strip().lower() == WATCHLIST:
        return None
    try:
        return providers.normalize(said)
    except SourceError as error:
        example = str(error).rstrip(".").partition("; ")[2]
        raise RuleError("asset", said, f"it is not a ticker{'; ' * bool(example)}{example}") from None


def _bounds(what: str, test: str, said: object) -> tuple[float, ...]:
    found = numbers(said)
    is_band = test in BANDS
    if found is None or len(found) != 1 + is_band or isinstance(said, list) != is_band:
        raise RuleError(test, said, "it is two numbers such as [70, 100]" if is_band else "it is a number")
    if found != sorted(found):
        raise RuleError(test, said, "the lower one comes first")
    if test == "changes_by" and found[0] <= 0:
        raise RuleError(test, said, "it is above zero")
    low, high = SCALES.get(what, (-math.inf, math.inf))
    if test == "changes_by":
        if found[0] > high - low:
            raise RuleError(test, said, f"it is {high - low:g} at most")
    elif not low <= found[0] <= found[-1] <= high:
        raise RuleError(test, said, f"a level is from {low:g} to {high:g}".replace("-", "−"))
    return tuple(found)


def _days(said: Mapping[str, Any], name: str, least: int) -> int:
    value = said.get(name)
    if not isinstance(value, int) or not is_days(value, least):
        raise RuleError(name, value, f"it is a whole number of days from {least} to {LONGEST:,}")
    return value
