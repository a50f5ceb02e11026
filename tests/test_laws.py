"""Laws of the house that no linter checks: laws that nothing checks get broken."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = sorted((ROOT / "eigcheck").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_FILE = 350
LONGEST_FUNCTION = 60
SMALLEST_PLAIN_NUMBER = 0.01
"""A decimal fraction below this that stands in the middle of code is a tolerance by another name."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def offenders(paths, law):
    """What breaks a law, by file; `law(path)` gives a list."""
    found = {name_of(path): law(path) for path in paths}
    return {name: broken for name, broken in found.items() if broken}


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_there_is_something_to_check():
    assert len(SOURCE) > 100
    assert len(TESTS) > 50


def test_files_are_small():
    lengths = {name_of(path): len(lines_of(path)) for path in SOURCE + TESTS}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_median_file_has_about_a_hundred_lines():
    lengths = sorted(len(lines_of(path)) for path in SOURCE)
    assert lengths[len(lengths) // 2] <= 130


def test_functions_are_of_a_screen():
    def law(path):
        lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions(tree_of(path))}
        return [(name, length) for name, length in lengths.items() if length > LONGEST_FUNCTION]

    assert offenders(SOURCE, law) == {}


def test_no_naked_tolerance():
    """A small decimal number has a name at the top of its module."""

    def law(path):
        tree = tree_of(path)
        named = {
            id(inner)
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for inner in ast.walk(node.value)
        }
        return [
            f"line {node.lineno}: {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, float)
            and 0 < abs(node.value) <= SMALLEST_PLAIN_NUMBER
            and id(node) not in named
        ]

    assert offenders(SOURCE, law) == {}


def test_no_comparison_has_room_that_nobody_derived():
    """`allclose` and its like have tolerances by default."""

    def law(path):
        calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        called = {getattr(f, "attr", getattr(f, "id", "")) for f in calls}
        return sorted(called & {"allclose", "isclose", "assert_allclose", "approx"})

    assert offenders(SOURCE, law) == {}


def test_what_is_public_is_documented():
    def law(path):
        tree = tree_of(path)
        bare = [
            node.name
            for node in tree.body
            if isinstance(node, Definition) and not node.name.startswith("_") and not ast.get_docstring(node)
        ]
        return bare if not tree.body or ast.get_docstring(tree) else [*bare, "the module"]

    assert offenders(SOURCE, law) == {}


def test_functions_are_annotated_whole():
    def law(path):
        return [
            node.name
            for node in functions(tree_of(path))
            if node.returns is None
            or any(
                a.annotation is None for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in ("self", "cls")
            )
        ]

    assert offenders(SOURCE, law) == {}


def test_nothing_is_left_undone():
    # put together here, or this file would break its own law
    # what others raise may be asked for as the second argument of isinstance
    undone = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", r"(?<!, )NotImplemented" + "Error"]))
    assert offenders(SOURCE, lambda path: undone.findall(path.read_text(encoding="utf-8"))) == {}


def test_nothing_points_outside_the_repository():
    outside = re.compile("|".join(["/wo" + "rk/", "[.]{2}/sha" + "red", "py" + "pi[.]org", "pythonhos" + "ted"]))
    assert offenders(SOURCE + TESTS, lambda path: outside.findall(path.read_text(encoding="utf-8"))) == {}


def asserts(node, helpers, seen=frozenset()):
    """Whether there is an assert, or an expected exception, in it or in a helper of its module that it calls."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            return True
        name = getattr(inner, "attr", getattr(inner, "id", ""))
        if name in ("raises", "fail", "warns") or name.startswith(("assert", "check", "expect")):
            return True
        if name in helpers and name not in seen and asserts(helpers[name], helpers, seen | {name}):
            return True
    return False


def test_every_test_asserts_something():
    def law(path):
        known = {node.name: node for node in functions(tree_of(path))}
        return [name for name, node in known.items() if name.startswith("test_") and not asserts(node, known)]

    assert offenders([path for path in TESTS if path.name.startswith("test_")], law) == {}


@pytest.mark.parametrize(
    "module", ["eigcheck", "eigcheck.cli.program", "eigcheck.names", "eigcheck.errors", "eigcheck.config"]
)
def test_importing_it_loads_no_numerics(module):
    code = (
        f"import sys, {module}; print(sorted({{'numpy', 'scipy', 'findiff', 'flint', 'pydantic'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_public_names_are_there_on_first_use():
    code = "import eigcheck; [getattr(eigcheck, name) for name in eigcheck.__all__]; print(len(eigcheck.__all__))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(done.stdout) >= 5


def test_an_unknown_public_name_is_an_attribute_error():
    import eigcheck

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = eigcheck.nonsense


@pytest.mark.parametrize(
    ("inside", "forbidden"),
    [
        ("rules", ("oracles", "spectra", "domains", "check", "execution", "cli")),
        ("oracles", ("rules", "check", "execution", "cli")),
        ("spectra", ("rules", "oracles", "check", "execution", "cli")),
        ("domains", ("rules", "oracles", "check", "execution", "cli")),
        ("check/diagnoses", ("rules", "oracles", "execution", "cli")),
        ("reports", ("rules", "oracles", "check", "execution", "casefile", "engine", "cli")),
        ("check", ("cli", "engine", "reports", "casefile")),
    ],
)
def test_who_may_import_whom(inside, forbidden):
    """Independence: a formula shared by a rule and an oracle proves nothing. Imports inside functions count too."""
    seen = set()
    for path in (ROOT / "eigcheck" / inside).rglob("*.py"):
        for node in ast.walk(tree_of(path)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            seen |= {name.split(".")[1] for name in names if name.startswith("eigcheck.")}
    assert seen
    assert not seen & set(forbidden)


@pytest.mark.parametrize("library", ["click", "rich"])
def test_libraries_for_the_terminal_stay_in_their_rooms(library):
    users = set()
    for path in SOURCE:
        for node in ast.walk(tree_of(path)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] == library for name in names):
                users.add(path.relative_to(ROOT / "eigcheck").parts[0])
    assert users <= ({"cli"} if library == "click" else {"cli", "reports"})
