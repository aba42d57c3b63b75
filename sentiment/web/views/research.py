"""Research: what the notes said, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from sentiment import settings
from sentiment.charts import note_charts, score_charts
from sentiment.formatting import UNKNOWN, number, plain_day, published
from sentiment.frames import day
from sentiment.market import assets
from sentiment.models import Status
from sentiment.research import claim_checks, grading, library
from sentiment.research.text import annotate
from sentiment.scoring.components.research_tone import tone
from sentiment.settings import Changes
from sentiment.tables import note_tables
from sentiment.validation import track_record
from sentiment.web import links, markup
from sentiment.web.views import csv_button, drawn, marked_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import date, datetime

    from sentiment.models import Call, CallOutcome, Inputs, Note, Selection
    from sentiment.scoring.score import Scores


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    as_of, known_at = scored.axes.index[-1].date(), selection.known_at
    until = library.today(selection.as_of, known_at)
    known = library.published_by(until, known_at)
    st.subheader("What did the notes say, and what became of it?", anchor=False)
    if not known:
        st.info(f"No note was published by {plain_day(until)}.")
        return
    found = library.matching(selection)
    if not found:
        st.info(f"None of the {len(known)} notes known on {plain_day(until)} fits. Take a filter away to see more.")
        return
    table = note_tables.calls_table(as_of, known_at, found)
    records = note_tables.publishers_table(as_of, known_at, found)
    st.markdown(f"Known on {plain_day(until)}: {markup.plain(track_record.sentence(records))}")
    _timeline(selection, inputs, found, as_of)
    chosen = _list(found, selection, inputs)
    _note(chosen, as_of, known_at)
    _publishers(records, as_of)
    _against_regimes(note_tables.calls_and_regimes(table, scored), as_of)


def _timeline(selection: Selection, inputs: Inputs, found: tuple[Note, ...], as_of: date) -> None:
    start = links.start_of(selection, as_of)
    close = inputs.prices["close"].loc[day(start) :].dropna()
    marks = note_tables.marks(found, as_of, selection.known_at)
    marks = marks.assign(about=[inputs.asset in note.assets for note in found])
    if close.empty:
        return
    inside = (marks["date"] >= day(start)) & (marks["date"] <= close.index[-1])
    outside = f"{(~inside).sum()} more lie outside {plain_day(start)} to {plain_day(close.index[-1])}. "
    marks = marks[inside]
    said = note_charts.timeline_text(marks)
    st.caption(f"{said} {'' if inside.all() else outside}Select a mark to read its note.")
    st.plotly_chart(
        drawn(note_charts.timeline)(close, marks, assets.asset(selection.asset).unit, log=selection.log),
        alt=said,
        config=score_charts.CONFIG,
        key="notes-timeline",
        on_select=_open_selected,
        selection_mode="points",
    )


def _open_selected() -> None:
    points = st.session_state["notes-timeline"]["selection"]["points"]
    if named := [point["customdata"][0] for point in points if point.get("customdata")]:
        st.session_state["note"] = str(named[0])


def _list(found: tuple[Note, ...], selection: Selection, inputs: Inputs) -> Note:
    """List the notes, the latest first, and return the chosen one."""
    as_of = inputs.prices.index[-1].date()
    table = note_tables.notes_table(as_of, selection.known_at, found)
    shown = table.iloc[::-1].assign(published=table["published"].str[:10])
    columns: dict[str, Any] = {
        "published": "Published",
        "publisher": "Publisher",
        "title": "Title",
        "stance": "Stance",
        "tone": st.column_config.NumberColumn("Tone", format="%+.2f"),
        "calls": "Calls",
    }
    st.dataframe(
        shown[list(columns)].assign(calls=shown["calls"].map(_with_icons)),
        hide_index=True,
        column_config=columns,
        alt=_listed(shown),
    )
    identifiers = [note.id for note in reversed(found)]
    latest = next((note.id for note in reversed(found) if inputs.asset in note.assets), identifiers[0])
    if selection.note is not None and selection.note not in identifiers:
        st.info(f"The note {selection.note} is not among these: it was not published yet, or a filter leaves it out.")
    if st.session_state.get("note") not in identifiers:
        st.session_state["note"] = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = {note.id: f"{note.day} · {note.title}" for note in found}
        picked = st.selectbox(
            "Note",
            identifiers,
            key="note",
            index=None,
            persist_state="session",
            format_func=titles.__getitem__,
            placeholder=f"The latest: {titles[latest]}",
        )
        csv_button(f"notes_list_{as_of}", lambda: table, "CSV: notes")
        csv_button(
            f"notes_calls_{as_of}",
            lambda: note_tables.calls_table(as_of, known_at=selection.known_at, notes=found),
            "CSV: calls and outcomes",
        )
        csv_button(
            f"notes_claims_{as_of}",
            lambda: note_tables.claims_table(as_of, selection.known_at, found),
            "CSV: facts and verdicts",
        )
    return next(note for note in found if note.id == (picked or latest))


def _listed(shown: pd.DataFrame) -> str:
    first = shown.iloc[0]
    return f"{len(shown)} notes, the latest first: {first['title']}, {first['published']}, calls: {first['calls'] or 'none'}."


def _with_icons(statuses: str) -> str:
    return " ".join(f"{grading.ICON[Status(one)]} {one}" for one in statuses.split(", ") if one) or "none"


def _note(note: Note, as_of: date, known_at: datetime | None) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(markup.plain(note.title), anchor=False)
            if settings.changes() is not Changes.READ_ONLY:
                st.button("Correct", on_click=_correct, args=(note.id,), type="tertiary", icon=":material/edit:")
        about = (
            f"{markup.plain(note.publisher)} · {markup.plain(note.author)} · {published(note)} · {note.stance}, conviction "
            f"{number(note.conviction, '.2g')}, tone {number(tone(note), '+.2f')} · about {', '.join(map(markup.plain, note.assets))}"
        )
        source = f"[{markup.plain(note.source)}]({note.source_url})" if note.source_url else markup.plain(note.source)
        st.markdown(f":small[{about}]  \n:small[Source: {source}]")
        reading = annotate(note.body, note.day)
        marked_text(note.body, reading, note.tone)
        csv_button(f"{note.id}_reading", lambda: note_tables.findings_table(note), "CSV: what was read")
        _provenance(note, known_at)
        if note.calls:
            _calls(note, as_of, known_at)
        if note.claims:
            st.markdown("**Facts it states**, checked on the stored series as of the note's day")
            _claims(note, known_at)
        if note.metrics:
            _metrics(note)


def _correct(identifier: str) -> None:
    st.session_state["correct"] = identifier
    st.session_state["view"] = "Add notes"


def _provenance(note: Note, known_at: datetime | None) -> None:
    """Say who set which field in place of what was read, and which versions there were."""
    lines = [
        f"{one.field.capitalize()} was {markup.plain(one.read)}; set by {markup.plain(one.who)} on {one.when:%Y-%m-%d %H:%M} UTC: "
        f"{markup.plain(one.why)}."
        for one in note.overrides
    ]
    for version in library.history(note.id, known_at):
        why = f": {markup.plain(version.why)}" if version.why else ""
        lines.append(f"Saved by {markup.plain(version.who)} on {version.known_at:%Y-%m-%d %H:%M} UTC{why}.")
    if lines:
        with st.expander(f"Who set what, and when ({len(lines)})"):
            st.markdown("  \n".join(lines))


def _calls(note: Note, as_of: date, known_at: datetime | None) -> None:
    cells = st.grid(2, min_column_width=320) if len(note.calls) > 1 else st.container()
    for place, call in enumerate(note.calls):
        with cells.container(border=True):
            _call(place, call, note, as_of, known_at)
    csv_button(f"{note.id}_paths", lambda: note_tables.call_paths(note, as_of, known_at), "CSV: paths of the calls")


def _call(place: int, call: Call, note: Note, as_of: date, known_at: datetime | None) -> None:
    outcome = note_tables.grade(call, note, as_of, known_at)
    st.markdown(f"**Call:** {markup.plain(call.text)}")
    named = "no horizon was named: graded on one of ours" if call.fixed else "horizon as stated"
    st.markdown(f"**{grading.ICON[outcome.status]} {outcome.status.value.capitalize()}**, {outcome.reason} ({named}).")
    saved = library.first_saved(known_at).get(note.id)
    if saved is not None and saved.date() >= outcome.last_day:
        st.warning(
            f"Saved here on {plain_day(saved.date())}, when its horizon had ended: this library did not see it before."
        )
    if outcome.revised is not None:
        st.warning(
            f"This grade stands as it was when the horizon ended. By prices revised since: {grading.describe(outcome.revised)}."
        )
    if outcome.reference_date is None:
        return
    shown = outcome.revised or outcome  # what is drawn are the prices of now
    closes = grading.path(call, shown, known_at)
    said = note_charts.path_text(call, shown)
    if shown.measured_to is not None:
        st.caption(said)
    st.plotly_chart(
        drawn(note_charts.path)(closes, call, shown),
        alt=said,
        config=score_charts.CONFIG,
        key=f"path-{note.id}-{place}",
    )
    _figures(call, outcome)


_SETTLED = " that were not invalidated"


def _figures(call: Call, outcome: CallOutcome) -> None:
    """Say the figures of an outcome in one line each."""
    lines = [
        (
            "Reference",
            f"{number(outcome.reference, ',.6g')} on {plain_day(outcome.reference_date)}"
            if outcome.reference_date
            else "",
        ),
        ("Return", number(outcome.forward_return, "+.1%")),
        (
            "Worst and best for a follower, to the horizon",
            f"{number(outcome.max_adverse, '+.1%')}, {number(outcome.max_favourable, '+.1%')}" if call.sign else "",
        ),
        ("Closes inside the range", number(outcome.share_inside, ".0%") if call.direction == "range" else ""),
        ("Target touched", plain_day(outcome.touched) if outcome.touched else ""),
        ("Target closed beyond", plain_day(outcome.closed_beyond) if outcome.closed_beyond else ""),
        (
            "Base rate",
            f"{number(outcome.base_rate, '.0%')} of equally long stretches before{_SETTLED if call.invalidation else ''} came out this way"
            if outcome.base_rate is not None
            else "",
        ),
        ("Brier score", number(grading.brier(call, outcome), ".3f") if call.probability is not None else ""),
    ]
    st.markdown("  \n".join(f"{name}: **{value}**" for name, value in lines if value))


def _claims(note: Note, known_at: datetime | None) -> None:
    """Give each fact its verdict, how it was measured, and the rows that show it."""
    lines = []
    for claim in note.claims:
        verdict = claim_checks.check(claim, note, known_at)
        rows = "; ".join(
            f"{row.series} {row.column} on {plain_day(row.day)}: {number(row.value, ',.6g')}" for row in verdict.rows
        )
        found = f"Measured {claim_checks.measured(claim, verdict)} " if verdict.measured is not None else ""
        said = f"{found}{verdict.reason}{f' ({rows})' if rows else ''}".strip()
        lines.append(
            f"- **{claim_checks.SIGN[verdict.answer]}** · {markup.plain(claim.text)}  \n  :small[{markup.plain(said[:1].upper() + said[1:])}]"
        )
    st.markdown("\n".join(lines))


def _metrics(note: Note) -> None:
    said = note_charts.metrics_text(note.metrics, note.publisher)
    st.markdown("**Figures it reports**")
    st.caption(markup.plain(said))
    st.plotly_chart(
        drawn(note_charts.metrics)(note.metrics), alt=said, config=score_charts.CONFIG, key=f"metrics-{note.id}"
    )
    csv_button(f"{note.id}_figures", lambda: note_tables.metrics_table(note), "CSV: figures")


def _publishers(records: pd.DataFrame, as_of: date) -> None:
    """Set each publisher's hits and misses beside the base rate."""
    st.subheader("Is anybody right more often than chance?", anchor=False)
    rows = [
        {
            "Publisher": row["publisher"],
            "Hits": row["hits"],
            "Misses": row["misses"],
            "Other": ", ".join(f"{row[name]} {name}" for name in ("pending", "invalidated", "ungradable") if row[name])
            or "none",
            "Hit rate, 95 % interval": _interval(row),
            "Base rate": number(row["base_rate"], ".0%"),
            "Mean excess return": number(row["mean_excess"], "+.1%"),
            "Verdict": row["verdict"],
        }
        for row in records.to_dict("records")
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=track_record.sentence(records))
    csv_button(f"notes_publishers_{as_of}", lambda: records, "CSV: publishers")


