"""The controls for the fields of a note that rules can draft."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, Literal

import streamlit as st

from sentiment.market import assets
from sentiment.models import Claim, Level
from sentiment.research import draft, frontmatter, library
from sentiment.scoring.components.research_tone import tone
from sentiment.web import markup
from sentiment.web.page.call_fields import call_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from streamlit.delta_generator import DeltaGenerator

    from sentiment.models import Call, Note

_PRICE: Final = re.compile(r"(?:\d{1,15}|\d{1,3}(?:[,'\u2019]\d{3}){1,4})(?:\.\d{1,12})?", re.ASCII)
_STANCES = ("bullish", "neutral", "bearish")


def note_fields(
    note: Note, key: str, because: Mapping[str, str], taken: MutableMapping[int, Call] | None = None
) -> dict[str, Any]:
    """Ask for the fields that rules can draft.

    Parameters
    ----------
    note : Note
        Its fields are the defaults.
    key : str
        Key of the form's controls.
    because : mapping of str to str
        Why the rules drafted each field as they did; shown as help.
    taken : mutable mapping of int to Call, optional
        Proposals of a model that a person took, by their place among the calls.

    Returns
    -------
    dict
        The fields of a note as they are now set.
    """
    symbols = list(assets.names())
    chosen_assets = st.multiselect(
        "About",
        list(dict.fromkeys([*note.assets, *symbols])),
        list(note.assets),
        key=f"assets-{key}",
        accept_new_options=True,
        help=markup.plain(because.get("assets", "")) or None,
    )
    calls = call_fields(note, key, list(chosen_assets), because, {} if taken is None else taken)
    rule = draft.stance_of(calls)
    chosen = note.stance if calls == note.calls else rule
    stance = st.segmented_control(
        "Stance",
        _STANCES,
        default=chosen,
        required=True,
        key=f"stance-{key}-{rule}",
        help=markup.plain(because.get("stance", "")) or None,
    )
    cells = st.grid(2, min_column_width=160)
    support = _prices(cells, "Support levels", note, "support", key)
    resistance = _prices(cells, "Resistance levels", note, "resistance", key)
    with st.expander("Conviction, tone, themes, facts"):
        seldom = _seldom(note, key, because, calls)
    asset_of = {(level.price, level.role): level.asset for level in note.levels}
    about = chosen_assets[0] if chosen_assets else ""
    levels = (
        *(Level(asset_of.get((price, "support"), about), price, "support") for price in support),
        *(Level(asset_of.get((price, "resistance"), about), price, "resistance") for price in resistance),
    )
    same = {(level.price, level.role) for level in note.levels} == {(level.price, level.role) for level in levels}
    return {
        "assets": tuple(chosen_assets),
        "calls": calls,
        "stance": stance,
        "levels": note.levels if same else levels,
        **seldom,
    }


def _seldom(note: Note, key: str, because: Mapping[str, str], calls: tuple[Call, ...]) -> dict[str, Any]:
    """Ask for what is seldom changed."""
    fallback = note.conviction if calls == note.calls else draft.UNSTATED if calls else 0.0
    conviction = st.slider(
        "Conviction",
        0.0,
        1.0,
        fallback,
        0.05,
        key=f"conviction-{key}-{fallback}",
        help=markup.plain(because.get("conviction", "")) or None,
    )
    tone_set = _tone(note, key, because.get("tone", ""))
    other_themes = {theme for other in library.library() for theme in other.themes}
    themes = st.multiselect(
        "Themes",
        list(dict.fromkeys([*note.themes, *sorted(other_themes)])),
        list(note.themes),
        key=f"themes-{key}",
        accept_new_options=True,
        help=markup.plain(because.get("themes", "")) or None,
    )
    facts = st.text_area(
        "Facts it states, one per line", "\n".join(claim.text for claim in note.claims), key=f"claims-{key}", height=100
    )
    checks = {claim.text: claim for claim in note.claims}
    claims = tuple(
        checks.get(fact, Claim(fact)) for fact in (" ".join(line.split()) for line in facts.splitlines()) if fact
    )
    return {
        "conviction": conviction,
        "tone": tone_set,
        "themes": tuple(themes),
        "claims": claims,
    }


def _tone(note: Note, key: str, because: str) -> float | Literal["unread"] | None:
    """Ask for the tone, or that there is none; the note's own where nothing is changed."""
    before = tone(note)
    unread = math.isnan(before)
    start = 0.0 if unread else round(before, 2)
    none = st.checkbox(
        "Unread: the text shows no tone",
        value=unread,
        key=f"unread-{key}",
        help="An unread note has no tone and counts in no mean. Clear the box to set one.",
    )
    value = st.slider(
        "Tone", -1.0, 1.0, start, 0.01, key=f"tone-{key}", help=markup.plain(because) or None, disabled=none
    )
    if none == unread and (none or value == start):
        return note.tone
    return "unread" if none else value


def _prices(place: DeltaGenerator, label: str, note: Note, role: str, key: str) -> list[float]:
    """Ask for prices above zero, separated by spaces; thousands may have commas or apostrophes."""
    default = " ".join(frontmatter.decimal(level.price) for level in note.levels if level.role == role)
    text = place.text_input(label, default, key=f"{role}-{key}", placeholder="80000 70000", max_chars=200)
    prices = []
    for word in text.split():
        written = word.strip(",;$")
        price = float(re.sub("[,'\u2019]", "", written)) if _PRICE.fullmatch(written) else 0.0
        if price > 0:
            prices.append(price)
        else:
            st.error(f"{label}: {markup.plain(word)} is not a price above zero such as 80000 or 80,000")
    return prices
