"""Which rules run on which cases, in which order, and against which expectation."""

from dataclasses import replace

import numpy as np
import pytest

from eigcheck import engine, pool
from eigcheck.engine import Plan, run, select
from eigcheck.errors import UsageError
from eigcheck.execution.perform import LocalRunner
from eigcheck.execution.router import Router, RuleSources
from eigcheck.model import CotangentSpec, Expectation, Problem, Rule
from eigcheck.rules.registry import load_builtin, registered
from eigcheck.tasks import Task, expectation
from tests.check.stage import CENTRAL, S

SYMMETRIC, GENERAL = S, np.array([[1.0, 2.0], [0.5, 3.0]])


def honest(A):
    values, vectors = np.linalg.eig(A)
    return values, lambda bar: (np.linalg.inv(vectors).T @ np.diag(bar) @ vectors.T).real


def made(name, function="eigvals", domain="general", uplo=None, builtin=False, forward=False, **rest):
    return Rule(name, function, domain, uplo, rrule=honest, has_forward=forward, builtin=builtin, **rest)


def problem(case="case", matrix=GENERAL, **rest):
    return Problem(case, matrix, dtype=str(matrix.dtype), **rest)


BUILTIN = (made("numpy/lapack", builtin=True), made("numpy/other", builtin=True), made("chainrules/bug", builtin=True))
FOREIGN = (made("mylib/a", forward=True), made("mylib/b"))


def names(plan):
    return [(task.problem.case, task.rule.name, task.modes) for task in plan.tasks]


def rules_of(plan):
    return [task.rule.name for task in plan.tasks]


def test_without_any_word_the_loaded_rules_run_and_else_numpys():
    assert rules_of(select([problem()], BUILTIN + FOREIGN)) == ["mylib/a", "mylib/b"]
    assert rules_of(select([problem()], BUILTIN)) == ["numpy/lapack", "numpy/other"]


def test_a_cases_own_rules_replace_these_and_the_option_replaces_all():
    case = problem(rules=("chainrules/*",))
    assert rules_of(select([case], BUILTIN + FOREIGN)) == ["chainrules/bug"]
    assert rules_of(select([case], BUILTIN + FOREIGN, rule_globs=("mylib/b", "numpy/*"))) == [
        "numpy/lapack",
        "numpy/other",
        "mylib/b",
    ]


def test_globs_are_case_sensitive_and_cross_slashes():
    assert len(select([problem()], BUILTIN, rule_globs=("*",)).tasks) == 3
    assert rules_of(select([problem()], BUILTIN, rule_globs=("*bug",))) == ["chainrules/bug"]
    with pytest.raises(UsageError, match="matches no rule"):
        select([problem()], BUILTIN, rule_globs=("NumPy/*",))


def test_a_glob_that_matches_nothing_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean numpy/lapack"):
        select([problem()], BUILTIN, rule_globs=("numpy/lapak",))


def test_an_exact_name_that_fits_nothing_is_an_error_with_the_reason():
    with pytest.raises(UsageError, match="fits none of the selected cases: has no rule for eigh"):
        select([problem(function="eigh")], BUILTIN, rule_globs=("numpy/lapack",))
    # a glob may match without fitting, and an exact name has to fit only one of the cases
    assert select([problem(function="eigh")], BUILTIN, rule_globs=("numpy/*",)).tasks == ()
    plan = select([problem(function="eigh"), problem("other")], BUILTIN, rule_globs=("numpy/lapack",))
    assert rules_of(plan) == ["numpy/lapack"]


@pytest.mark.parametrize(
    ("rule", "case", "reason"),
    [
        (made("r/x"), problem(function="eigh"), "has no rule for eigh"),
        (made("r/x"), problem(domain="upper"), "has no rule for eigvals on domain upper"),
        (made("r/x", dtypes=("float32",)), problem(), "does not take float64"),
        (made("r/x", orders=(3, 4)), problem(), "does not take matrices of order 2"),
        (made("r/x", "eigvalsh", uplo="L"), problem(function="eigvalsh", uplo="U"), "does not read triangle U"),
        (made("r/x"), problem(modes=("forward",)), "has no forward mode"),
        (made("r/x", domain="symmetric"), problem(domain="symmetric"), "is not symmetric"),
        (made("r/x"), problem(rules=("r/y",)), "no rule of this name"),
    ],
)
def test_what_does_not_fit_is_told_with_the_reason(rule, case, reason):
    plan = select([case], [rule])
    assert plan.tasks == ()
    (missed,) = plan.not_run
    assert missed.case == "case"
    assert reason in missed.reason


