"""The description of the API for people: an HTML page made from the tables and parameters that it runs on."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sentiment.tables import registry
from sentiment.web.api.addresses import BADGE, BASE, OEMBED, PICTURE_FORMS
from sentiment.web.api.badge import DESCRIPTION as BADGE_DESCRIPTION
from sentiment.web.api.feed_names import SUBSCRIPTIONS
from sentiment.web.api.parameters import DISPLAY_PARAMETERS, PARAMETERS, parameters_at, parameters_of
from sentiment.web.api.problems import KINDS
from sentiment.web.picture_names import PICTURES
from sentiment.web.sentences import NOT_ADVICE
from sentiment.web.table_forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLE = """
:root{color-scheme:light dark;--text:#1D2228;--page:#FFFFFF;--soft:#F4F5F6;--line:#DFE2E6;--link:#1F6FAE}
@media(prefers-color-scheme:dark){:root{--text:#E4E7EA;--page:#14171B;--soft:#1D2126;--line:#343A41;--link:#5AA9E0}}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;font:16px/1.55 system-ui,sans-serif;color:var(--text);background:var(--page);overflow-wrap:anywhere}
h1,h2,h3{line-height:1.25}h3{margin-top:2.2rem}a{color:var(--link)}code{font-size:.92em;background:var(--soft);padding:.1em .3em;border-radius:4px}
.wide{overflow-x:auto}table{border-collapse:collapse;min-width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid var(--line);overflow-wrap:normal}
@media(max-width:40rem){th,td{padding:.3rem .35rem;font-size:.92em}td{overflow-wrap:anywhere}td code{padding:0}}
"""
PAGE_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page() -> bytes:
    """Return the page, which needs no script."""
    parts = [
        f"<h1>{escape('Every table at an address')}</h1>",
        (
            "<p>The tables of the dashboard for spreadsheets and programs: the same rows and bytes as its buttons and as "
            "<code>sentiment export</code>. Take the query of any link of the page and put it behind an address. "
            f"<a href='{BASE}openapi.json'>OpenAPI document</a>, <a href='{BASE}widgets.json'>widgets for OpenBB Workspace</a>.</p>"
        ),
        '<p>In Google Sheets: <code>=IMPORTDATA("https://…/api/v1/scores.csv?as_of=2025-12-02")</code>; in Excel: Data, From Web.</p>',
        (
            "<p>Each table is <code>csv</code>, <code>json</code>, <code>xlsx</code> (Excel, with a sheet of its sources) and <code>zip</code> "
            "(CSV, metadata and how to cite it); <code>metadata.json</code> has each column's unit, meaning, source, licence and timespan.</p>"
        ),
        "<h2>Tables</h2>",
    ]
    for name, table in registry.offered("api").items():
        addresses = " ".join(_address(f"{BASE}{name}.{form}") for form in FORMS)
        rows = [
            (f"<code>{column.name}</code>", escape(column.full_description), escape(column.unit))
            for column in table.columns
        ]
        parts += [
            f"<h3 id='{name}'>{name}</h3><p>{escape(table.description)} One row per {table.row}. {addresses}</p>",
            f"<p>Parameters: {', '.join(_link(parameter) for parameter in parameters_at(name, 'csv'))}.</p>",
            _table(("Column", "Meaning", "Unit"), rows),
        ]
    parts.append(f"<h3 id='{BADGE}'>{BADGE}</h3><p>{BADGE_DESCRIPTION} {_address(f'{BASE}{BADGE}.svg')}</p>")
    parts.append(f"<p>Parameters: {', '.join(_link(parameter) for parameter in parameters_of(BADGE))}.</p>")
    parts.append(
        "<h2>Pictures</h2><p>Any page may show them; asset, days, source, licence and frozen link are inside.</p>"
    )
    for name, picture in PICTURES.items():
        addresses = " ".join(_address(f"{BASE}{name}.{form}") for form in PICTURE_FORMS)
        parts.append(f"<h3 id='{name}'>{name}</h3><p>{escape(picture.description)} {addresses}</p>")
        parts.append(f"<p>Parameters: {', '.join(_link(parameter) for parameter in picture.parameters)}.</p>")
    parts.append(
        f"<p><code>{OEMBED}?url=LINK</code> is the frame of the chart of a link, by oEmbed; <code>maxwidth</code> and "
        "<code>maxheight</code> bound it.</p>"
    )
    parts.append(
        "<h2>Subscriptions</h2><p>For feed readers and calendars; the ids of entries and events never change.</p>"
    )
    for name, told in SUBSCRIPTIONS.items():
        parts.append(
            f"<h3 id='{name}'>{name}</h3><p>{escape(told.description)} <a href='{BASE}{name}.{told.form}'>{BASE}{name}.{told.form}</a></p>"
        )
        parts.append(f"<p>Parameters: {', '.join(_link(parameter) for parameter in told.parameters)}.</p>")
    described = [
        (
            f"<code id='p-{name}'>{parameter.name or name}</code>",
            escape(parameter.description),
            f"<code>{escape(str(parameter.example))}</code>",
        )
        for name, parameter in PARAMETERS.items()
    ]
    problems = [
        (f"<span id='{name}'>{kind.status}</span>", escape(kind.title), escape(kind.when))
        for name, kind in KINDS.items()
    ]
    parts += [
        "<h2>Parameters</h2>",
        f"<p>Those of the page's links. Those that only say how a page looks ({', '.join(DISPLAY_PARAMETERS)}) are ignored where they change nothing.</p>",
        _table(("Name", "Meaning", "Example"), described),
        (
            "<h2>Caching</h2><p>An answer with <code>as_of</code>, <code>known_at</code> and <code>method</code> stays for good and says so; any other is asked "
            "for again with its <code>ETag</code> in <code>If-None-Match</code>, and is 304 while nothing has changed.</p>"
        ),
        "<h2>What can go wrong</h2><p>Reported as <code>application/problem+json</code>, with the values to choose from.</p>",
        _table(("Status", "Title", "When"), problems),
        f"<p>{NOT_ADVICE}</p>",
    ]
    head = (
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>Sentiment: every table at an address</title><style>{_STYLE}</style><main>"
    )
    return f"{head}{''.join(parts)}</main></html>\n".encode()


def _address(path: str) -> str:
    query = urlencode({"asset": PARAMETERS["asset"].example, "as_of": PARAMETERS["as_of"].example})
    return f"<a href='{path}?{query}'>{path}</a>"


def _link(parameter: str) -> str:
    return f"<a href='#p-{parameter}'>{PARAMETERS[parameter].name or parameter}</a>"


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    top = "".join(f"<th scope='col'>{name}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class='wide'><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
