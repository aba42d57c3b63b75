"""Run in a process of its own: do whatever is asked with the real yfinance, and tell how it went."""

import json
import os
import sys
import time
import traceback
import warnings
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

from sentiment.errors import SentimentError, SourceError
from sentiment.market import bar_store, providers, refresh, shaping
from sentiment.market.providers import yahoo

FETCH = yahoo.fetch


def table(frame):
    return {stamp.date().isoformat(): row for stamp, row in zip(frame.index, frame.to_dict("records"), strict=True)}


def fetched(symbol, start=None):
    got = yahoo.fetch(symbol, date.fromisoformat(start) if start else None)
    shaped = shaping.shape(providers.FetchResult(got.frame, got.meta, datetime.now(UTC)), datetime.now(UTC))
    running = shaped.running
    return {
        "bars": table(shaped.bars),
        "quarantined": {stamp.date().isoformat(): why for stamp, why in shaped.quarantined["reason"].items()},
        "running": None if running is None else running.name.date().isoformat(),
    }


def refreshed(symbol, *, full=False):
    done = refresh.refresh(symbol, full=full)
    return {
        "new": done.new,
        "revised": done.revised,
        "withdrawn": done.withdrawn,
        "full": done.full_reason,
        "held": done.held_back,
        "gaps": [gap.isoformat() for gap in done.gaps],
        "bars": table(bar_store.read_bars(done.symbol)),
        "quarantined": {stamp.date().isoformat(): why for stamp, why in done.quarantined["reason"].items()},
    }


def many(symbols):
    return {symbol: getattr(outcome, "kind", "refreshed") for symbol, outcome in refresh.refresh_all(symbols).items()}


def failed(failure):
    retry_at = getattr(failure, "retry_at", None)
    return {
        "kind": failure.kind if isinstance(failure, SourceError) else type(failure).__name__,
        "status": getattr(failure, "status", None),
        "message": str(failure),
        "wait": None if retry_at is None else (retry_at - datetime.now(UTC)).total_seconds(),
    }


def serve(questions, environment, stderr):
    """Answer until nobody asks any more, with nothing but this environment; warnings are errors."""
    os.environ.clear()
    os.environ.update(environment)
    warnings.simplefilter("error")
    with Path(stderr).open("w", encoding="utf-8", buffering=1) as sys.stderr:
        try:
            while True:
                _answer(questions)
        except Exception:
            traceback.print_exc()  # while there is somewhere to print it
            raise


def _answer(questions):
    what, arguments = json.loads(questions.recv())
    budget = providers.Budget(**arguments.pop("budget", {}))
    began = time.monotonic()
    try:
        with patch.object(yahoo, "fetch", partial(FETCH, budget=budget)):
            answer = {"fetch": fetched, "refresh": refreshed, "many": many}[what](**arguments)
    except SentimentError as failure:
        answer = failed(failure)
    questions.send(json.dumps({**answer, "seconds": time.monotonic() - began}))
