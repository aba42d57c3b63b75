"""The server: the dashboard, warmed before the first viewer comes. Start it with `sentiment run`."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from sentiment import files


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Load and score the default screen once, then keep what is loaded out of every later garbage collection."""
    from sentiment import charts, export, market  # noqa: PLC0415 - after the runtime has started
    from sentiment.score import score  # noqa: PLC0415

    inputs = market.inputs(market.assets()[0].symbol)
    scored = score(inputs)
    marks = export.marks(inputs)
    charts.timeline(scored.axes, marks, "USD", log=True).to_json()
    gc.collect()
    gc.freeze()
    yield


app = st.App(files.DASHBOARD, lifespan=warm)
