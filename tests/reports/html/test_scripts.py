"""Functions of the page's own script that need no browser, run by Node.js where it is installed."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from eigcheck.reports.html.page import HERE

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs Node.js")


def evaluated(expression: str, *names: str) -> Any:
    """The value of an expression after some of the page's files."""
    assert NODE is not None
    own = "\n".join((HERE / "assets" / f"{name}.js").read_text(encoding="utf-8") for name in names)
    code = f'"use strict";\n{own}\nconsole.log(JSON.stringify({expression}));'
    done = subprocess.run([NODE, "-e", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1e300", "1e300"),
        ("-0.0", "-0"),
        ("0.1", "0.1"),
        ("5e-324", "5e-324"),
        ("1/3", "0.3333333333333333"),
        ('"nan"', "NaN"),
        ("[0.1, -0.0]", "0.1"),
        ("[1e300, -2]", "1e300-2j"),
    ],
)
def test_a_matrix_is_told_in_the_fewest_digits_that_lead_back(value: str, words: str) -> None:
    assert evaluated(f"written({value}, exact)", "numbers") == words


MISMATCH = {"kind": "mismatch", "cotangent": 0, "entry": [1, 0]}
DETAIL = {"worst_cotangent": 0, "error": [[0, 3], [2, 0]], "allowed": [[1, 1], [1, 1]]}


@pytest.mark.parametrize(
    ("findings", "entry"),
    [
        ([MISMATCH], {"i": 1, "j": 0}),
        ([{"kind": "jump", "cotangent": 0, "entry": [0, 0]}, MISMATCH], {"i": 1, "j": 0}),
        ([{**MISMATCH, "cotangent": 1}], {"i": 0, "j": 1}),
        ([], {"i": 0, "j": 1}),
    ],
    ids=["the finding's", "the mismatch's", "of another cotangent", "no finding"],
)
def test_maps_begin_at_the_entry_that_the_findings_tell_of(findings: list[Any], entry: dict[str, int]) -> None:
    outcome = json.dumps({"detail": DETAIL, "findings": findings})
    assert evaluated(f"worstEntry({outcome})", "numbers", "maps") == entry


def test_an_address_names_an_outcome_by_its_id_or_its_place() -> None:
    case = 'a b[n=2]::r/%</script>"#é::eigvals::reverse'
    told = json.dumps(case)
    address = evaluated(f"addressOf({told})", "address")
    assert not set(address) & set('"<> ')
    for fragment, named in ((address, True), ("#o3", True), ("#o31", False), ("", False), ("#%", False)):
        assert evaluated(f'isNamed({json.dumps(fragment)}, "o3", {told})', "address") is named


def test_eigenvalues_that_coincide_share_a_label() -> None:
    values = json.dumps([{"k": k, "re": re, "im": im} for k, (re, im) in enumerate([(1, 0), (4, 0), (1, 0), (1, 2)])])
    assert evaluated(f"labels({values}, 0.06).map((one) => one.shown)", "spectrum") == ["0, 2", "1", "3"]
