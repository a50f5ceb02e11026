"""The list of checks, what each may be asked of, and that a reader sees how a verdict comes about in a few files."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import eigcheck
from eigcheck.check.checks import offset, remarks
from eigcheck.check.known import Found
from eigcheck.check.run import CHECKS, Check
from eigcheck.check.settings import Settings
from eigcheck.names import VERDICTS
from eigcheck.outcome import Finding
from tests.check.stage import S, finding, judge, kinds, rule_named

SOURCE = Path(eigcheck.__file__).parent
FILES, LINES = 12, 1500
"""What one reads at most of how a verdict comes about, the oracles' insides apart."""


def imported(module):
    """Modules of the judge that a module of the judge imports."""
    path = SOURCE.parent / (module.replace(".", "/") + ".py")
    if not path.exists():
        return set(), 0
    text = path.read_text(encoding="utf-8")
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eigcheck.check"):
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names, len(text.splitlines())


def told_by(*modules):
    """Lines of each file that is read on the way from these modules."""
    read, todo = {}, list(modules)
    while todo:
        module = todo.pop()
        names, lines = imported(module)
        if lines and module not in read:
            read[module] = lines
            todo += sorted(names)
    return read


def test_one_verdict_is_read_in_few_files():
    """From the point to the verdict, with the check that every rule is judged by first: agreement with the oracles."""
    read = told_by("eigcheck.check.run", "eigcheck.check.checks.agreement")
    assert "eigcheck.check.point" in read
    assert "eigcheck.check.verdict" in read
    assert len(read) <= FILES, sorted(read)
    assert sum(read.values()) <= LINES, read


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_is_there_and_says_what_it_is(check):
    module, _, function = check.name.partition(":")
    found = import_module(f"eigcheck.check.checks.{module}")
    assert found.__doc__
    assert getattr(found, function or "check").__doc__
    assert check.where <= set(VERDICTS)


def test_a_check_that_is_not_there_is_no_silent_pass():
    with pytest.raises(ImportError):
        Check("nonsense")(None)
    with pytest.raises(AttributeError):
        Check("agreement:nonsense")(None)


def test_a_check_is_asked_only_where_it_could_change_the_verdict(monkeypatch):
    """`offset` is for rules that passed so far: one that failed is not asked for more."""
    asked = []
    monkeypatch.setattr(offset, "check", lambda known: asked.append(known.standing) or Found())
    assert judge(rule_named("chainrules/released"), S, settings=Settings()).verdict == "fail"
    assert asked == []
    assert judge(rule_named("numpy/lapack"), S, settings=Settings()).verdict == "pass"
    assert asked == ["pass"]


def test_what_a_check_finds_counts_in_the_one_verdict(monkeypatch):
    told = Finding("jump", "seen by a check of one's own")
    monkeypatch.setattr(remarks, "check", lambda known: Found([told]))
    judged = judge(rule_named("numpy/lapack"), S, settings=Settings())
    assert judged.verdict == "fail"
    assert kinds(judged) == ["jump"]
    assert finding(judged, "jump").message == told.message
