import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import frames
from sentiment.errors import FrameError


def read(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    return frames.read_bars(path)


def test_bars_are_read_as_they_stand(tmp_path):
    frame = read(tmp_path, "date,close,volume\n2025-01-01,1.5,\n2025-01-03,2,7\n")
    assert frame["close"].tolist() == [1.5, 2.0]
    assert frame["volume"].isna().tolist() == [True, False]
    assert frame.index.tolist() == [pd.Timestamp("2025-01-01", tz="UTC"), pd.Timestamp("2025-01-03", tz="UTC")]
    assert frame.index.name == "date"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first line is 'missing'"),
        ("<!doctype html>\n", "expected date,close"),
        ("date,close,close\n2025-01-01,1,2\n", "each column is named once"),
        ("date,close\n2025-01-01," + "9" * 9_999 + "x\n", f"line 2, close: '{'9' * 40}…'"),
        ("date,price\n2025-01-01,1\n", "expected date,close"),
        ("date,close\n", "no closes"),
        ("date,close\n2025-02-30,1\n", "line 2, date: '2025-02-30'"),
        ("date,close\n2025-01-01,inf\n", "line 2, close: 'inf' is not a finite number"),
        ("date,close\n2025-01-01,1\n2025-01-02,one\n", "line 3, close: 'one'"),
        ("date,close\n2025-01-01,1,2\n", "line 2: 3 fields; the header names 2"),
        ("date,close\n2025-01-02,1\n2025-01-02,1\n", "2025-01-02 is there twice"),
        ("date,close\n2025-01-02,1\n2025-01-01,1\n", "2025-01-01 is out of order"),
    ],
)
def test_what_breaks_the_contract_is_refused_by_name(tmp_path, text, says):
    with pytest.raises(FrameError, match=r"x\.csv") as error:
        read(tmp_path, text)
    assert says in str(error.value)


def test_what_is_no_utf8_is_refused_by_its_place(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"date,close\n2025-01-01,\xff\n")
    with pytest.raises(FrameError, match=r"x\.csv: byte 23 is not UTF-8"):
        frames.read_bars(path)


def test_a_bar_that_is_not_at_midnight_utc_is_refused():
    index = pd.DatetimeIndex(["2025-01-01 05:00"], tz="UTC")
    with pytest.raises(FrameError, match="not 00:00 UTC"):
        frames.daily(pd.DataFrame({"close": [1.0]}, index=index), "x")
    with pytest.raises(FrameError, match="must be UTC days"):
        frames.daily(pd.DataFrame({"close": [1.0]}, index=index.tz_convert("America/New_York")), "x")


@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(tmp_path_factory, text):
    try:
        frame = read(tmp_path_factory.mktemp("fuzz"), "date,close\n" + text)
    except FrameError:
        return
    assert frame["close"].notna().any() or frame["close"].isna().all()
