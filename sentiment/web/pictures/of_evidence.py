"""Pictures of the evidence: what followed such readings, on average, each time and in each era, and other indices beside fear."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sentiment.charts import evidence_charts, pictures
from sentiment.frames import day
from sentiment.validation.comparison import compare
from sentiment.validation.event_study import event_paths
from sentiment.web.page import drawings
from sentiment.web.page.screen import judgement, judgement_by_era
from sentiment.web.picture_names import FOLDER
from sentiment.web.pictures.words import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.web.pictures.words import Shown


def _evidence(shown: Shown) -> Drawn:
    judged = judgement(shown.screen.key, shown.selection.series)
    is_known = judged.table["excess"].notna().any()
    note = f"Judged: {judged.title}. {evidence_charts.excess_text(judged.table) if is_known else ''}"
    words = shown.words(judged.verdict.sentence, note)
    return Drawn(pictures.figure(words, evidence_charts.excess(judged.table, "horizon") if is_known else None), words)


def _paths(shown: Shown) -> Drawn:
    screen, horizon = shown.screen, shown.selection.horizon
    judged = judgement(screen.key, shown.selection.series)
    labels = list(dict.fromkeys(judged.table["label"]))
    studies = {label: event_paths(screen.inputs.closes, judged.labels, label, horizon) for label in labels}
    told = [evidence_charts.event_study_text(study, label) for label, study in studies.items()]
    note = "Every path from an entry on faint, the median strong, the middle half shaded."
    words = shown.words(told[-1] if told else "No day has a reading yet.", " ".join([*told[:-1], note]))
    figures = [
        (label, evidence_charts.event_study(study, label)) for label, study in studies.items() if study.each.shape[1]
    ]
    return Drawn(pictures.figures(words, figures, columns=2 if len(figures) in {2, 4} else 3), words)


def _eras(shown: Shown) -> Drawn:
    horizon = shown.selection.horizon
    eras = judgement_by_era(shown.screen.key, shown.selection.series)
    table = eras[eras["horizon"] == horizon].reset_index(drop=True)
    words = shown.words(
        evidence_charts.eras_finding(table, horizon),
        f"Judged: {judgement(shown.screen.key, shown.selection.series).title}. {evidence_charts.eras_text(table, horizon)}",
    )
    is_known = table["excess"].notna().any()
    return Drawn(pictures.figure(words, evidence_charts.excess(table, "era") if is_known else None), words)


def _beside(key: str, shown: Shown) -> Drawn:
    screen = shown.screen
    title, other = drawings.others(screen)[key]
    fear = screen.scores.axes["fear"]
    comparison = compare(fear, other)
    if comparison.disagreements.empty:
        words = shown.words(evidence_charts.comparison_text(comparison, title), "")
        return Drawn(pictures.figure(words, None), words)
    both = fear.to_frame("fear").assign(other=other).loc[day(screen.start) :]
    lead, apart = evidence_charts.lead_lag_text(comparison, title), evidence_charts.apart_text(comparison)
    correlation = evidence_charts.correlation_text(comparison, title)
    words = shown.words(
        f"Fear: {correlation[:1].lower()}{correlation[1:]}",
        f"{lead} {apart} To resemble another index is no merit.",
        start=screen.start,
    )
    figures = [
        ("0 calm – 100 extreme fear", evidence_charts.two_series(both, title)),
        ("Correlation of daily changes by shift", evidence_charts.lead_lag(comparison)),
    ]
    return Drawn(pictures.figures(words, figures, columns=1), words)


DRAW: dict[str, Callable[[Shown], Drawn]] = {
    f"{FOLDER}evidence": _evidence,
    f"{FOLDER}paths": _paths,
    f"{FOLDER}eras": _eras,
    f"{FOLDER}beside-alternative": partial(_beside, "alternative"),
    f"{FOLDER}beside-vix": partial(_beside, "vix"),
}
