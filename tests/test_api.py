"""In Python what the commands do."""

import sys
from pathlib import Path

import numpy as np
import pytest

import eigcheck
from eigcheck.errors import CaseFileError, RuleError, UsageError
from eigcheck.model import CotangentSpec
from tests.check.stage import H3, N3, S, kinds


def honest(A):
    values, vectors = np.linalg.eig(A)

    def pullback(bar):
        G = np.linalg.inv(vectors).conj().T @ np.diag(bar) @ vectors.conj().T
        return G if np.iscomplexobj(A) else G.real

    return values, pullback


def folded(A):
    values, pullback = honest(A)

    def fold(bar):
        G = pullback(bar)
        return np.triu(G) + np.triu(G.T, 1) if np.array_equal(A, A.T) else G

    return values, fold


def pushed(A, E):
    _values, vectors = np.linalg.eig(A)
    return np.diag(np.linalg.solve(vectors, E @ vectors))


def test_check_passes_a_correct_callable():
    (outcome,) = eigcheck.check(honest, N3)
    assert outcome.judgement.verdict == "pass"
    assert outcome.as_expected
    assert outcome.id == "check::rule::eigvals::reverse"


def test_check_finds_the_seeds_bug_in_a_closure():
    (outcome,) = eigcheck.check(folded, [[1, 2], [2, 3]], name="mine/folded")
    assert outcome.judgement.verdict == "fail"
    assert kinds(outcome.judgement) == ["mismatch", "jump"]
    assert outcome.judgement.diagnosis == ("upper-triangle-collapse",)
    assert outcome.rule == "mine/folded"
    assert not outcome.as_expected


def test_a_pushforward_is_an_outcome_of_its_own():
    reverse, forward = eigcheck.check(honest, N3, pushforward=pushed)
    assert (reverse.mode, forward.mode) == ("reverse", "forward")
    assert forward.judgement.verdict == "pass"
    _, wrong = eigcheck.check(honest, N3, pushforward=lambda A, E: 2 * pushed(A, E))
    assert wrong.judgement.verdict == "fail"


def test_a_pushforward_alone_is_judged_by_itself():
    (outcome,) = eigcheck.check(None, N3, pushforward=pushed)
    assert (outcome.mode, outcome.judgement.verdict) == ("forward", "pass")
    (wrong,) = eigcheck.check(None, N3, pushforward=lambda A, E: 2 * pushed(A, E))
    assert wrong.judgement.verdict == "fail"
    with pytest.raises(UsageError, match="there is neither"):
        eigcheck.check(None, N3)


def test_check_takes_modes_and_says_which_a_rule_has_not():
    (only,) = eigcheck.check(honest, N3, pushforward=pushed, mode="forward")
    assert only.mode == "forward"
    assert [o.mode for o in eigcheck.check(honest, N3, mode=("forward", "reverse"))] == ["reverse"]
    with pytest.raises(UsageError, match="nothing to judge: has no forward mode"):
        eigcheck.check(honest, N3, mode="forward")
    for mode, told in (("backward", "unknown mode 'backward'"), ((), "no mode is named")):
        with pytest.raises(UsageError, match=told):
            eigcheck.check(honest, N3, mode=mode)


def test_a_rule_made_for_one_order_is_asked_for_no_other():
    asked = set()

    def of_two(A):
        asked.add(len(A))
        return honest(A)

    (outcome,) = eigcheck.check(of_two, S, orders=2)
    assert outcome.judgement.verdict == "pass"
    assert asked == {2}
    (embedding,) = [r for r in outcome.judgement.detail.relations if r.name == "embedding"]
    assert embedding.why == "the rule does not take matrices of order 3"
    with pytest.raises(UsageError, match="nothing to judge: does not take matrices of order 3"):
        eigcheck.check(of_two, N3, orders=(2,))