def test_a_rule_that_does_not_compute_on_the_device_is_passed_over_with_the_remedy():
    on_cuda = problem(device="cuda")
    away = replace(made("r/away"), elsewhere="no CUDA device here; install one")
    both = replace(made("r/both"), devices=("cpu", "cuda"))
    plan = select([on_cuda], [made("r/plain"), away, both], rule_globs=["r/*"])
    assert [task.rule.name for task in plan.tasks] == ["r/both"]
    assert {note.rule: note.reason for note in plan.not_run} == {
        "r/plain": "does not compute on cuda: it computes with NumPy arrays, on cpu",
        "r/away": "does not compute on cuda: no CUDA device here; install one",
        "r/both": "has no forward mode",
    }
    with pytest.raises(UsageError, match="fits none of the selected cases: does not compute on cuda: no CUDA"):
        select([on_cuda], [away], rule_globs=["r/away"])


def test_nothing_is_said_of_phases_that_are_not_lapacks():
    both = replace(made("r/both"), devices=("cpu", "cuda"))
    conventions = [select([problem(device=d)], [both]).tasks[0].rule.convention for d in ("cpu", "cuda")]
    assert conventions == ["lapack", "free"]


def test_a_matrix_on_its_domain_fits():
    hermitian = np.array([[1, 2 + 1j], [2 - 1j, 3]])
    rule = made("r/x", domain="symmetric")
    for matrix in (SYMMETRIC, hermitian, np.array([[np.nan, 1], [1, 2]])):
        assert len(select([problem(matrix=matrix, domain="symmetric")], [rule]).tasks) == 1
    complex_symmetric = np.array([[1, 2 + 1j], [2 + 1j, 3]])
    assert select([problem(matrix=complex_symmetric, domain="symmetric")], [rule]).tasks == ()


def test_of_one_name_the_rule_for_the_triangle_runs():
    rules = [made("r/x", "eigh", uplo=uplo) for uplo in ("U", "L")]
    plain = made("r/x", "eigh")
    for uplo, among, want in (
        ("U", rules, "U"),
        ("L", rules, "L"),
        (None, rules, "L"),
        (None, [*rules, plain], None),
        ("L", [plain], None),
    ):
        (task,) = select([problem(function="eigh", uplo=uplo)], among).tasks
        assert task.rule.uplo == want


def test_modes_are_those_of_the_case_the_rule_and_the_option():
    both = made("r/x", forward=True)
    assert names(select([problem()], [both])) == [("case", "r/x", ("reverse", "forward"))]
    assert names(select([problem(modes=("forward",))], [both])) == [("case", "r/x", ("forward",))]
    assert names(select([problem()], [both], modes=("reverse",))) == [("case", "r/x", ("reverse",))]
    assert select([problem()], [both], modes=("reverse",)).total == 1


def test_a_mode_that_a_rule_has_not_is_told_beside_what_runs():
    why = (("forward", "NotImplementedError: no jvp"),)
    plan = select([problem()], [made("r/x"), made("r/y", lacks=why)])
    assert [task.modes for task in plan.tasks] == [("reverse",)] * 2
    assert [(note.rule, note.mode, note.reason) for note in plan.not_run] == [
        ("r/x", "forward", "has no forward mode"),
        ("r/y", "forward", "has no forward mode: NotImplementedError: no jvp"),
    ]
    for unasked in ({"modes": ("reverse",)}, {"texts": ("reverse",)}):
        assert select([problem()], [made("r/x")], **unasked).not_run == ()
    assert select([problem(modes=("reverse",))], [made("r/x")]).not_run == ()
    (note,) = select([problem(modes=("reverse",))], [made("r/x")], modes=("forward",)).not_run
    assert note.reason == "the case does not ask for this mode"


def test_texts_select_outcomes_by_their_id():
    cases = [problem("one"), problem("two")]
    both = [made("r/x", forward=True), made("r/y")]
    assert names(select(cases, both, texts=("two::r/x",))) == [("two", "r/x", ("reverse", "forward"))]
    assert names(select(cases, both, texts=("forward",))) == [
        ("one", "r/x", ("forward",)),
        ("two", "r/x", ("forward",)),
    ]
    assert select(cases, both, texts=("r/y::eigvals::rev", "one::r/x::eigvals::f")).total == 3


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("a/b", True),
        ("a/*", True),
        ("*", True),
        ("a/b@eig", True),
        ("a/b@reverse", True),
        ("*@eig@reverse", True),
        ("a/b@eigh", False),
        ("a/b@forward", False),
        ("*@eig@forward", False),
        ("A/b", False),
    ],
)
def test_expectations_are_found_by_rule_function_and_mode(pattern, matches):
    wanted = Expectation(("fail",), source=pattern)
    found = expectation(problem(function="eig", expect=((pattern, wanted),)), "a/b", "reverse")
    assert found == (wanted if matches else Expectation())


def test_the_first_that_matches_counts():
    first, second = Expectation(("fail",)), Expectation(("error",))
    case = problem(expect=(("a/*", first), ("*", second)))
    assert expectation(case, "a/b", "reverse") is first
    assert expectation(case, "b/b", "reverse") is second


def outcomes(plan, **rest):
    return list(run(plan, CENTRAL, LocalRunner(), **rest))


