"""Elements that several views show: the CSV button, a text with its annotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import streamlit as st

from sentiment import files
from sentiment.tables import export
from sentiment.web import markup

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from sentiment.research.text import AnnotatedText


def csv_button(name: str, table: Callable[[], pd.DataFrame], label: str) -> None:
    """Offer the rows of a chart as CSV, written when it is clicked."""
    st.download_button(
        label,
        data=lambda: export.to_csv(table()).encode(),
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=f"csv-{name.split('_')[1]}",
        help="Exactly the rows of this chart.",
    )


def folded(question: str, draw: Callable[[], None]) -> None:
    """Draw an answer under its question once somebody unfolds it; until then nothing of it is worked out or sent."""
    key = f"unfold-{re.sub('[^a-z]+', '-', question.lower()).strip('-')}"
    with st.expander(question, key=key, on_change="rerun") as section:
        if section.open:
            draw()


def marked_text(body: str, reading: AnnotatedText, stated: float | None = None) -> None:
    """Show a text with its annotations marked, and its tone.

    Parameters
    ----------
    body : str
        The text, Markdown from outside.
    reading : AnnotatedText
        The annotations of `body`.
    stated : float, optional
        The tone that a person set; it counts instead of the one that was read.
    """
    st.html(files.NOTE_STYLE)
    st.html(markup.legend(reading, stated))
    st.html(f'<div class="note">{markup.html(body, reading.findings)}</div>')