def _interval(row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["hit_rate"]):
        return UNKNOWN
    return f"{row['hit_rate']:.0%} ({row['hit_low']:.0%} to {row['hit_high']:.0%})"


def _against_regimes(table: pd.DataFrame, as_of: date) -> None:
    """Set the calls beside the regime of their day, a row a publisher and regime."""
    st.subheader("Did the calls do better than simply following the regime?", anchor=False)
    judged = table[table["call_return"].notna() & table["regime"].notna()]
    if judged.empty:
        st.caption(f"No call with a direction and a regime on its day had a close behind it by {plain_day(as_of)}.")
        return
    better = int((judged["call_return"] > judged["regime_return"]).sum())
    said = (
        f"Of {len(judged)} calls of a rise or a fall {better} brought more than following the regime of their day (long while fear "
        "outweighs fundamentals, short while complacent, else out), from the same close to the same close."
        f"{' Too few to tell.' if len(judged) < track_record.LEAST_INDEPENDENT else ''}"
    )
    st.caption(said)
    groups = judged.groupby(["publisher", "regime"], sort=True)
    rows = [
        {
            "Publisher": str(publisher),
            "Regime on the day": regime,
            "Calls": len(group),
            "Hits": int((group["status"] == Status.HIT.value).sum()),
            "Mean return, call": number(group["call_return"].mean(), "+.1%"),
            "Mean return, regime": number(group["regime_return"].mean(), "+.1%"),
            "Mean base rate": number(group["base_rate"].mean(), ".0%"),
        }
        for (publisher, regime), group in groups
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=said)
    csv_button(f"notes_against-regimes_{as_of}", lambda: table, "CSV: calls and regimes")
