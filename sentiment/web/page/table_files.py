"""Tables as files: a CSV button each, and one menu with the same rows as workbooks and as ZIP files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from sentiment.tables import export, withholding
from sentiment.tables.answer import answer
from sentiment.tables.record import EVERYTHING, Extent
from sentiment.web import table_forms
from sentiment.web.page.address import page_address
from sentiment.web.page.sign_in import may_have_all
from sentiment.web.page.widgets import csv_button

if TYPE_CHECKING:
    from sentiment.models import Selection

_FURTHER = {"xlsx": ("Excel", ":material/table:"), "zip": ("ZIP", ":material/folder_zip:")}


class TableFile(NamedTuple):
    """A table that a page offers.

    Attributes
    ----------
    name : str
        Of the file, without its ending.
    what : str
        A table of `tables.records`.
    label : str
        What the rows are called on the page.
    selection : Selection
        What is selected.
    extent : Extent
        Which of its rows.
    """

    name: str
    what: str
    label: str
    selection: Selection
    extent: Extent = EVERYTHING


def table_buttons(*tables: TableFile) -> None:
    """Offer tables as CSV, and in one menu beside them the same rows in the further forms, each written when it is clicked."""
    forbidden = [withholding.forbidden(one.what, one.selection, one.extent) for one in tables]
    for one, reserved in zip(tables, forbidden, strict=True):
        csv_button(
            one.name,
            partial(export.table, one.what, one.selection, one.extent),
            f"CSV: {one.label}",
            withheld=partial(withholding.of_table, one.what, one.selection, extent=one.extent),
            forbidden=reserved,
        )
    everything, base = may_have_all(), page_address()
    menu = st.popover("Excel, ZIP", icon=":material/download:", type="tertiary", key=f"forms-{_key(tables[0])}")
    with menu:
        st.caption(
            "The same rows as an Excel workbook with a sheet of sources, or as CSV with metadata and how to cite it."
        )
        for one, reserved in zip(tables, forbidden, strict=True):
            refused = bool(reserved) and not everything
            for form, (named, icon) in _FURTHER.items():
                st.download_button(
                    f"{named}: {one.label}",
                    data=b"" if refused else partial(_write, one, form, base, everything=everything),
                    file_name=f"{one.name}.{form}",
                    mime=table_forms.MEDIA[form],
                    on_click="ignore",
                    icon=icon,
                    key=f"{form}-{_key(one)}",
                    disabled=refused,
                    width="stretch",
                )


def _key(one: TableFile) -> str:
    return one.name.split("_")[1]


def _write(one: TableFile, form: str, base: str, *, everything: bool) -> bytes:
    found = answer(one.what, one.selection, one.extent)
    shown = found if everything else found.for_anyone()
    return table_forms.write(form, shown, table_forms.query_of_rows(shown, one.selection), base)