def test_check_takes_functions_domains_and_triangles():
    def rrule(A):
        values, vectors = np.linalg.eigh(A, UPLO="U")

        def pullback(bar):
            G = vectors @ np.diag(bar) @ vectors.T
            return np.triu(2 * G, 1) + np.diag(np.diag(G))

        return values, pullback

    for rest in ({"domain": "upper"}, {"uplo": "U"}):
        (outcome,) = eigcheck.check(rrule, N3, function="eigvalsh", **rest)
        assert outcome.judgement.verdict == "pass"
    (outcome,) = eigcheck.check(rrule, N3, function="eigvalsh", domain="lower")
    assert outcome.judgement.verdict == "fail"


def test_check_takes_a_cotangent_and_a_convention():
    spec = CotangentSpec(kind="trace-power", power=3)
    (outcome,) = eigcheck.check(honest, H3, cotangent=spec, convention="free")
    assert outcome.judgement.verdict == "pass"
    assert outcome.judgement.oracles["identities"].status == "answered"


def test_a_cotangent_may_be_written_as_in_a_case_file():
    (outcome,) = eigcheck.check(honest, H3, cotangent="{loss: trace-power, power: 3}", convention="free")
    assert outcome.judgement.oracles["identities"].status == "answered"
    for spec in (CotangentSpec("explicit", values=[1, 0, 0]), CotangentSpec("random", of="values")):
        assert eigcheck.check(honest, H3, cotangent=spec)[0].judgement.verdict == "pass"
    with pytest.raises(UsageError, match="cotangent"):
        eigcheck.check(honest, H3, cotangent="{valuse: [1, 0, 0]}")


@pytest.mark.parametrize(
    ("cotangent", "message"),
    [
        (CotangentSpec(kind="fixed"), "unknown kind of cotangent 'fixed'"),
        ({"values": [1, 0, 0]}, "a text as in a case file or a CotangentSpec, not a dict"),
        (CotangentSpec("explicit", values=np.ones(2)), r"values is an array of finite numbers of shape \(3,\)"),
        (CotangentSpec("explicit", values=np.array([1, 0, np.nan])), "finite"),
        (CotangentSpec("explicit", values=["1", "0", "0"]), "numbers"),
        (CotangentSpec("explicit", values=[[1], [1, 0]]), "values: "),
        (CotangentSpec("explicit", vectors=np.eye(3)), "eigvals has no vectors"),
        (CotangentSpec("explicit"), "explicit needs values or vectors"),
        (CotangentSpec("matrix-power", power=2), "matrix-power needs weight"),
        *((CotangentSpec(**{word: -1}), f"cotangent.{word} ") for word in ("power", "count", "seed", "gauge")),
        (CotangentSpec("random", of="value"), "unknown part of a cotangent 'value'"),
    ],
)
def test_what_is_no_cotangent_is_told(cotangent, message):
    with pytest.raises(UsageError, match=message):
        eigcheck.check(honest, H3, cotangent=cotangent)
    with pytest.raises(UsageError, match=message):
        eigcheck.probe(H3, rule="numpy/lapack", cotangent=cotangent)


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ([[1, 2], [3, 4]], "float64"),
        (np.eye(2, dtype=np.int8), "float64"),
        (np.diag([True, False]), "float64"),
        (np.diag([1, 2]).astype(np.float32), "float32"),
        ([[1, 2j], [3, 4]], "complex128"),
        (np.asfortranarray(N3), "float64"),
        (N3[::-1].T, "float64"),
        (N3.astype(">f8"), "float64"),
        (N3.astype("<c8"), "complex64"),
    ],
)
def test_matrices_become_contiguous_read_only_copies(given, dtype):
    seen = []

    def rrule(A):
        seen.append(A)
        return honest(A)

    before = np.array(given)
    eigcheck.check(rrule, given)
    assert str(seen[0].dtype) == dtype
    assert np.array_equal(seen[0], before)
    assert np.array_equal(np.asarray(given), before)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((2, 3)), "not square"),
        (np.zeros(4), "not square"),
        (np.zeros((1, 2, 2)), "not square"),
        (np.eye(2, dtype=np.float16), "float16"),
        (np.eye(2, dtype=np.longdouble), "longdouble|float128"),
        ([["a", "b"], ["c", "d"]], "not judged"),
        ([[1, 2], [3]], "this is no matrix"),
        ([[1, 2], 3], "this is no matrix"),
        (np.ma.masked_array(np.eye(2), [[True, False], [False, False]]), "masked entries is not judged"),
    ],
)
def test_what_is_no_matrix_is_an_error_that_says_so(given, message):
    with pytest.raises(UsageError, match=message):
        eigcheck.check(honest, given)


