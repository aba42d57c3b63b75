"""The scored components, one a module: a new module with a `COMPONENT` is all it takes to add one."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sentiment.models import AXES, Component


@cache
def registry() -> tuple[Component, ...]:
    """Return all components: fear before fundamentals, heavier before lighter, then by name."""
    components = [import_module(f"{__name__}.{module.name}").COMPONENT for module in iter_modules(__path__)]
    return tuple(sorted(components, key=lambda part: (AXES.index(part.axis), -part.weight, part.name)))
