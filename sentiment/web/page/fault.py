"""The message that a viewer sees when the page fails, with the id under which the log has the cause."""

from __future__ import annotations

import logging

import streamlit as st

from sentiment import logs
from sentiment.errors import BarsError, SentimentError
from sentiment.web import markup

_log = logging.getLogger(__name__)


def show(error: Exception) -> bool:
    """Log an error with its traceback under an id, and show the id; an error of our own is shown with its message.

    Streamlit calls this for every exception that leaves the script, a callback or a fragment, in place of its own message.

    Returns
    -------
    bool
        Always True: Streamlit need not show anything itself.
    """
    error_id = logs.request()
    _log.error("%s: a page broke", error_id, exc_info=error, extra={"fields": {"error_id": error_id}})
    message = "Something broke here, and it is not your fault"
    if isinstance(error, SentimentError):
        message = error.brief if isinstance(error, BarsError) else str(error)
    st.error(
        f"{markup.plain(message.rstrip('.'))}. Reload the page; if it happens again, the server log has the cause "
        f"under {error_id}.",
        icon=":material/error:",
    )
    return True
