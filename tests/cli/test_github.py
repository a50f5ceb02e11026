"""What GitHub Actions gets from `eigcheck run` without being asked for it."""

from html import unescape
from pathlib import Path

import pytest

from tests.cli.conftest import Eigcheck
from tests.reports.test_github import commands

WRONG = 'matrix: [[1, 2], [2, 3]]\nmodes: [reverse]\nrules: ["chainrules/released"]\n'
CASES = {"cases/one.yaml": f"# why\n{WRONG}"}


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workflow whose checkout is the folder above the one where eigcheck runs."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path.parent))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path / "summary.md"


def test_annotations_and_a_summary_come_unasked(eigcheck: Eigcheck, summary: Path) -> None:
    summary.write_text("from a step before\n")
    done = eigcheck("run", files=CASES)
    assert done.returncode == 1
    ((name, properties, _),) = commands(done.stderr)
    assert name == "error"
    assert properties["file"] == f"{summary.parent.name}/cases/one.yaml"
    assert "::error" not in done.stdout
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("from a step before\n# eigcheck\n\n1 outcome: 1 fail, 1 unexpected\n")


def test_elsewhere_nothing_comes_unasked(eigcheck: Eigcheck, summary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert eigcheck("run", files=CASES).stderr == ""
    assert not summary.exists()


def test_a_shipped_case_has_no_file(eigcheck: Eigcheck, summary: Path) -> None:
    args = ("run", "--shipped", "-k", "shipped:zygote-1369::chainrules/pr841::eigvals::reverse")
    done = eigcheck(*args, "--max-blind", "0")
    assert done.returncode == 1
    assert "expected  another verdict (by --max-blind)" in done.stdout
    ((_, properties, _),) = commands(done.stderr)
    assert list(properties) == ["title"]


@pytest.mark.parametrize("path", ["no/such/folder/summary.md", ".", "/dev/full", "x" * 5000], ids=len)
def test_a_summary_that_cannot_be_written_breaks_nothing(
    eigcheck: Eigcheck, summary: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", path)
    done = eigcheck("run", "--allow", "fail", files=CASES)
    assert done.returncode == 0
    assert done.stderr.startswith("warning: cannot write the job summary")
    assert len(done.stderr.splitlines()) == 1


def test_a_summary_fits_behind_what_is_there(eigcheck: Eigcheck, summary: Path) -> None:
    summary.write_text("x" * 999_000)
    assert eigcheck("run", files=CASES).returncode == 1
    assert 999_000 < summary.stat().st_size <= 1_000_000


def test_nothing_is_told_twice(eigcheck: Eigcheck, summary: Path) -> None:
    done = eigcheck("run", "-q", "--format", "github", "--report", f"markdown={summary}", files=CASES)
    assert "::error" not in done.stderr
    assert len(commands(done.stdout)) == 1
    assert summary.read_text(encoding="utf-8").count("# eigcheck") == 1


def test_other_commands_say_nothing(eigcheck: Eigcheck, summary: Path) -> None:
    assert eigcheck("probe", "1 2; 2 3", "--rule", "chainrules/released", "-q").stderr == ""
    assert not summary.exists()


def test_reports_that_github_reads_name_files_from_the_root_of_the_checkout(eigcheck: Eigcheck, summary: Path) -> None:
    """Asked for on the command line, or drawn again later, as much as those that come unasked."""
    where = f"{summary.parent.name}/cases/one.yaml"
    asked = ("--report", "sarif=s.sarif", "--report", "markdown=m.md", "--report", "json=r.json")
    done = eigcheck("run", "-q", "--format", "github", *asked, files=CASES)
    again = eigcheck("report", "r.json", "--format", "github", "--report", "sarif=again.sarif")
    for told in (done.stdout, again.stdout):
        ((_, properties, _),) = commands(told)
        assert properties["file"] == where
    for name in ("s.sarif", "again.sarif"):
        assert f'"uri": "{where}"' in (summary.parent / name).read_text(encoding="utf-8")
    assert f">{where}:2<" in unescape((summary.parent / "m.md").read_text(encoding="utf-8"))
    assert '"file": "cases/one.yaml"' in (summary.parent / "r.json").read_text(encoding="utf-8")


def test_elsewhere_reports_name_files_as_they_were_given(
    eigcheck: Eigcheck, summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "")
    ((_, properties, _),) = commands(eigcheck("run", "--format", "github", files=CASES).stdout)
    assert properties["file"] == "cases/one.yaml"


OWN = """import numpy as np
from eigcheck import rule


@rule("mine/zero", function="eigvals")
def zero(A):
    return np.linalg.eigvals(A), lambda bar: 0 * A
"""
MINE = ("run", "--load", "rules/mine.py", "--rule", "mine/*", "-q", "--format", "github")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_rule_is_annotated_where_its_source_is(eigcheck: Eigcheck, summary: Path, jobs: str) -> None:
    files = CASES | {"rules/mine.py": OWN}
    done = eigcheck(*MINE, "-j", jobs, "--report", "sarif=s.sarif", files=files)
    of_case, of_rule = commands(done.stdout)
    where = f"{summary.parent.name}/rules/mine.py"
    assert of_case[1]["file"] == f"{summary.parent.name}/cases/one.yaml"
    assert (of_rule[0], of_rule[1]["file"], of_rule[1]["line"]) == ("warning", where, "5")
    assert of_rule[1]["title"] == "fail: mine/zero"
    assert of_rule[2].startswith("1 unexpected outcome of mine/zero, the worst ")
    assert f'"uri": "{where}"' in (summary.parent / "s.sarif").read_text(encoding="utf-8")


def test_source_outside_the_checkout_is_not_annotated(
    eigcheck: Eigcheck, summary: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "")
    eigcheck("rules", files=CASES | {"rules/mine.py": OWN})
    assert [name for name, *_ in commands(eigcheck(*MINE).stdout)] == ["error", "warning"]
    outside = tmp_path_factory.mktemp("outside") / "mine.py"
    outside.write_text(OWN, encoding="utf-8")
    told = commands(eigcheck(*MINE[:2], str(outside), *MINE[3:]).stdout)
    assert [name for name, *_ in told] == ["error"]
