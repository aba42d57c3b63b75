"""Scores of thousands of assets at once: partitioned Parquet files and a ranking, in one process or on Dask workers.

In: a list of symbols. Out: a folder of scores and a ranking. `__all__` names the modules that other rooms may import.
"""

__all__ = ["batch", "request"]
