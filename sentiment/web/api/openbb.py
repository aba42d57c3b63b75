"""The tables as widgets of OpenBB Workspace: widgets.json, as its reference for custom backends describes it.

A widget asks for a table's JSON and reads the list under ``rows``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sentiment.market import assets
from sentiment.tables import registry
from sentiment.web.api.parameters import PARAMETERS, parameters_of

if TYPE_CHECKING:
    from sentiment.tables.record import Column, Table

_CELLS = {"day": "dateString", "text": "text", "number": "number", "integer": "number"}
_ASKED = ("asset", "several_assets", "as_of", "range", "series", "horizon", "publisher", "theme")
"""Parameters that a widget shows, in this order."""
_GRID = {"w": 30, "h": 14}


def document() -> bytes:
    """Return widgets.json: one widget a table."""
    widgets = {name: _widget(table) for name, table in registry.offered("api").items()}
    return orjson.dumps(widgets, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _widget(table: Table) -> dict[str, Any]:
    return {
        "name": f"Sentiment: {table.name}",
        "description": f"{table.description} One row per {table.row}. A description of the market, not advice.",
        "category": "Sentiment",
        "type": "table",
        "endpoint": f"{table.name}.json",
        "gridData": _GRID,
        "source": ["Sentiment"],
        "data": {
            "dataKey": "rows",
            "table": {"enableCharts": True, "showAll": True, "columnsDefs": [_column(one) for one in table.columns]},
        },
        "params": [_parameter(name) for name in _ASKED if name in parameters_of(table.name)],
    }


def _column(column: Column) -> dict[str, str]:
    charted = {"day": "time", "text": "category"}.get(column.kind, "series")
    return {
        "field": column.name,
        "headerName": column.name.replace("_", " "),
        "headerTooltip": f"{column.full_description} Unit: {column.unit}.",
        "cellDataType": _CELLS[column.kind],
        "chartDataType": charted,
    }


def _parameter(name: str) -> dict[str, Any]:
    parameter = PARAMETERS[name]
    described: dict[str, Any] = {
        "paramName": parameter.name or name,
        "label": (parameter.name or name).replace("_", " "),
        "description": parameter.description,
        "type": "date" if parameter.schema.get("format") == "date" else "text",
        "show": True,
        "optional": True,
    }
    if name == "asset":
        described["value"] = assets.names()[0]
    if name == "range":
        described["value"] = "1Y"
    if parameter.choices is not None and "pattern" not in parameter.schema:
        described["options"] = [{"label": choice, "value": choice} for choice in parameter.choices()]
    return described
