"""What a viewer is shown where a page breaks: what is known of it, and the id under which the log has the rest."""

from __future__ import annotations

import logging

import streamlit as st

from sentiment import logs
from sentiment.errors import SentimentError
from sentiment.web import markup

_log = logging.getLogger(__name__)


def show(error: Exception) -> bool:
    """Log an error with its traceback under an id, and show the id; an error of ours is shown in its own words.

    Streamlit calls this for whatever leaves the script, a callback or a fragment, so nothing is caught on the way.

    Returns
    -------
    bool
        Always True: Streamlit need not show anything itself.
    """
    name = logs.request()
    _log.error("%s: a page broke", name, exc_info=error, extra={"told": {"error_id": name}})
    known = str(error) if isinstance(error, SentimentError) else "Something broke here, and this is not your doing"
    st.error(
        f"{markup.plain(known.rstrip('.'))}. Reload the page; if it comes again, the log of the server has the cause "
        f"under {name}.",
        icon=":material/error:",
    )
    return True
