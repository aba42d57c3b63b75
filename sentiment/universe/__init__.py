"""Thousands of assets at once: scores in partitioned Parquet files, in one process or on Dask's workers.

In: a list of symbols. Out: a folder of scores and a ranking. `__all__` names the modules that other rooms may import.
"""

__all__ = ["batch"]