@pytest.mark.parametrize(
    "wrong", [{"function": "eigval"}, {"domain": "hermitian"}, {"convention": "julia"}, {"domain": "symmetric"}]
)
def test_unknown_words_and_matrices_off_the_domain_are_errors(wrong):
    with pytest.raises(UsageError):
        eigcheck.check(honest, N3, **wrong)


def test_probe_judges_registered_rules_by_glob():
    outcomes = eigcheck.probe(S, rule="chainrules/*")
    verdicts = {outcome.rule: outcome.judgement.verdict for outcome in outcomes}
    assert verdicts == {"chainrules/released": "fail", "chainrules/pr841": "pass", "chainrules/wrapper-types": "pass"}


def test_probe_takes_modes_and_names_an_unknown_rule():
    outcomes = eigcheck.probe(S, rule="chainrules/pr841", mode=("reverse", "forward"))
    assert [outcome.judgement.verdict for outcome in outcomes] == ["pass", "fail"]
    with pytest.raises(UsageError, match="chainrules/pr841"):
        eigcheck.probe(S, rule="chainrules/pr842")


def test_get_rule_returns_the_callable_itself():
    rrule = eigcheck.get_rule("numpy/lapack", "eigvals")
    values, pullback = rrule(N3)
    assert np.allclose(sum(pullback(row) for row in np.eye(3)), np.eye(3), rtol=0, atol=1e-13)
    assert values.shape == (3,)
    assert callable(eigcheck.get_rule("numpy/lapack", "eigh", "upper"))
    with pytest.raises(RuleError, match="numpy/lapack"):
        eigcheck.get_rule("numpy/lapac", "eigvals")


CASE = """\
name: a-case
matrix: [[1, 2], [2, 3]]
rules: ["chainrules/released", "numpy/lapack"]
expect:
  chainrules/released@reverse: {verdict: fail, findings: [mismatch, jump]}
  chainrules/released@forward: fail
"""


def test_run_judges_case_files(tmp_path):
    file = tmp_path / "a-case.yaml"
    file.write_text(CASE)
    outcomes = eigcheck.run([str(file)])
    assert len(outcomes) == 4
    assert all(outcome.as_expected for outcome in outcomes)
    assert {outcome.rule for outcome in eigcheck.run([str(tmp_path)], rule="numpy/*")} >= {"numpy/lapack"}


