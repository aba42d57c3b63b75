"""What a report is made from, all of it known at one instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sentiment.market import assets, history, terms
from sentiment.models import Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score, score_without_notes
from sentiment.tables import note_tables
from sentiment.validation.signals import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sentiment.models import Asset, Note
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores
    from sentiment.validation.signals import Evaluation


@dataclass(frozen=True, slots=True)
class ReportData:
    """The pinned selection with its scores, notes and evidence; `as_of` is the last day shown.

    `reserved` has the series whose figures it must not show, with their terms; `parts_reserved` says whether any of them is behind the
    scores.
    """

    selection: Selection
    asset: Asset
    inputs: Inputs
    scored: Scores
    judged: Evaluation
    as_of: date
    known_at: datetime
    created: datetime
    reserved: Mapping[str, str]
    parts_reserved: bool


def load(selection: Selection, created: datetime, *, everything: bool) -> ReportData:
    """Pin a selection to an instant (`created` unless it names one) and load everything as known then.

    Without `everything`, the report must not show what may not be passed on.

    Raises
    ------
    SelectionError, UnknownAssetError
        If there are no prices to show.
    """
    known_at = selection.known_at or created
    as_of = history.resolve_day(selection.asset, selection.as_of, known_at)
    # The view and the choices made on it keep their defaults.
    pinned = Selection(
        asset=selection.asset,
        range=selection.range,
        as_of=as_of,
        known_at=known_at,
        log=selection.log,
        seed=selection.seed,
        weights=selection.weights,
    )
    inputs = load_inputs(pinned.asset, as_of, known_at)
    scored = score(inputs, dict(pinned.weights))
    judged = evaluate(inputs, score_without_notes(inputs, dict(pinned.weights)), pinned.series)
    behind = {} if everything else terms.reserved_behind(pinned.asset, known_at)
    reserved = {} if everything else behind | terms.reserved(_named(inputs.notes, as_of, known_at), known_at)
    if pinned.asset in reserved:
        scored = replace(scored, axes=scored.axes.assign(close=float("nan")))
    asset = assets.asset(pinned.asset, known_at)
    return ReportData(
        pinned, asset, inputs, scored, judged, as_of, known_at, created, reserved, parts_reserved=bool(behind)
    )


def _named(notes: Sequence[Note], as_of: date, known_at: datetime) -> list[str]:
    """List the series of the notes' calls, those that they no longer make included, and of their facts."""
    calls = [entry.call for entries in note_tables.standing(notes, as_of, known_at).values() for entry in entries]
    checks = [claim.check for note in notes for claim in note.claims if claim.check is not None]
    return [
        *(call.asset for call in calls),
        *(symbol for check in checks for symbol in (check.series, check.other) if symbol),
    ]