def test_outcomes_come_in_the_order_of_the_plan():
    plan = select([problem("one"), problem("two")], FOREIGN[1:] + BUILTIN[:1], rule_globs=("*",))
    made_outcomes = outcomes(plan)
    assert [o.id for o in made_outcomes] == [
        f"{case}::{rule}::eigvals::reverse" for case in ("one", "two") for rule in ("mylib/b", "numpy/lapack")
    ]
    assert all(o.judgement.verdict == "pass" and o.as_expected and o.seconds > 0 for o in made_outcomes)
    assert len(made_outcomes) == plan.total


def test_outcomes_come_one_by_one():
    plan = select([problem("one"), problem("two")], BUILTIN[:1])
    stream = run(plan, CENTRAL, LocalRunner())
    assert next(stream).problem.case == "one"
    stream.close()


def test_rules_without_a_callable_here_are_asked_elsewhere():
    class Elsewhere(Router):
        asked = 0

        def ask(self, rule, calls):
            if rule.here:
                return super().ask(rule, calls)
            Elsewhere.asked += 1
            return super().ask(made(rule.name), calls)

    absent = Rule("mylib/child", "eigvals")
    plan = Plan((Task(problem(), absent, ("reverse",)), Task(problem(), BUILTIN[0], ("reverse",))))
    both = list(run(plan, CENTRAL, Elsewhere(RuleSources())))
    assert [o.judgement.verdict for o in both] == ["pass", "pass"]
    assert Elsewhere.asked > 0


def test_a_cotangent_that_a_function_cannot_have_costs_its_own_outcomes_only():
    impossible = problem("impossible", cotangent=CotangentSpec(kind="matrix-power", power=2, weight=np.eye(2)))
    rule = made("r/x", forward=True)
    rule = Rule("r/x", "eigvals", rrule=honest, pushforward=lambda A, E: np.zeros(2), has_forward=True)
    bad, worse, good, other = outcomes(select([impossible, problem("good")], [rule]))
    for outcome, mode in ((bad, "reverse"), (worse, "forward")):
        assert outcome.mode == mode
        assert outcome.judgement.verdict == "error"
        assert "use eig or eigh" in outcome.judgement.findings[0].message
    assert good.judgement.verdict == "pass"
    assert other.judgement.verdict == "fail"


def test_chunks_keep_the_tasks_of_a_case_together():
    tasks = [Task(p, rule, ("reverse",)) for p in (problem(str(i)) for i in range(40)) for rule in FOREIGN]
    chunks = pool._chunks(tasks)
    assert [task for chunk in chunks for task in chunk] == tasks
    for chunk in chunks:
        assert len(chunk) % len(FOREIGN) == 0
        assert sum(task.cost for task in chunk) < 20
    assert pool._chunks([]) == []


def test_chunks_are_small_whatever_there_is_to_do():
    one_case = [Task(problem("many rules"), FOREIGN[0], ("reverse", "forward")) for _ in range(1000)]
    large = [Task(problem("large", np.eye(60)), FOREIGN[0], ("reverse",)) for _ in range(3)]
    chunks = pool._chunks([*one_case, *large])
    assert max(sum(task.cost for task in chunk) for chunk in chunks[:-3]) < 30
    assert [len(chunk) for chunk in chunks[-2:]] == [1, 1]


def test_names_are_looked_up_and_only_globs_compared_with_each(monkeypatch):
    compared = []
    monkeypatch.setattr(engine, "meant", lambda glob, name: compared.append(glob) or name.startswith("many/1"))
    rules = [made(f"many/{k}") for k in range(1000)]
    cases = [problem(name) for name in "ab"]
    assert select(cases, rules, modes=("reverse",)).total == 2000
    assert select(cases, rules, rule_globs=("many/7", "many/8"), modes=("reverse",)).total == 4
    assert compared == []
    assert select(cases, rules, rule_globs=("many/1*",), modes=("reverse",)).total == 2 * 111
    assert set(compared) == {"many/1*"}


def test_more_processes_give_the_same_outcomes_in_the_same_order():
    load_builtin()
    cases = [problem(str(i), SYMMETRIC + i * np.eye(2)) for i in range(4)]
    plan = select(cases, registered(), rule_globs=("chainrules/released",), modes=("reverse",))
    one = list(run(plan, CENTRAL, LocalRunner()))
    two = list(run(plan, CENTRAL, LocalRunner(), jobs=2))
    assert len(plan.tasks) == 4
    assert [o.id for o in two] == [o.id for o in one]
    assert [o.judgement.verdict for o in two] == [o.judgement.verdict for o in one]
    assert [o.judgement.findings for o in two] == [o.judgement.findings for o in one]


def test_the_environment_says_what_a_reader_needs():
    told = engine.environment()
    assert set(told) >= {"python", "numpy", "scipy", "blas", "platform"}
    assert told["numpy"] == np.__version__
    assert all(isinstance(value, str) and value for value in told.values())