def test_run_raises_all_mistakes_of_all_files(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("matrix: [[1, 2]]\nfunktion: eig\n")
    with pytest.raises(CaseFileError) as caught:
        eigcheck.run([str(tmp_path)])
    assert {fault.file.split("/")[-1] for fault in caught.value.faults} == {"one.yaml", "two.yaml"}


def test_programs_have_rules_too(tmp_path):
    command = f"{sys.executable} {Path(__file__).parent / 'execution' / 'external' / 'honest_worker.py'}"
    (tmp_path / "c.yaml").write_text("matrix: [[1, 2], [4, 3]]\n")
    found = eigcheck.run([str(tmp_path)], exec_=command)
    assert [(one.rule, one.mode, one.judgement.verdict) for one in found] == [
        ("two/eigvals", "reverse", "pass"),
        ("two/eigvals", "forward", "pass"),
    ]
    (probed,) = eigcheck.probe([[1.0, 2.0], [4.0, 3.0]], rule="two/*", exec_=[command])
    assert probed.judgement.verdict == "pass"


@pytest.mark.parametrize(
    "wrong", [{"structures": ("symetric",)}, {"uplo": "X"}, {"function": "svd"}, {"domain": "all"}]
)
def test_unknown_words_are_told(wrong):
    (word,) = [value[0] if isinstance(value, tuple) else value for value in wrong.values()]
    with pytest.raises(UsageError, match=f"unknown .* '{word}'; there are"):
        eigcheck.check(honest, H3, **wrong)
    with pytest.raises(UsageError, match="unknown mode 'backward'; there are"):
        eigcheck.probe(H3, mode="backward")


@pytest.mark.parametrize("form", [str, Path, lambda path: [path]])
def test_one_path_is_one_path(tmp_path, form):
    (tmp_path / "c.yaml").write_text("matrix: [[1, 2], [4, 3]]\nmodes: [reverse]\n")
    assert {one.problem.case for one in eigcheck.run(form(tmp_path), rule="numpy/lapack")} == {"c"}
    with pytest.raises(UsageError, match="nope: there is no such file or folder"):
        eigcheck.run("nope")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"seed": -1}, "seed is a whole number from 0 to .*, not -1"),
        ({"seed": 1.5}, "seed is a whole number"),
        ({"seed": True}, "seed is a whole number"),
        ({"seed": 2**63}, "seed is a whole number"),
        ({"outcome_timeout": "5"}, "outcome_timeout is a positive number of seconds, not '5'"),
        ({"mode": 5}, "unknown mode 5"),
    ],
)
def test_what_is_no_seed_time_or_mode_is_told(wrong, message):
    with pytest.raises(UsageError, match=message):
        eigcheck.check(honest, S, **wrong)
    with pytest.raises(UsageError, match=message):
        eigcheck.probe(S, **wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ulps": 0}, "each of ulps is a whole number from 1 to 9007199254740992, not 0"),
        ({"ulps": (1, 2**53 + 1)}, "each of ulps"),
        ({"ulps": "12"}, "each of ulps"),
        ({"rule": 5}, "rule is a text, or several, not 5"),
        ({"rule": ("numpy/*", None)}, "rule is a text, or several"),
        ({"exec_": 5}, "exec_ is a text"),
    ],
)
def test_what_a_probe_cannot_take_is_told(wrong, message):
    with pytest.raises(UsageError, match=message):
        eigcheck.probe(S, **wrong)


def test_a_single_count_or_structure_is_one():
    (outcome,) = eigcheck.probe(S, rule="numpy/lapack", ulps=2)
    assert outcome.judgement.verdict == "pass"
    assert eigcheck.check(honest, S, structures="symmetric")[0].problem.structures == ("symmetric",)


@pytest.mark.parametrize("given", [(5, None), (None, 5), (honest, "f")])
def test_what_cannot_be_called_is_no_rule(given):
    with pytest.raises(UsageError, match=r"a (int|str) is no callable"):
        eigcheck.check(given[0], S, pushforward=given[1])
    with pytest.raises(UsageError, match="a rule's name is a text, not 5"):
        eigcheck.check(honest, S, name=5)


@pytest.mark.parametrize("name", ["a[b]", "rule[float64-general]", "a*", "a?", "?", "[!a]", "*"])
def test_a_callable_may_have_any_name(name):
    (outcome,) = eigcheck.check(eigcheck.get_rule("numpy/lapack", "eigvals"), S, name=name)
    assert (outcome.rule, outcome.judgement.verdict) == (name, "pass")


def test_check_is_the_function_whatever_was_imported_of_its_folder():
    import eigcheck.check.verdict  # importing it puts the folder in the function's place elsewhere
    from eigcheck.api import check

    assert eigcheck.check is check
