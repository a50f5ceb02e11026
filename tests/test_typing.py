"""What a type checker sees of the public names."""

from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parent.parent

USE = """
from eigcheck import {names}
import eigcheck.testing
from typing import Any
import numpy as np

verdict: Verdict = "fail"
wanted: list[Function] = ["eigvals", "eig"]
modes: tuple[Mode, ...] = ("reverse",)
domain: Domain = "upper"

def of(outcome: Outcome) -> str:
    return outcome.judgement.verdict

@rule("my/eigvals", function=("eigvals", "eig"), domain="symmetric", dtypes="float64")
def mine(A: Any) -> Any: ...

found = eigcheck.check(mine, np.eye(2), function="eigvals", mode=["reverse"])
"""
NAMES = ("Convention", "DType", "Domain", "Function", "Mode", "Outcome", "Structure", "Uplo", "Verdict", "rule")
USE = USE.format(names=", ".join(NAMES))
WRONG = {
    'rule("my/eigvals", function="eigenvals")': "arg-type",
    'rule("my/eigvals", function="eigvals", domain="hermitian")': "arg-type",
    'eigcheck.get_rule("numpy/lapack", "eigenvals")': "arg-type",
    'eigcheck.probe(np.eye(2), mode="backward")': "arg-type",
    'eigcheck.testing.assert_rule(of, function="eigenvals")': "arg-type",
    'other: Verdict = "failed"': "assignment",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What mypy says of each line of a module, and where its wrong lines begin."""
    folder = tmp_path_factory.mktemp("typing")
    path = folder / "use.py"
    path.write_text(USE + "".join(f"{line}\n" for line in WRONG))
    options = ["--strict", "--no-error-summary", "--hide-error-context"]
    # as `mypy` here, whose cache knows NumPy and eigcheck already
    here = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    out, errors, _ = api.run([*options, *here, str(path)])
    assert not errors
    lines = dict.fromkeys(range(1, len(path.read_text().splitlines()) + 1), "")
    for row in out.splitlines():
        lines[int(row.split(":")[1])] += row
    return lines, len(USE.splitlines())


def test_right_words_are_right(found):
    lines, right = found
    assert [told for line, told in lines.items() if line <= right and told] == []


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_a_wrong_word_is_seen(found, place):
    lines, right = found
    told = lines[right + 1 + place]
    assert f"[{list(WRONG.values())[place]}]" in told, list(WRONG)[place]
