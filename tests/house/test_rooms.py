"""A room is entered by its doors only: other rooms import the modules that its `__all__` names, and nothing past them."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "sentiment"
ROOMS = {path.parent.name: ast.parse(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*/__init__.py"))}


def doors(room):
    """Return the `__all__` of a room."""
    for node in ROOMS[room].body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def imports_of_app():
    """Yield the modules that app.py, above all rooms, imports."""
    for node in ast.walk(ast.parse((ROOT / "app.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.fixture(scope="module")
def imports():
    """Each import that enters a room, from another room, the ground or app.py: importing module, room, module of the room."""
    graph = grimp.build_graph("sentiment")
    pairs = [(module, one) for module in graph.modules for one in graph.find_modules_directly_imported_by(module)]
    pairs += [("app", one) for one in imports_of_app()]
    paths = [(module, [*one.split("."), ""][1:3]) for module, one in pairs]
    return [
        (module, room, name) for module, (room, name) in paths if room in ROOMS and module.split(".")[1:2] != [room]
    ]


def test_rooms_are_entered_by_their_doors(imports):
    past = [f"{module} imports sentiment.{room}.{name}" for module, room, name in imports if name not in doors(room)]
    assert past == [], "import what `__all__` of the room names, or name it there"


def test_every_door_leads_to_a_module_that_another_room_uses(imports):
    used = {(room, name) for _, room, name in imports}
    unused = [f"{room}.{name}" for room in ROOMS for name in sorted(doors(room)) if (room, name) not in used]
    assert unused == []
    assert all(find_spec(f"sentiment.{room}.{name}") for room in ROOMS for name in doors(room))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_five_lines_what_it_is_for(room):
    text = ast.get_docstring(ROOMS[room])
    assert text
    assert len(text.splitlines()) <= 5
