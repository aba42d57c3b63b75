"""What a report is made from, all of it known at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentiment.market import assets, history
from sentiment.models import Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score, score_without_notes
from sentiment.validation.signals import evaluate

if TYPE_CHECKING:
    from datetime import date, datetime

    from sentiment.models import Asset
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores
    from sentiment.validation.signals import Evaluation


@dataclass(frozen=True, slots=True)
class ReportData:
    """The pinned selection with its scores, notes and evidence; `as_of` is the last day shown."""

    selection: Selection
    asset: Asset
    inputs: Inputs
    scored: Scores
    judged: Evaluation
    as_of: date
    known_at: datetime
    created: datetime


def load(selection: Selection, created: datetime) -> ReportData:
    """Pin a selection to an instant (`created` unless it names one) and load everything as known then.

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
    return ReportData(pinned, assets.asset(pinned.asset, known_at), inputs, scored, judged, as_of, known_at, created)
