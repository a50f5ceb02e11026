"""`eigcheck explain`: one case in words, and scripts that show its fault, which are run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Done, Eigcheck

CASES = {
    "cases/two.yaml": """
cases:
- name: plain
  about: Two free entries.
  matrix: [[5, 2], [4, 3]]
- name: symmetric
  matrix: [[1, 2], [2, 3]]
- name: hermitian
  function: eigvalsh
  domain: symmetric
  matrix: [[1, "2+1j"], ["2-1j", 4]]
""",
    "cases/vectors.yaml": """
function: eig
matrix: [["1+1j", 2, "0.5j"], [0.5, "3-1j", 1], ["0.25j", -1, "5+2j"]]
""",
    "mine.py": """
import numpy as np
from eigcheck import rule

def forward(A, A_dot):
    values, vectors = np.linalg.eig(A)
    return 2 * np.diag(np.linalg.inv(vectors) @ A_dot @ vectors)

@rule("mine/doubled", function="eigvals", pushforward=forward)
def doubled(A):
    values, vectors = np.linalg.eig(A)
    return values, lambda bar: 2 * (np.linalg.inv(vectors).conj().T @ np.diag(bar) @ vectors.conj().T)

@rule("mine/raising", function="eigvals")
def raising(A):
    values = np.linalg.eigvals(A)
    def pullback(bar):
        raise ValueError("not today")
    return values, pullback

@rule("mine/careless", function="eigvals")
def careless(A):
    values, vectors = np.linalg.eig(A)
    A.setflags(write=True)
    A += 1
    return values, lambda bar: np.linalg.inv(vectors).conj().T @ np.diag(bar) @ vectors.conj().T

@rule("mine/empty", function="eigvals")
def empty(A):
    values, vectors = np.linalg.eig(A)
    return values, lambda bar: np.full(A.shape, np.nan)

@rule("mine/jumping", function="eigvals")
def jumping(A):
    values, vectors = np.linalg.eig(A)
    left = np.linalg.inv(vectors).conj().T
    return values, lambda bar: left @ np.diag(bar) @ vectors.conj().T * (1 if np.array_equal(A, A.T) else 2)

@rule("mine/snapping", function="eigvalsh", domain="symmetric")
def snapping(A):
    values, vectors = np.linalg.eigh(A)
    off = 0 if A[0, 1] == 2 + 1j or A[1, 0] == 2 - 1j else 0.1
    def pullback(bar):
        gradient = (vectors * bar) @ vectors.conj().T + off * np.sum(bar) * np.array([[0, 1], [1, 0]])
        return 2 * np.tril(gradient, -1) + np.diag(np.diag(gradient))
    return values, pullback

@rule("mine/column", function="eigvals")
def column(A):
    values, vectors = np.linalg.eig(A)
    return values[:, None], lambda bar: np.linalg.inv(vectors).T @ np.diag(np.ravel(bar)) @ vectors.T

@rule("mine/transposed", function="eig")
def transposed(A):
    values, vectors = np.linalg.eig(A)
    def pullback(bars):
        values_bar = 0 * values if bars[0] is None else bars[0]
        return (np.linalg.inv(vectors).conj().T @ np.diag(values_bar) @ vectors.conj().T)
    return (values, vectors), pullback
