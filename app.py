"""The server: the dashboard, warmed before the first viewer comes, and the tables by HTTP. Start it with `sentiment run`."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from sentiment import files
from sentiment.api import Api
from sentiment.api.assets import Assets
from sentiment.errors import DataError


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Fill the page's caches with its default screen, then keep what is loaded out of every later garbage collection."""
    from sentiment.models import Selection  # noqa: PLC0415 - after the runtime has started
    from sentiment.views import embedded, load, shown, worth  # noqa: PLC0415

    try:
        what = shown(Selection())
        worth(what, str(load(what)[1].axes["regime"].iloc[-1]))
        for draw in embedded.CHARTS.values():
            draw(Selection(), what)
    except DataError as error:  # the page starts on what is left, and says so
        logging.getLogger(__name__).warning("%s", error)
    gc.collect()
    gc.freeze()
    yield


def allowed_hosts() -> list[str]:
    """Return the names that the server may be called by, as Streamlit's own setting has them."""
    return list(st.get_option("server.allowedHosts") or ())


# In front of Streamlit's own middleware, which would give the tables a session and compress them anew each time.
app = st.App(
    files.DASHBOARD, lifespan=warm, middleware=[Middleware(Api, allowed_hosts=allowed_hosts), Middleware(Assets)]
)
