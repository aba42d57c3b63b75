"""Run tasks on Dask workers, on this machine or an existing cluster; the task of a worker that dies is run again elsewhere."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sentiment.errors import ClusterError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Client

LOCAL = "local"
"""Stands for a cluster made for one run: one process per core, reachable from this machine only."""

_IGNORE_INTERRUPT = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""Ctrl-C reaches every process of a terminal; workers ignore it, and are ended by the process that started them."""

_CONNECT = 15.0
_FIRST_WORKER = 60.0
_CONTINUE = "what is finished is kept, and the same command continues from there"

Task = TypeVar("Task")
Result = TypeVar("Result")


def run(function: Callable[[Task], Result], tasks: Iterable[Task], scheduler: str) -> Iterator[Result]:
    """Run each task on a worker and yield the results as they come in, in any order.

    Parameters
    ----------
    function : callable
        From a module that the workers can import. It may be called more than once per task; one result counts.
    tasks : iterable
        Its arguments.
    scheduler : str
        `LOCAL`, or the address of a scheduler such as ``tcp://host:8786``.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    ClusterError
        If the scheduler cannot be reached or goes away, or a task kills every worker that it is given to.
    """
    try:
        from distributed import CancelledError, KilledWorker, as_completed  # noqa: PLC0415 - an extra, and slow to load
        from distributed.client import FutureCancelledError  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError(
            "--scheduler needs Dask, which is not installed; install it with: pip install 'sentiment-dashboard[cluster]'"
        ) from None
    with _client(scheduler) as client:
        try:
            client.run_on_scheduler(callable, function)  # fails clearly if the scheduler lacks our code
            running = as_completed(client.submit(function, task, pure=False) for task in tasks)
            for future in running:
                result = future.result()
                future.release()
                yield result
        except KilledWorker as cause:
            raise ClusterError(
                f"{cause.allowed_failures + 1} workers died at the same task, the last at {cause.last_worker.address}; "
                f"see whether they run out of memory; {_CONTINUE}"
            ) from None
        except (CancelledError, FutureCancelledError):
            raise ClusterError(f"the scheduler at {scheduler} went away; {_CONTINUE}") from None
        except (ModuleNotFoundError, AttributeError) as cause:
            raise ClusterError(
                f"the scheduler at {scheduler} or a worker has not the code of this machine ({cause}); "
                "install the same version of sentiment-dashboard[cluster] on each"
            ) from None


@contextmanager
def _client(scheduler: str) -> Iterator[Client]:
    from dask.system import CPU_COUNT  # noqa: PLC0415
    from distributed import Client, LocalCluster  # noqa: PLC0415

    if scheduler == LOCAL:
        here = "127.0.0.1"
        with (
            LocalCluster(
                n_workers=CPU_COUNT,
                threads_per_worker=1,
                host=here,
                dashboard_address=f"{here}:0",  # None would use a fixed port, which may be taken
                preload=[_IGNORE_INTERRUPT],
                silence_logs=logging.ERROR,  # a worker that is stopped at work warns with a traceback
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=_CONNECT)
    except (OSError, ValueError) as cause:
        raise ClusterError(
            f"no scheduler answers at {scheduler!r} ({cause}); its address looks like tcp://host:8786, and "
            "`dask scheduler` starts one"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except TimeoutError:
            raise ClusterError(
                f"the scheduler at {scheduler} has no worker; start some with: dask worker {scheduler}"
            ) from None
        yield client