""",
}
LOAD = ("--load", "mine.py")


def executed(text: str, folder: Path) -> Done:
    path = folder / "elsewhere" / "reproducer.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    # a rule that is mended within a second, to a file of the same length, has the bytecode of the one before
    command = [sys.executable, "-B", path.name]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)


def test_the_walk_goes_through_the_whole_pipeline(eigcheck: Eigcheck) -> None:
    done = eigcheck("explain", "symmetric", "--rule", "chainrules/released", "--mode", "reverse", files=CASES)
    assert (done.returncode, done.stderr) == (0, "")
    titles = [row.partition(". ")[2] for row in done.stdout.splitlines() if row[:1].isdigit()]
    assert [title.partition(",")[0] for title in titles] == [
        "The problem",
        "What the rule answered",
        "What the oracles answered",
        "The budget",
        "The verdict",
        "The diagnosis",
        "The fix",
    ]
    for words in ("-0.4472135955 +-", "FAIL", "1.1e-16", "upper-triangle-collapse", "the ladder", "1 ULP"):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_right_rule_needs_no_fix(eigcheck: Eigcheck) -> None:
    done = eigcheck("explain", "cases/two.yaml:plain", "--rule", "numpy/lapack", files=CASES)
    assert done.returncode == 0
    assert "PASS" in done.stdout
    assert "Nothing has to change." in done.stdout
    assert "reverse" in done.stdout
    assert "forward" in done.stdout


@pytest.mark.parametrize("named", ["./q.yaml.d/../f.YML", "q.yaml.d/f.yaml:one", "q.yaml.d/./f.yaml"])
def test_files_are_known_by_whatever_path(eigcheck: Eigcheck, named: str) -> None:
    files = {"f.YML": "matrix: [[1]]\n", "q.yaml.d/f.yaml": "name: one\nmatrix: [[1]]\n"}
    for paths in ((), (".",)):
        done = eigcheck("explain", named, *paths, "--rule", "numpy/lapack", "--mode", "reverse", files=files)
        assert (done.returncode, done.stderr) == (0, "")


def test_shipped_cases_need_no_prefix(eigcheck: Eigcheck) -> None:
    done = eigcheck("explain", "zygote-1369", "--shipped", "--rule", "chainrules/pr841", "--mode", "forward")
    assert done.returncode == 0
    assert "shipped:zygote-1369::chainrules/pr841::eigvals::forward" in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("plian", "--rule", "numpy/lapack"), "Did you mean 'plain'"),
        (("cases/two.yaml", "--rule", "numpy/lapack"), "holds 3 cases; name one, as in cases/two.yaml:plain"),
        (("plain", "--rule", "numpy/lapack", "--reproducer"), "no fault to reproduce; the verdict is pass"),
        (("cases/two.yaml", "cases/vectors.yaml", "--rule", "numpy/lapack"), "no case 'cases/two.yaml' here"),
        (("plain",), "--rule"),
    ],
)
def test_what_cannot_be_explained_is_an_error(eigcheck: Eigcheck, args: tuple[str, ...], said: str) -> None:
    done = eigcheck("explain", *args, files=CASES)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_script_of_a_rule_of_ours_needs_numpy_alone(eigcheck: Eigcheck, tmp_path: Path) -> None:
    for mode in ("reverse", "forward"):
        args = ("symmetric", "--rule", "chainrules/released", "--mode", mode, "--reproducer")
        text = eigcheck("explain", *args, files=CASES).stdout
        imports = [row for row in text.splitlines() if row.startswith(("import", "from"))]
        assert imports == ["import numpy as np"]
        done = executed(text, tmp_path)
        assert done.returncode == 1
        assert "AssertionError: off by 0.447" in done.stderr
        assert "it should be:  -0.4472135" in done.stdout


@pytest.mark.parametrize(
    ("case", "rule", "mode", "said", "remedy"),
    [
        ("plain", "doubled", "reverse", "AssertionError: off by", ("lambda bar: 2 * ", "lambda bar: ")),
        ("plain", "doubled", "forward", "AssertionError: off by", ("return 2 * np.diag", "return np.diag")),
        ("plain", "raising", "reverse", "ValueError: not today", ('raise ValueError("not today")', "return 0 * A")),
        ("plain", "careless", "reverse", "AssertionError: the rule changes its argument", ("A += 1", "pass")),
        ("plain", "empty", "reverse", "AssertionError: the gradient exists and is finite", ("np.nan", "0.5")),
        # of another length: within a second Python takes a file of the same length for the one that it has compiled
        ("symmetric", "jumping", "reverse", "AssertionError: jumps by", ("else 2", "else 1.0")),
        ("hermitian", "snapping", "reverse", "AssertionError: jumps by", ("else 0.1", "else 0.0 * 1")),
        ("plain", "column", "reverse", "AssertionError: values are (n,)", ("values[:, None]", "values")),
        ("vectors", "transposed", "reverse", "AssertionError: off by", None),
    ],
)
def test_a_script_fails_until_the_rule_is_mended(
    eigcheck: Eigcheck, tmp_path: Path, case: str, rule: str, mode: str, said: str, remedy: tuple[str, str] | None
) -> None:
    args = ("explain", case, "--rule", f"mine/{rule}", "--mode", mode, *LOAD, "--reproducer")
    shown = eigcheck(*args, files=CASES)
    assert shown.returncode == 0, shown.stderr
    assert f"from mine import {rule}" in shown.stdout
    before = executed(shown.stdout, tmp_path)
    assert before.returncode == 1
    assert before.stderr.splitlines()[-1].startswith(said), before.stderr
    if remedy is not None:
        mended = CASES["mine.py"].replace(*remedy)
        assert mended != CASES["mine.py"]
        (tmp_path / "mine.py").write_text(mended, encoding="utf-8")
        after = executed(shown.stdout, tmp_path)
        assert after.returncode == 0, after.stderr


def test_a_callable_is_imported_by_its_name(eigcheck: Eigcheck, tmp_path: Path) -> None:
    args = ("plain", "--callable", "mine:doubled", "--rule", "mine:doubled", "--reproducer")
    shown = eigcheck("explain", *args, files=CASES)
    assert "from mine import doubled" in shown.stdout, shown.stderr
    assert "AssertionError: off by" in executed(shown.stdout, tmp_path).stderr


DECORATED = '@rule("mine/doubled", function="eigvals", pushforward=forward)\n'
CALLED = '\nrule("doubled", function="eigvals", pushforward=forward)(doubled)\n'


@pytest.mark.parametrize("module", ["rules", "deeper"])
@pytest.mark.parametrize(
    "declared", ["mypackage/doubled", "doubled", None], ids=["with its prefix", "without", "called"]
)
def test_the_script_of_an_installed_package_imports_its_module(
    eigcheck: Eigcheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: str | None, module: str
) -> None:
    """The package is found where Python would find it, and not run for that."""
    site = tmp_path / "site"
    told = site / "mypackage-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: mypackage\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[eigcheck.rules]\nmypackage = mypackage.rules\n")
    (site / "mypackage").mkdir()
    (site / "mypackage" / "__init__.py").touch()
    rules = CASES["mine.py"].replace('"mine/doubled"', f'"{declared}"').replace('"mine/', '"mypackage/')
    if declared is None:
        rules = CASES["mine.py"].replace(DECORATED, "").replace('"mine/', '"mypackage/') + CALLED
    (site / "mypackage" / "rules.py").write_text("from mypackage import deeper\n", encoding="utf-8")
    (site / "mypackage" / f"{module}.py").write_text(rules, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(site))
    args = ("plain", "--rule", "mypackage/doubled", "--mode", "reverse", "--reproducer")
    shown = eigcheck("explain", *args, files={"cases/two.yaml": CASES["cases/two.yaml"]})
    assert f"from mypackage.{module} import doubled" in shown.stdout, shown.stderr
    assert "AssertionError: off by" in executed(shown.stdout, tmp_path).stderr
