"""Whether stated probabilities hold: the calibration curve, and the Brier score in its parts.

Sources: Murphy (1973), "A new vector partition of the probability score", Journal of Applied Meteorology 12; for forecasts that share
a class without being equal, Stephenson, Coelho and Jolliffe (2008), "Two extra components in the Brier score decomposition", Weather
and Forecasting 23: what varies within a class belongs to the resolution, so that the parts add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

BINS = 10
CURVE = ("probability", "frequency", "calls", "weight")


class Calibration(NamedTuple):
    """The Brier score of stated probabilities, its parts (brier = reliability - resolution + uncertainty), and the curve.

    ``curve`` has a row for each tenth of probability with a call: ``CURVE``, the mean stated probability, the frequency with which it
    came true, the calls, and the share of all weight.
    """

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    curve: pd.DataFrame


def calibrate(probabilities: Sequence[float], came_true: Sequence[bool], weights: Sequence[float]) -> Calibration:
    """Compare stated probabilities with what came true.

    Parameters
    ----------
    probabilities : sequence of float
        0 to 1, at least one.
    came_true : sequence of bool
    weights : sequence of float
        Above 0; calls that are no independent evidence share the weight of one.

    Notes
    -----
    With classes k of weight w_k, mean probability p_k and frequency o_k, and the frequency o of all: reliability is
    sum w_k (p_k - o_k)^2, uncertainty o (1 - o), and resolution sum w_k (o_k - o)^2, less the variance of probabilities within classes,
    plus twice their covariance with what came true. With equal probabilities in each class it is Murphy's.
    """
    stated, outcome = np.array(probabilities, dtype=float), np.array(came_true, dtype=float)
    share = np.array(weights, dtype=float) / np.sum(weights)
    overall = float(share @ outcome)
    classes = np.minimum((stated * BINS).astype(int), BINS - 1)
    rows, reliability, resolution = [], 0.0, 0.0
    for one in np.unique(classes):
        inside = classes == one
        weight = float(share[inside].sum())
        within = share[inside] / weight
        probability, frequency = float(within @ stated[inside]), float(within @ outcome[inside])
        apart = stated[inside] - probability
        variance, covariance = float(within @ apart**2), float(within @ (apart * (outcome[inside] - frequency)))
        reliability += weight * (probability - frequency) ** 2
        resolution += weight * ((frequency - overall) ** 2 - variance + 2 * covariance)
        rows.append((probability, frequency, int(inside.sum()), weight))
    return Calibration(
        brier=float(share @ (stated - outcome) ** 2),
        reliability=reliability,
        resolution=resolution,
        uncertainty=overall * (1 - overall),
        curve=pd.DataFrame(rows, columns=list(CURVE)),
    )
