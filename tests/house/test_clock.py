"""A run of the tests may begin before midnight and end after it."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ALLOWED = {"cli/test_doctor.py"}  # ages are counted from its NOW, whatever day that is


def remembered(source):
    """List the lines of a module that ask for the day as it is imported."""
    tree = ast.parse(source)
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            waiting += node.decorator_list
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"today", "told", "datetime.now", "date.today"}:
            yield node.lineno
        waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("TODAY = today()", [1]),
        ("CASES = {'a': [told(-1)]}", [1]),
        ("@parametrize([datetime.now(UTC)])\ndef test(day): pass", [1]),
        ("class T:\n    day = date.today()\n    def test(self): today()", [2]),
        ("def test(): today()", []),
        ("CASES = [lambda: today()]", []),
    ],
)
def test_the_check_finds_what_is_asked_at_import(source, lines):
    assert list(remembered(source)) == lines


def test_no_test_remembers_the_day_on_which_it_was_collected():
    modules = {str(path.relative_to(TESTS)): path for path in TESTS.rglob("*.py")}
    found = {name: lines for name, path in modules.items() if (lines := list(remembered(path.read_text("utf-8"))))}
    assert found.keys() <= ALLOWED, found
