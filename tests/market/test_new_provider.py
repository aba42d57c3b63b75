"""A provider is one file: added to the package, its symbols are refreshed, scored, shown and replayed under its name."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest
import river_office
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.cli import doctor
from sentiment.errors import BadRequestError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_file, bar_store, history, providers, refresh
from sentiment.market.providers import yahoo
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import export
from sentiment.tables.records.revisions import revisions_table
from sentiment.tables.records.scores import scores_table
from sentiment.tables.records.sources import sources_table

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(river_office.__file__)


@pytest.fixture
def river(empty_store, tmp_path, monkeypatch):
    """The package with one more provider, from a folder of its own."""
    assert empty_store
    folder = tmp_path / "providers"
    folder.mkdir()
    shutil.copy(FILE, folder)
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(folder)])
    importlib.invalidate_caches()
    providers.registry.cache_clear()
    yield
    providers.registry.cache_clear()
    sys.modules.pop("sentiment.market.providers.river_office")


def shown(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception, app.exception
    return app


def texts(app):
    return "\n".join(element.value for element in (*app.caption, *app.markdown))


@pytest.mark.usefixtures("river")
def test_its_symbol_is_shown_under_its_name():
    assert {"River Office", yahoo.NAME} <= {provider.NAME for provider in providers.registry()}
    for symbol in river_office.SYMBOLS:
        assert refresh.refresh(symbol).new == 900
    assert history.provenance("RHINE", None, None).source == "River Office"
    sources = sources_table("RHINE").set_index("series")
    assert sources.loc["RHINE", ["source", "licence"]].tolist() == ["River Office", "public domain"]
    data = shown(asset="RHINE", view="Data")
    assert "7 fetched from River Office" in texts(data)
    assert "Source: River Office, fetched" in texts(data)
    assert "River Office" in set(data.dataframe[0].value["Source"])
    assert "Source: River Office, fetched" in texts(shown(asset="RHINE"))


@pytest.mark.usefixtures("river")
def test_a_revision_of_its_own_changes_no_replay(monkeypatch):
    refresh.refresh("RHINE")
    first = datetime.now(UTC)
    pinned = export.to_csv(scores_table(score(load_inputs("RHINE", known_at=first))))
    monkeypatch.setenv("RIVER_REVISED", "1")
    revised = refresh.refresh("RHINE")
    assert (revised.revised, revised.full_reason) == (1, "closes were restated")
    assert export.to_csv(scores_table(score(load_inputs("RHINE", known_at=first)))) == pinned
    assert export.to_csv(scores_table(score(load_inputs("RHINE")))) != pinned
    assert history.provenance("RHINE", None, first).source == "River Office"
    assert len(revisions_table("RHINE")) == 4, "four prices of one day"


@pytest.mark.usefixtures("river")
def test_the_doctor_asks_every_provider_in_use(monkeypatch):
    def source_checks():
        return [diagnosis.found for diagnosis in doctor.examine() if diagnosis.name == "source"]

    names = providers.named(provider.NAME for provider in providers.registry())
    assert source_checks() == [f"{names} were not asked: SENTIMENT_OFFLINE=1"]
    refresh.refresh("RHINE")
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(yahoo, "fetch", lambda *_, **__: None)
    assert source_checks() == ["Yahoo answers for BTC-USD", "River Office answers for RHINE"]


@pytest.mark.usefixtures("river")
def test_a_symbol_belongs_to_the_first_provider_that_knows_it():
    assert [providers.provider_of(text)[0].NAME for text in ("rhine", "^vix", "BTC-USD")] == [
        "River Office", "River Office", "Yahoo",
    ]  # fmt: skip
    assert providers.sources_for(["RHINE", "BTC-USD", "^VIX"]) == "River Office and Yahoo"
    with pytest.raises(BadRequestError, match="is not a ticker; one looks like BTC-USD"):
        providers.normalize("no such thing")
    assert providers.licence_of("Somebody Else") == ""


def test_the_commands_of_a_copy_with_the_file_know_it(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "sentiment", copy / "sentiment", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", copy / "data")
    shutil.copy(FILE, copy / "sentiment" / "market" / "providers")
    environment = {
        **os.environ, "PYTHONPATH": str(copy), "SENTIMENT_DATA_DIR": str(tmp_path / "saved"), "SENTIMENT_OFFLINE": "0",
    }  # fmt: skip

    def run(*words, **more):
        command = [sys.executable, "-m", "sentiment.cli", *words]
        done = subprocess.run(
            command, env=environment | more, cwd=copy, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "RHINE       900 new" in run("refresh", "rhine")
    first = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    reading = json.loads(run("score", "RHINE", "--format", "json"))
    assert (reading["source"], reading["fear"] is None) == ("River Office", False)
    pinned = run("export", "RHINE", "--known-at", first)
    assert "0 new, 1 revised" in run("refresh", "RHINE", RIVER_REVISED="1")
    assert run("export", "RHINE", "--known-at", first) == pinned
    assert run("export", "RHINE") != pinned


# -- the source in the file --------------------------------------------------------------------------------------------


def bars(close=5.0):
    index = pd.DatetimeIndex([pd.Timestamp("2026-10-01", tz="UTC")], name="date").as_unit("us")
    return pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": close}, index=index)


def facts(hour, source):
    asked = datetime(2026, 10, 2, hour, tzinfo=UTC)
    return bar_store.Facts(asked, asked, "UTC", "EQUITY", "USD", source)


@pytest.mark.usefixtures("empty_store")
def test_the_source_is_saved_and_that_of_the_newest_answer_stays():
    bar_store.append("X", bars(), datetime(2026, 10, 2, 9, tzinfo=UTC), facts(9, "River Office"))
    assert bar_store.facts("X") == facts(9, "River Office")
    bar_store.append("X", bars(), datetime(2026, 10, 2, 11, tzinfo=UTC), facts(11, "Yahoo"))
    assert bar_store.facts("X").source == "Yahoo"
    bar_store.append("X", bars(6.0), datetime(2026, 10, 2, 12, tzinfo=UTC), facts(10, "River Office"))
    saved = bar_store.facts("X")
    assert replace(saved, earlier=()) == facts(11, "Yahoo"), "an answer that was overtaken names the source"
    assert saved.at(datetime(2026, 10, 2, 10, 59, tzinfo=UTC)).source == "River Office"
    assert saved.at(datetime(2026, 10, 2, 11, tzinfo=UTC)).source == "Yahoo"


# As it was written before files named their source: the digest is over the facts that were there.
OLD_FACTS = {
    "fetched_at": "2026-10-02T09:00:00+00:00",
    "full_at": "2026-10-02T09:00:00+00:00",
    "timezone": "UTC",
    "instrument": "EQUITY",
    "currency": "USD",
    "digest": "90683ff26f8d2b731268f9d5a724685d204f45fa01e34db9589f51809b7af5d6",
}


@pytest.mark.usefixtures("empty_store")
@pytest.mark.parametrize("intact", [True, False])
def test_a_file_of_before_sources_were_saved_is_read_and_is_yahoo_s(intact):
    bar_store.append("X", bars(), datetime(2026, 10, 2, 9, tzinfo=UTC), facts(9, "any"))
    (path,) = bar_file.folder().glob("*.parquet")
    fields = OLD_FACTS if intact else OLD_FACTS | {"currency": "EUR"}
    table = pq.read_table(path).replace_schema_metadata({b"sentiment": orjson.dumps(fields)})
    pq.write_table(table, path)
    found = bar_file.facts_in(path.read_bytes())
    assert found == (facts(9, "") if intact else None)
    if intact:
        assert history.source("X", None) == "Yahoo"


# -- one name, one place -----------------------------------------------------------------------------------------------


def test_yahoo_is_named_in_its_own_folder_only():
    own = ROOT / "sentiment" / "market" / "providers" / "yahoo"
    texts = [path for kind in ("py", "toml", "html", "css", "js") for path in (ROOT / "sentiment").rglob(f"*.{kind}")]
    naming = [
        path.relative_to(ROOT).as_posix()
        for path in (*texts, ROOT / "app.py")
        if own not in path.parents and "yahoo" in path.read_text("utf-8").casefold()
    ]
    assert naming == []
