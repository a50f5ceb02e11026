import os
import sys
import textwrap
from pathlib import Path

import pytest

import eigcheck
from eigcheck.errors import RuleError
from eigcheck.execution.child import loading
from eigcheck.execution.child.loading import load_rules
from eigcheck.execution.loads import Load, callable_load
from eigcheck.rules.registry import registered
from tests.registering import registering

HEAD = "from eigcheck.rules.registry import rule\n"
ONE = HEAD + "@rule('mine/one', function='eigvals')\ndef one(A):\n    return A\n"


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    modules = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    with registering():
        yield
    for name in set(sys.modules) - modules:
        if not name.startswith(("eigcheck.", "numpy", "scipy")):
            del sys.modules[name]


@pytest.fixture
def write(tmp_path):
    def written(text, name="mine.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return str(path)

    return written


def refused(load):
    with pytest.raises(RuleError) as caught:
        load_rules(load)
    return str(caught.value)


def test_a_file_gives_its_rules_and_may_import_its_neighbours(write):
    write("NAME = 'mine/near'", "neighbour_of_mine.py")
    path = write(ONE + "import neighbour_of_mine\nrule(neighbour_of_mine.NAME, function=('eig', 'eigvals'))(one)\n")
    rules = load_rules(Load(path))
    assert [(r.name, r.function) for r in rules] == [
        ("mine/one", "eigvals"),
        ("mine/near", "eig"),
        ("mine/near", "eigvals"),
    ]


def test_a_module_is_found_in_the_current_folder(write, tmp_path, monkeypatch):
    write(ONE, "module_of_mine.py")
    monkeypatch.chdir(tmp_path)
    assert [rule.name for rule in load_rules(Load("module_of_mine"))] == ["mine/one"]


def test_a_description_has_no_callables(write):
    path = write(HEAD + "@rule('a/b', function='eigvals', pushforward=lambda A, E: A)\ndef one(A): ...\n")
    (rule,) = load_rules(Load(path))
    told = rule.bare
    assert (told.rrule, told.pushforward, told.key, told.modes) == (
        None,
        None,
        rule.key,
        ("reverse", "forward"),
    )


def test_an_attribute_becomes_a_rule(write, tmp_path, monkeypatch):
    write("class Box:\n    @staticmethod\n    def f(A): return A\nnumber = 3\n", "box_of_mine.py")
    monkeypatch.chdir(tmp_path)
    rules = load_rules(callable_load("box_of_mine:Box.f", ["eig", "eigvals"], ["symmetric"]))
    assert [r.key for r in rules] == [
        ("box_of_mine:Box.f", "eig", "symmetric", None),
        ("box_of_mine:Box.f", "eigvals", "symmetric", None),
    ]
    assert rules[0].rrule(3) == 3
    assert "a rule is called as rrule(A)" in refused(callable_load("box_of_mine:number", ["eig"]))
    assert "AttributeError" in refused(callable_load("box_of_mine:nothing", ["eig"]))


def test_names_get_the_entry_points_prefix_unless_they_have_it(write):
    path = write(ONE + "rule('two', function='eig')(one)\n")
    rules = load_rules(Load(path, prefix="mine"))
    assert [rule.name for rule in rules] == ["mine/one", "mine/two"]


def test_a_failing_import_shows_where_with_the_last_lines(write):
    path = write("def deeper():\n    import no_such_module_anywhere\n\ndeeper()\n")
    text = refused(Load(path))
    first, *lines = text.splitlines()
    assert first.startswith(f"--load {path}: ModuleNotFoundError: No module named 'no_such_module_anywhere' (")
    assert "mine.py:2)" in first
    assert first.endswith("Make it importable, or name another.")
    assert any("import no_such_module_anywhere" in line for line in lines)
    assert not any("importlib" in line or "loading.py" in line for line in lines)


def test_a_package_whose_name_begins_as_ours_is_shown_as_others():
    path = f"{Path(eigcheck.__file__).parent}_mine{os.sep}rules.py"
    with pytest.raises(ZeroDivisionError) as caught:
        exec(compile("1 / 0", path, "exec"))
    place, lines = loading._users_traceback(caught.value)
    assert place is not None
    assert place.endswith(f"eigcheck_mine{os.sep}rules.py:1")
    assert lines


def test_a_module_that_does_not_exist_is_an_error_without_a_traceback():
    text = refused(Load("no_such_module_anywhere"))
    assert text == (
        "--load no_such_module_anywhere: ModuleNotFoundError: No module named 'no_such_module_anywhere'."
        " Make it importable, or name another."
    )


def test_a_syntax_error_is_shown_with_its_line(write):
    text = refused(Load(write("x = 1\nreturn )\n")))
    assert "SyntaxError" in text
    assert "mine.py:2" in text
    assert "return )" in text


@pytest.mark.parametrize("code", ["raise SystemExit(0)", "raise KeyboardInterrupt", "import sys; sys.exit(3)"])
def test_a_module_that_exits_is_an_error(write, code):
    assert "mine.py:1" in refused(Load(write(code)))


def test_what_a_failing_module_registered_is_withdrawn(write):
    before = registered()
    refused(Load(write(ONE + "1 / 0\n")))
    assert registered() == before


def test_a_mistake_in_a_declaration_is_told_with_its_place(write):
    text = refused(Load(write(HEAD + "\nrule('a/b', function='eigenvalues')(len)\n")))
    assert "mine.py:3" in text
    assert "eigenvalues" in text


def test_a_module_without_rules_is_an_error(write):
    assert "no rules were registered. Put @eigcheck.rule" in refused(Load(write("x = 1\n")))


def test_a_name_may_not_be_a_built_in_ones(write):
    text = HEAD + "rule('numpy/left-vectors', function='eigh')(len)\n"
    assert "'numpy/left-vectors' is a built-in one's name" in refused(Load(write(text)))


@pytest.mark.parametrize("name", ["random", "numpy"])
def test_a_neighbour_stands_in_for_no_module_of_pythons_or_installed_one(write, name):
    write("raise SystemExit(9)\n", f"{name}.py")
    code = f"import importlib, sys\nsys.modules.pop({name!r}, None)\nassert importlib.util.find_spec({name!r})"
    text = HEAD + f"{code}.origin != __file__.replace('mine.py', '{name}.py')\nrule('mine/one', function='eig')(len)\n"
    kept = sys.modules.get(name)
    try:
        assert [rule.name for rule in load_rules(Load(write(text)))] == ["mine/one"]
    finally:
        if kept is not None:
            sys.modules[name] = kept


def test_the_same_key_twice_is_an_error(write):
    text = refused(Load(write(ONE + "rule('mine/one', function='eigvals')(one)\n")))
    assert "registered twice" in text
    assert ". (" not in text
    assert "mine.py:5" in text


def test_a_file_may_ask_for_a_built_in_rule_while_it_is_loaded(write):
    text = "import eigcheck\nLAPACK = eigcheck.get_rule('numpy/lapack', 'eigvals')\n" + ONE
    rules = load_rules(Load(write(text)))
    assert [rule.name for rule in rules] == ["mine/one"]
