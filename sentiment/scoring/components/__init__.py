"""The scored components, one a file; a new file with a `COMPONENT` is all it takes to add one."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sentiment.models import AXES, Component


@cache
def registry() -> tuple[Component, ...]:
    """All components: fear first, then fundamentals, the heaviest first, then by name."""
    found = [import_module(f"{__name__}.{module.name}").COMPONENT for module in iter_modules(__path__)]
    return tuple(sorted(found, key=lambda one: (AXES.index(one.axis), -one.weight, one.name)))
