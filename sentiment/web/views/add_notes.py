"""Add notes: a text is read by open rules, a person confirms or corrects the reading, and it is saved for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import streamlit as st

from sentiment import settings
from sentiment.errors import InputError, NoteError, SentimentError
from sentiment.market import assets
from sentiment.models import Call, Claim, Level
from sentiment.research import draft, frontmatter, importers, library
from sentiment.research.corrections import corrected
from sentiment.research.text import MAX_TEXT, annotate
from sentiment.scoring.components.research_tone import tone
from sentiment.settings import Changes
from sentiment.web import markup
from sentiment.web.views import marked_text, may_change, signer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sentiment.models import Inputs, Note, Selection
    from sentiment.research.importers import Document
    from sentiment.scoring.score import Scores

_STANCES = ("bullish", "neutral", "bearish")
_DIRECTIONS = {"up": "a rise", "down": "a fall", "range": "a range kept"}
_STATED = "a stated day"
_HORIZONS = {_STATED: None, "7 days": 7, "30 days": 30, "90 days": 90, "180 days": 180}
_OURS = "30 days"
_MOST_CALLS = 8
_UNNAMED = "not named"
_DAY_ONLY = time(23, 59, 59)


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    del inputs, scored
    st.subheader("What does a note say, and how does it read?", anchor=False)
    if selection.known_at is not None:
        st.info("A screen pinned to an instant takes no notes. Go live to add one.")
        return
    if not may_change():
        return
    try:
        if selection.correct is not None:
            _existing(selection.correct)
        else:
            _new()
    except (InputError, NoteError) as error:
        st.error(markup.plain(str(error)))


def _existing(identifier: str) -> None:
    """Offer a note of the library for correction, in the version that was there when its form was opened."""
    saved = library.history(identifier)
    seen = st.session_state.setdefault(f"seen-{identifier}", saved[-1].sequence if saved else 0)
    opened = next((one.content for one in saved if one.sequence == seen), None)
    bundled = next((one for one in library.bundled() if one.id == identifier), None)
    note = frontmatter.parse(opened, identifier) if opened else bundled or library.find(identifier)
    if saved and saved[-1].sequence != seen:
        st.warning(
            f"{markup.plain(saved[-1].who)} saved another version meanwhile. What you typed is here still; it cannot be saved "
            "over that version."
        )
        st.button("Open the new version", on_click=_reopen, args=(identifier,), icon=":material/refresh:")
    st.caption(
        f"You correct **{markup.plain(note.title)}**. The version before it stays, with who changed what, when and why."
    )
    st.button("Add another note", on_click=_leave, type="tertiary", icon=":material/add:")
    _form(note, fresh=False, seen=seen)


def _reopen(identifier: str) -> None:
    st.session_state.pop(f"seen-{identifier}", None)


def _leave() -> None:
    st.session_state["correct"] = None


def _new() -> None:
    library = "your own library" if settings.changes() is Changes.OPEN else "the library of this server"
    st.caption(
        f"Text is read here, by open rules and without a network. What you save stays in {library}; a later correction "
        "is a new version beside the old one."
    )
    way = st.segmented_control("How", ("Paste", "Upload"), default="Paste", required=True, key="way")
    if way == "Upload":
        _upload()
        return
    text = st.text_area(
        "Text of the note",
        key="pasted",
        height=200,
        max_chars=MAX_TEXT,
        placeholder="Paste a note, an article, or a Markdown file with its header",
    )
    if text.strip():
        _one(importers.read_paste(text), "the pasted text")


def _upload() -> None:
    uploads = st.file_uploader(
        "Markdown, text, HTML or PDF, up to 1 MB each",
        type=["md", "txt", "html", "htm", "pdf"],
        accept_multiple_files=True,
        key="uploads",
    )
    read_ones: dict[str, Document] = {}
    for upload in uploads:
        try:
            document = importers.read_file(upload.name, upload.getvalue())
            if document.kind == "note":
                frontmatter.parse(document.text, upload.name)
            read_ones[upload.name] = document
        except (InputError, NoteError) as error:
            st.error(markup.plain(str(error)))
    whole = {name: one for name, one in read_ones.items() if one.kind == "note"}
    if len(whole) > 1:
        _save_all(whole)
        read_ones = {name: one for name, one in read_ones.items() if name not in whole}
    if read_ones:
        name = next(iter(read_ones))
        if len(read_ones) > 1:
            name = st.selectbox("Each file is read and confirmed by itself", list(read_ones), key="which")
        _one(read_ones[name], name)


def _save_all(whole: Mapping[str, Document]) -> None:
    """Save complete notes one by one; what could not be saved is told, and the others are there."""
    st.markdown(f"**{len(whole)} files are complete notes:** {', '.join(map(markup.plain, whole))}")
    who, why = _signature("all")
    if not st.button(f"Save {len(whole)} notes", type="primary", key="save-all", disabled=not who):
        return
    bar = st.progress(0.0)
    saved = 0
    for place, (name, document) in enumerate(whole.items(), start=1):
        bar.progress(place / len(whole), f"{place} of {len(whole)}: {markup.plain(name)}")
        try:
            saved += library.add(document.text, name, who=who, why=why).version is not None
        except SentimentError as error:
            st.error(markup.plain(str(error)))
    st.success(f"{saved} of {len(whole)} saved as new; the others were there already or are told above.")


def _one(document: Document, name: str) -> None:
    """Read one document and offer to save what becomes of it."""
    if document.kind == "note":
        note = frontmatter.parse(document.text, name)
        if any(note.id == one.id for one in library.library()):
            st.info(f"The library has a note {note.id}: saving makes a new version of it, and needs a reason.")
        _form(note, fresh=False, text=document.text)
        return
    if twin := next((one for one in library.library() if one.body == document.text.strip()), None):
        st.warning(f"The library has this very text as {twin.id}.")
    published, precision = _published(document)
    drafted = draft.draft(document.text, published.date(), title=document.title)
    note = draft.note(
        drafted,
        id="draft",
        publisher=document.publisher or _UNNAMED,
        author=document.author or _UNNAMED,
        published=published,
        precision=precision,
        source=_UNNAMED,
        body=document.text.strip(),
        source_url=document.source_url,
    )
    _form(note, fresh=True, because=drafted.because)


def _published(document: Document) -> tuple[datetime, Any]:
    """Ask when it was published: the reading of its horizons depends on that."""
    stated = document.published
    key = _key(document.text)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            "Published on" if stated else "Published on (the text does not say)",
            value=stated.date() if stated else datetime.now(UTC).date(),
            min_value=date(1990, 1, 1),
            max_value=datetime.now(UTC).date(),
            key=f"day-{key}",
            format="YYYY-MM-DD",
            width=220,
        )
        moment = st.time_input(
            "Time, UTC (empty: the day only)",
            value=stated.time() if stated and document.precision == "minute" else None,
            key=f"time-{key}",
            step=60,
            width=220,
        )
    return datetime.combine(day, moment or _DAY_ONLY, UTC), "minute" if moment else "day"


def _form(
    note: Note,
    *,
    fresh: bool,
    text: str | None = None,
    because: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> None:
    """Show a note as it reads, let a person set each field, and save it.

    Parameters
    ----------
    note : Note
        As the rules read it, or as it stands in the library or its file.
    fresh : bool
        Whether the rules made it: then its publisher and source are filled in, and not corrected.
    text : str, optional
        The file it came in, saved byte for byte where nothing is changed.
    because : mapping, optional
        Why the rules read each field as they did.
    seen : int, optional
        The saved version that is corrected; 0 for a bundled note that nobody changed.
    """
    # What a person typed of its origin outlives a change of the day, which makes the reading anew.
    key, origin = _key(repr(note)), _key(note.body if fresh else repr(note))
    left, right = st.columns([3, 2], gap="large")
    with left:
        found = annotate(note.body, note.day)
        marked_text(note.body, found)
    with right:
        given = _identity(note, origin)
        changes = _reading(note, key, because or {})
        if not fresh:
            changes |= given
        who, why = _signature(origin)
        if st.button("Save the note", type="primary", key=f"save-{key}", icon=":material/save:"):
            _save(replace(note, **given) if fresh else note, changes, who, why, fresh=fresh, text=text, seen=seen)


def _save(  # noqa: PLR0913 - what a person gave, field by field
    note: Note, changes: dict[str, Any], who: str, why: str, *, fresh: bool, text: str | None, seen: int | None
) -> None:
    if not who or not note.publisher:
        st.error("Say who publishes the note and who saves it.")
        return
    try:
        if fresh:
            note = replace(note, claims=changes.pop("claims"))
            taken = {one.id for one in library.library()}
            note = replace(note, id=draft.identifier(note.publisher, note.day, taken))
        final = corrected(note, changes, who=who, why=why)
        if text is not None and final == note:
            added = library.add(text, note.id, who=who, why=why, seen=seen)
        else:
            added = library.add_note(final, who=who, why=why, seen=seen)
    except SentimentError as error:
        st.error(markup.plain(str(error)))
        return
    st.session_state.pop(f"seen-{added.note.id}", None)
    st.session_state["go"] = {"note": added.note.id, "correct": None, "pasted": "", "view": "Research"}
    st.session_state["told"] = (
        f"Saved as {added.note.id}." if added.version else f"{added.note.id} was in the library already, unchanged."
    )
    st.rerun()


def _identity(note: Note, key: str) -> dict[str, Any]:
    """Ask who said it, and where it stands."""
    given = {"title": st.text_input("Title", note.title, key=f"title-{key}", max_chars=200)}
    publisher = "" if note.publisher == _UNNAMED else note.publisher
    cells = st.grid(2, min_column_width=200)
    given["publisher"] = cells.text_input("Publisher", publisher, key=f"publisher-{key}", max_chars=100)
    given["author"] = cells.text_input("Author", note.author, key=f"author-{key}", max_chars=100)
    given["source"] = cells.text_input("Source", note.source, key=f"source-{key}", max_chars=300)
    given["source_url"] = cells.text_input(
        "Address", note.source_url or "", key=f"url-{key}", placeholder="https://…", max_chars=500
    )
    lines = {name: " ".join(value.split()) for name, value in given.items()}
    return {**lines, "source_url": lines["source_url"] or None}


def _reading(note: Note, key: str, because: Mapping[str, str]) -> dict[str, Any]:
    """Ask what the rules, or whoever wrote the header, made of it; each field says why it is as it is."""
    symbols = list(assets.names())
    chosen_assets = st.multiselect(
        "About",
        list(dict.fromkeys([*note.assets, *symbols])),
        list(note.assets),
        key=f"assets-{key}",
        accept_new_options=True,
        help=because.get("assets"),
    )
    known = {theme for one in library.library() for theme in one.themes}
    themes = st.multiselect(
        "Themes",
        list(dict.fromkeys([*note.themes, *sorted(known)])),
        list(note.themes),
        key=f"themes-{key}",
        accept_new_options=True,
        help=because.get("themes"),
    )
    calls = _calls(note, key, list(chosen_assets), because)
    rule = draft.stance_of(calls)
    chosen = note.stance if calls == note.calls else rule
    stance = st.segmented_control(
        "Stance", _STANCES, default=chosen, required=True, key=f"stance-{key}-{rule}", help=because.get("stance")
    )
    fallback = note.conviction if calls == note.calls else draft.UNSTATED if calls else 0.0
    conviction = st.slider(
        "Conviction", 0.0, 1.0, fallback, 0.05, key=f"conviction-{key}-{fallback}", help=because.get("conviction")
    )
    counts = round(tone(note), 2)
    heard = st.slider("Tone", -1.0, 1.0, counts, 0.01, key=f"tone-{key}", help=because.get("tone"))
    support = _prices("Support levels", note, "support", key)
    resistance = _prices("Resistance levels", note, "resistance", key)
    of = {(level.price, level.role): level.asset for level in note.levels}
    about = chosen_assets[0] if chosen_assets else ""
    levels = (
        *(Level(of.get((price, "support"), about), price, "support") for price in support),
        *(Level(of.get((price, "resistance"), about), price, "resistance") for price in resistance),
    )
    facts = st.text_area(
        "Facts it states, one a line", "\n".join(claim.text for claim in note.claims), key=f"claims-{key}", height=100
    )
    checks = {claim.text: claim for claim in note.claims}
    claims = tuple(
        checks.get(line, Claim(line)) for line in (" ".join(one.split()) for one in facts.splitlines()) if line
    )
    same = {(level.price, level.role) for level in note.levels} == {(level.price, level.role) for level in levels}
    return {
        "assets": tuple(chosen_assets),
        "themes": tuple(themes),
        "calls": calls,
        "stance": stance,
        "conviction": conviction,
        "tone": note.tone if heard == counts else heard,
        "levels": note.levels if same else levels,
        "claims": claims,
    }


def _prices(label: str, note: Note, role: str, key: str) -> list[float]:
    """Ask for prices, apart by spaces; thousands may have commas."""
    there = " ".join(frontmatter.decimal(level.price) for level in note.levels if level.role == role)
    said = st.text_input(label, there, key=f"{role}-{key}", placeholder="80000 70000", max_chars=200)
    prices = []
    for word in said.split():
        try:
            prices.append(float(word.strip(",;$").replace(",", "")))
        except ValueError:
            st.error(f"{label}: {markup.plain(word)} is not a price such as 80000")
    return prices


def _calls(note: Note, key: str, note_assets: Sequence[str], because: Mapping[str, str]) -> tuple[Call, ...]:
    """Ask for the calls: forecasts precise enough to be graded."""
    count = st.session_state.setdefault(f"calls-{key}", len(note.calls))
    st.markdown("**Calls**: forecasts precise enough to be graded", help=because.get("calls"))
    if not count:
        why = because.get("calls", "")
        st.caption(
            f"None{f' ({markup.plain(why)})' if why else ''}: nothing is graded, and the note has no say in research stance."
        )
    calls = []
    for place in range(count):
        there = note.calls[place] if place < len(note.calls) else None
        with st.container(border=True):
            calls.append(_call(there, note, f"{place}-{key}", note_assets))
    with st.container(horizontal=True):
        if count < _MOST_CALLS:
            st.button("Add a call", on_click=_count, args=(f"calls-{key}", 1), icon=":material/add:", key=f"more-{key}")
        if count:
            st.button(
                "Remove the last", on_click=_count, args=(f"calls-{key}", -1), type="tertiary", key=f"fewer-{key}"
            )
    return tuple(calls)


def _count(key: str, step: int) -> None:
    st.session_state[key] += step


def _call(there: Call | None, note: Note, key: str, note_assets: Sequence[str]) -> Call:
    """Ask for one call; a range has a floor or a ceiling, a rise or a fall may have a target and an invalidation."""
    symbols = list(dict.fromkeys([*([there.asset] if there else []), *note_assets, *assets.names()]))
    text = st.text_input("In words", there.text if there else note.title, key=f"said-{key}", max_chars=300)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asset = st.selectbox("Asset", symbols, key=f"asset-{key}", width=150)
        direction = st.segmented_control(
            "Called is", list(_DIRECTIONS), default=there.direction if there else "up", format_func=_DIRECTIONS.__getitem__,
            required=True, key=f"direction-{key}",
        )  # fmt: skip
    horizon = _OURS
    if there is not None:
        horizon = _STATED if there.days is None else f"{there.days} days"
    options = list(dict.fromkeys([*_HORIZONS, horizon]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Until", options, index=options.index(horizon), key=f"horizon-{key}", width=150,
            help="The day that the publisher names, or one of our own horizons: then it is said that none was named.",
        )  # fmt: skip
        end = None
        if chosen == _STATED:
            end = st.date_input(
                "Day", there.end if there and there.end else note.day + timedelta(30),
                min_value=note.day + timedelta(1), max_value=date(2199, 12, 31),
                key=f"end-{key}", format="YYYY-MM-DD", width=150,
            )  # fmt: skip
        names = ("floor", "ceiling") if direction == "range" else ("target", "invalidation")
        levels = {
            name: st.number_input(
                name.capitalize(),
                value=getattr(there, name, None),
                min_value=0.0,
                key=f"{name}-{key}",
                width=150,
                step=None,
            )
            for name in names
        }
        percent = st.number_input(
            "Probability, %", value=100 * there.probability if there and there.probability is not None else None,
            min_value=0.0, max_value=100.0, key=f"probability-{key}", width=150,
        )  # fmt: skip
    days = None if end else int(chosen.split()[0])
    return Call(
        asset=asset,
        text=" ".join(text.split()),
        direction=direction,  # type: ignore[arg-type]  # one of the options above
        end=end,
        days=days,
        fixed=days is not None and (there.fixed if there and there.days == days else True),
        basis=there.basis if there and levels.get("target") else "close",
        probability=None if percent is None else round(percent / 100, 6),
        **levels,
    )


def _signature(key: str) -> tuple[str, str]:
    """Ask who saves, and why where something was changed."""
    st.divider()
    login = signer()
    if settings.changes() is Changes.SIGNED_IN and login is not None:  # nobody signs in and then saves as somebody else
        who = login
        st.caption(f"You save as {markup.plain(who)}.")
    else:
        who = st.text_input(
            "Your name or initials", st.session_state.get("who", login or ""), key=f"who-{key}", max_chars=80
        )
        st.session_state["who"] = who
    why = st.text_input(
        "Why, where you changed what was read", key=f"why-{key}", max_chars=300, placeholder="Stated on page 3"
    )
    return " ".join(who.split()), " ".join(why.split())


def _key(text: str) -> str:
    """Key of the controls of one text: another text has controls of its own, with its own defaults."""
    return sha256(text.encode()).hexdigest()[:12]
