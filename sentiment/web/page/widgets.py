"""Elements that several views show: the CSV button, a folded answer, a text with its annotations."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Literal

import streamlit as st

from sentiment import files
from sentiment.formatting import number
from sentiment.tables import export, withholding
from sentiment.web import markup
from sentiment.web.page.sign_in import may_have_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from pandas.io.formats.style import Styler

    from sentiment.research.text import AnnotatedText
    from sentiment.tables.withholding import Withheld


_HELP = {
    True: "Exactly the rows of this chart.",
    False: "The rows of this chart; figures whose source does not allow passing on are left out.",
}


def with_signs(table: pd.DataFrame, forms: Mapping[str, str]) -> Styler:
    """Write the figures of some columns in a form, with a true minus sign; they still sort as figures."""
    return table.style.format({column: partial(number, form=form) for column, form in forms.items()})


def csv_button(
    name: str,
    table: Callable[[], pd.DataFrame],
    label: str,
    *,
    withheld: Callable[[pd.DataFrame], Withheld] | None = None,
    forbidden: Mapping[str, str] | None = None,
) -> None:
    """Offer the rows of a chart as CSV, written when it is clicked.

    Parameters
    ----------
    name : str
        Of the file, without its ending.
    table : callable
        Returns the rows.
    label : str
        Of the button.
    withheld : callable, optional
        What is left out of the rows for a viewer who may not have every figure; None for rows of the program's own figures.
    forbidden : mapping of str to str, optional
        The series because of which such a viewer gets none of the rows, with their terms.
    """
    everything = (withheld is None and not forbidden) or may_have_all()
    refused = bool(forbidden) and not everything

    def write() -> bytes:
        rows = table()
        return export.to_csv(rows if everything or withheld is None else withheld(rows).rest(rows)).encode()

    st.download_button(
        label,
        data=b"" if refused else write,
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=f"csv-{name.split('_')[1]}",
        disabled=refused,
        help=withholding.sentence(forbidden or {}) if refused else _HELP[everything],
    )


def folded(question: str, draw: Callable[[], None]) -> None:
    """Draw an answer under its question once somebody unfolds it; until then nothing of it is worked out or sent."""
    key = f"unfold-{re.sub('[^a-z]+', '-', question.lower()).strip('-')}"
    with st.expander(question, key=key, on_change="rerun") as section:
        if section.open:
            draw()


def marked_text(body: str, reading: AnnotatedText, stated: float | Literal["unread"] | None = None) -> None:
    """Show a text with its annotations marked, and its tone.

    Parameters
    ----------
    body : str
        The text, Markdown from outside.
    reading : AnnotatedText
        The annotations of `body`.
    stated : float or "unread", optional
        The tone that a person set; it counts instead of the one that was read.
    """
    st.html(files.NOTE_STYLE)
    st.html(markup.legend(reading, stated))
    st.html(f'<div class="note">{markup.html(body, reading.findings)}</div>')
