"""Scores of many assets in partitions, and a ranking, in a folder from which a later run continues.

Only this process writes to the folder. Workers return partitions as bytes, so one that dies, or was given up for dead
and still runs, leaves nothing torn or duplicated; workers on other machines need the saved data but not this folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentiment.errors import ClusterError
from sentiment.universe import cluster, folder
from sentiment.universe.partitions import compute, inputs_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from sentiment.universe.partitions import PartitionResult, PartitionTask
    from sentiment.universe.request import UniverseRequest


@dataclass(frozen=True, slots=True)
class UniverseResult:
    """The result of a run.

    Attributes
    ----------
    partitions, kept : int
        Partitions in all, and those kept from an earlier run.
    rows : int
        Rows of scores in all.
    ranking, unscored : pandas.DataFrame
        The tables of the same names.
    outdated : int
        Partitions whose prices or notes were saved again during the run; another run brings them up to date.
    """

    partitions: int
    kept: int
    rows: int
    ranking: pd.DataFrame
    unscored: pd.DataFrame
    outdated: int


def run(
    request: UniverseRequest,
    path: Path,
    scheduler: str | None = None,
    *,
    fresh: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> UniverseResult:
    """Compute a universe in a folder: keep the partitions that are still current and compute the rest.

    Parameters
    ----------
    request : UniverseRequest
        What to compute.
    path : Path
        The output folder; made if it does not exist.
    scheduler : str, optional
        As in `cluster.run`; without it everything is computed in this process.
    fresh : bool
        Whether to drop what the folder holds of a universe.
    progress : callable
        Called with the number of finished partitions and the total.

    Raises
    ------
    SelectionError
        If the folder holds something else, another process works in it, or it cannot be written.
    ClusterError
        If the workers cannot be reached, give up, or have other code or other prices and notes.
    StoreError, NoteError
        If the notes cannot be read.
    """
    with folder.opened(path) as output:
        finished = {} if fresh else output.finished(request)
        tasks = request.tasks()
        entries = {
            task.number: finished[task.number] for task in tasks if output.is_current(task, finished.get(task.number))
        }
        kept = len(entries)
        remaining = [task for task in tasks if task.number not in entries]
        output.begin(request, entries, len(tasks))
        progress(kept, len(tasks))
        for result in _compute_all(remaining, scheduler):
            entries[result.number] = output.save(result)
            output.write_manifest(request, entries)
            progress(len(entries), len(tasks))
        ranking, unscored = output.write_ranking(len(tasks))
        outdated = sum(entries[task.number]["inputs"] != task.inputs for task in tasks)
    rows = sum(entry["rows"] for entry in entries.values())
    return UniverseResult(len(tasks), kept, rows, ranking, unscored, outdated)


def _compute_all(tasks: Sequence[PartitionTask], scheduler: str | None) -> Iterator[PartitionResult]:
    if scheduler is None or not tasks:
        yield from map(compute, tasks)
        return
    by_number = {task.number: task for task in tasks}
    for result in cluster.run(compute, tasks, scheduler):
        task = by_number[result.number]
        # Inputs may have been saved since the start; if they are not this machine's current ones either, they are foreign.
        if result.inputs not in (task.inputs, inputs_digest(task)):
            raise ClusterError(
                f"the worker on {result.host} sees other prices or notes than this machine; SENTIMENT_DATA_DIR is to "
                "name the same shared folder on all, and SENTIMENT_DATABASE_URL the same database"
            )
        yield result
