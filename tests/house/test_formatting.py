"""Numbers and ages as people read them."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sentiment
from sentiment.formatting import ago, counted, length, number, plural, price, true_sign
from sentiment.scoring.components import registry


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.00001234, "0.00001234"),
        (0.000000512345678, "0.000000512346"),
        (-0.00002, "−0.00002"),
        (1e-9, "0.000000001"),
        (0.05, "0.05"),
        (0.1 + 0.2, "0.3"),
        (91_350.0, "91,350"),
        (1_234_567.0, "1,234,570"),
        (123_456_789_012.0, "123,457,000,000"),
        (0.0, "0"),
        (-0.0, "0"),
        (float("nan"), "—"),
        (None, "—"),
    ],
)
def test_a_price_is_written_in_plain_digits(value, shown):
    assert price(value) == shown


@given(st.floats(1e-12, 1e15))
def test_no_price_is_written_with_a_power_and_six_digits_of_it_are_right(value):
    text = price(value)
    assert re.fullmatch(r"[\d,]+(\.\d+)?", text)
    assert float(text.replace(",", "")) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (-0.001, ".0%", "0%"),
        (-0.001, "+.0%", "0%"),
        (0.001, "+.0%", "0%"),
        (-0.4, "+.0f", "0"),
        (-0.006, "+.0%", "−1%"),
        (1234.5, "+,.0f", "+1,234"),
        (-1e-7, "+.6g", "−0.0000001"),
    ],
)
def test_zero_has_no_sign(value, form, shown):
    assert number(value, form) == shown


@given(st.floats(-1, 1), st.sampled_from(registry()))
def test_no_part_shows_a_zero_with_a_sign(value, part):
    for text in re.findall(r"[+−-]?\d[\d.]*", part.show(value).removeprefix("30-day return ")):
        assert text[0].isdigit() or float(text.replace("−", "-")) != 0
    assert "-" not in true_sign(part.show(value)).removeprefix("30-day")


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (60, "60 days ago"),
        (61, "2 months ago"),
        (400, "13 months ago"),
        (730, "23 months ago"),
        (731, "2 years ago"),
        (1633, "4 years ago"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_fits_twice(days, text):
    assert ago(days) == text


def test_one_of_a_unit_is_singular():
    assert (length(1), length(0), length(2)) == ("1 day", "0 days", "2 days")


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (counted(1, "day"), "1 day"),
        (counted(0, "day"), "0 days"),
        (counted(2, "new entry"), "2 new entries"),
        (counted(2, "miss"), "2 misses"),
        (counted(1.0, "call"), "1 call"),
        (counted(12_345, "row"), "12,345 rows"),
        (counted(1, "waits", "wait"), "1 waits"),
        (counted(2, "asset has no reading", "assets have no reading"), "2 assets have no reading"),
    ],
)
def test_a_count_agrees_with_its_words(told, text):
    assert told == text


SUFFIXES = ({"", "s"}, {"", "es"}, {"y", "ies"})


def spelled_plurals(code):
    """Yield each choice in some code between the words for one thing and those for several."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.IfExp):
            ways = [way.value if isinstance(way, ast.Constant) else None for way in (node.body, node.orelse)]
            texts = {way for way in ways if isinstance(way, str)}
            is_noun = len(texts) == 2 and (texts in SUFFIXES or max(texts, key=len) == plural(min(texts, key=len)))
            if is_noun or any(re.search(r"(^|\s)1 [a-z]", text) for text in texts):
                yield ast.unparse(node)


@pytest.mark.parametrize(
    "code",
    [
        "f\"{n} day{'s' if n > 1 else ''}\"",
        "f\"{n} entr{'y' if n == 1 else 'ies'}\"",
        "unit = 'point' if n == 1 else 'points'",
        "'only 1 part is' if n == 1 else f'only {n} parts are'",
        "f\"these {'leave' if n > 1 else 'leaves'} out zero\"",
    ],
)
def test_a_spelled_plural_is_found(code):
    assert list(spelled_plurals(code))
    assert not list(spelled_plurals("counted(n, 'day') if n else 'no day'"))


def test_only_one_function_spells_plurals():
    root = Path(sentiment.__file__).parents[1]
    files = [*(root / "sentiment").rglob("*.py"), *(root / "scripts" / "lib").rglob("*.py")]
    found = [f"{path.relative_to(root)}: {one}" for path in files for one in spelled_plurals(path.read_text("utf-8"))]
    assert found == [], "write counted(number, noun) of sentiment.formatting"


def test_a_percent_sign_follows_its_figure_at_once():
    """But where others' notes are read, and in the scoreboard's values, which are in saved links."""
    package = Path(sentiment.__file__).parent
    read = {package / "validation" / "scoreboard.py", *(package / "research").rglob("*.py")}
    spaced = [
        f"{path.relative_to(package)}: {constant.value}"
        for path in sorted({*package.rglob("*.py")} - read)
        for constant in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(constant, ast.Constant)
        and isinstance(constant.value, str)
        and re.search(r"(\d|^) %(?![\w{%])", constant.value)
    ]
    assert spaced == []
