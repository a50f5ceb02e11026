"""Frameworks are known without being imported."""

import re
import subprocess
import sys

import pytest

from eigcheck.errors import UsageError
from eigcheck.names import DOMAINS, FRAMEWORK_NAMES, FUNCTIONS, MODES, installing
from eigcheck.rules import frameworks
from eigcheck.rules.frameworks import FRAMEWORKS, Framework, absence, framework, named_by, require


def absent(name="torch"):
    return Framework(name, ("eig",), ("general",), ("reverse",), ("no-such-distribution-xyz",))


def test_there_is_an_adapter_and_an_extra_for_each(pytestconfig):
    import tomllib

    project = tomllib.loads((pytestconfig.rootpath / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert tuple(one.name for one in FRAMEWORKS) == FRAMEWORK_NAMES
    for one in FRAMEWORKS:
        path = one.module.replace(".", "/") + ".py"
        assert (pytestconfig.rootpath / path).is_file()
        assert one.name in project["optional-dependencies"]
        assert set(one.functions) <= set(FUNCTIONS)
        assert set(one.domains) <= set(DOMAINS)
        assert set(one.modes) <= set(MODES)


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("torch/*", ["torch"]),
        ("torch/linalg", ["torch"]),
        ("torch*", ["torch"]),
        ("jax/lax-*", ["jax"]),
        ("*", []),
        ("t*", []),
        ("numpy/*", []),
        ("torchvision/x", []),
        ("[jt]*", []),
    ],
)
def test_a_glob_names_a_framework_by_what_stands_before_its_wildcards(glob, names):
    assert [one.name for one in named_by((glob,))] == names


def test_the_version_comes_from_whichever_distribution_is_there():
    assert absent().version is None
    assert Framework("x", (), (), (), ("no-such-distribution-xyz", "numpy")).version is not None


def test_what_is_missing_is_told_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(frameworks, "FRAMEWORKS", (absent(),))
    assert absence("torch/*") == f"torch is not installed: {installing('torch')}"
    assert absence("numpy/*") is None
    with pytest.raises(UsageError, match=re.escape(f"--rule torch/*: torch is not installed: {installing('torch')}")):
        require(("numpy/*", "torch/*"))
    require(("numpy/*",))


def test_an_unknown_framework_is_told_with_those_that_there_are():
    with pytest.raises(UsageError, match="'mxnet'; there are torch, jax"):
        framework("mxnet")


def test_nothing_of_a_framework_is_imported_with_eigcheck():
    code = (
        "import sys, eigcheck, eigcheck.cli.gather, eigcheck.rules.frameworks.plain;"
        f" print([name for name in {FRAMEWORK_NAMES!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
