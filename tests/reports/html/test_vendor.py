"""The vendored libraries are what their table says, unmodified and licensed."""

import hashlib
import re
from pathlib import Path

import pytest

import eigcheck.reports.html
from eigcheck.reports.html.page import LIBRARIES, PARTS, PLOT_STYLE, STYLES

HERE = Path(eigcheck.reports.html.__file__).parent
ROWS = re.findall(
    r"^\| (\S+\.js) \|.*?(LICENSE-\S+) \| (\w{64}) \|$", (HERE / "vendor/README.md").read_text("utf-8"), re.M
)


def test_the_table_names_every_library():
    assert [f"vendor/{name}" for name, _, _ in ROWS] == list(LIBRARIES)


@pytest.mark.parametrize(("name", "licence", "expected"), ROWS)
def test_a_library_is_unmodified_and_licensed(name, licence, expected):
    content = (HERE / "vendor" / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == expected
    assert b"</script" not in content.lower()
    assert "Permission to use, copy, modify" in (HERE / "vendor" / licence).read_text("utf-8")


def test_the_style_that_the_policy_allows_is_the_library_s_own():
    source = (HERE / "vendor/plot.umd.min.js").read_text("utf-8").replace("\\n", "\n").replace("${c}", "plot-d6a7b5")
    assert PLOT_STYLE in source


def test_every_asset_is_in_the_page():
    own = {path.name for path in (HERE / "assets").iterdir()}
    assert own == {*PARTS, *STYLES}


def test_assets_are_small_files():
    assert max(len(path.read_text("utf-8").splitlines()) for path in (HERE / "assets").iterdir()) <= 250
