"""The scored components, one a module: a new module with a `COMPONENT` is all it takes to add one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from sentiment.formatting import true_sign
from sentiment.market.asset_class import ASSET_CLASSES
from sentiment.models import AXES

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from sentiment.market.asset_class import AssetClass
    from sentiment.models import Axis
    from sentiment.scoring.inputs import Inputs

_SHOWN = re.compile(r"[+-][\d.]+")
_FORM = re.compile(r"\{:(.*?)\}")
OWN_PRICES = "own prices"
NOTES = "research notes"


@dataclass(frozen=True, slots=True)
class Component:
    """One scored component: how it is computed, and what a reader needs to judge it.

    Attributes
    ----------
    name, title : str
        The name in tables and links (that of the module), and the one on screen.
    axis : {"fear", "fundamentals"}
    weight : float
        Weight within its axis, >= 0; a component of weight 0 is shown but changes no score.
    meaning, formula, unit, source, direction : str
        Texts for the Method view; `formula` is LaTeX.
    raw : callable
        Daily series on the index of the inputs; higher means more fear (or stronger fundamentals), NaN where unknown.
    display : str
        Format of a raw value.
    scale : tuple of float or None
        Raw values that count as 0 and as 100, with a straight line between; None ranks them in their own trailing window.
    turned : bool
        Show the raw value with its sign turned back, as people know it (a return, a rate, a premium).
    asset_classes : frozenset of str
        The classes of asset to which it applies.
    origin : str
        Where its figures come from: components of one origin are one source. Empty if no other has the same.
    uses_notes : bool
        Whether `raw` reads the editions of notes; those of any other component's inputs are left out.
    """

    name: str
    title: str
    axis: Axis
    weight: float
    meaning: str
    formula: str
    unit: str
    source: str
    direction: str
    raw: Callable[[Inputs], pd.Series]
    display: str
    scale: tuple[float, float] | None = None
    turned: bool = False
    asset_classes: frozenset[AssetClass] = frozenset(ASSET_CLASSES)
    origin: str = ""
    uses_notes: bool = False

    @property
    def source_name(self) -> str:
        """The source that it counts as."""
        return self.origin or self.name

    def applies_to(self, asset_class: AssetClass | None) -> bool:
        """Return whether it applies to a class of asset; to None, of which nothing is known, everything does."""
        return asset_class is None or asset_class in self.asset_classes

    def show(self, raw: float) -> str:
        """Return a raw value as the figure that people know."""
        return _SHOWN.sub(lambda found: true_sign(found[0]), self.display.format(-raw if self.turned else raw))

    def figure(self, raw: float) -> str:
        """Return the same without the words around it."""
        return true_sign(format(-raw if self.turned else raw, _FORM.findall(self.display)[0]))

    def between(self, one: float, other: float) -> str:
        """Return two raw values as people know them, the smaller figure first, with the words behind it once."""
        low, high = sorted((one, other), reverse=self.turned)
        return f"{self.figure(low)} and {self.figure(high)}{_FORM.split(self.display)[-1]}"

    @property
    def hover(self) -> str:
        """The same form for a chart that shows the figure as its y."""
        return _FORM.sub(r"%{y:\1}", self.display)


@cache
def registry() -> tuple[Component, ...]:
    """Return all components: fear before fundamentals, heavier before lighter, then by name."""
    components = [import_module(f"{__name__}.{module.name}").COMPONENT for module in iter_modules(__path__)]
    return tuple(sorted(components, key=lambda part: (AXES.index(part.axis), -part.weight, part.name)))
