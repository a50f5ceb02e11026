"""The Julia worker with a user's own rules, and that it keeps to the protocol."""

import numpy as np
import pytest

from eigcheck.conformance import check_worker
from eigcheck.execution.external.runner import HELLO_BYTES, Command, WorkerProcess, WorkerRunner
from eigcheck.model import Eigenpairs, ForwardCall
from tests.execution.external.support import E0, E1, S, asked
from tests.execution.external.test_schema import validator
from tests.workers.julia.support import HERE, PATIENT, julia_worker, needs_julia

pytestmark = needs_julia
RULES = HERE / "rules.jl"
TURNING = np.array([[1.0, 2.0], [-3.0, 1.0]])


@pytest.fixture(scope="module")
def mine():
    with WorkerRunner(Command(julia_worker(RULES), PATIENT, PATIENT)) as runner:
        yield runner


def ask(runner, name, *calls):
    (rule,) = [
        rule for rule in runner.rules() if (rule.name, rule.function, rule.domain) == (name, "eigvals", "general")
    ]
    return runner.ask(rule, calls)


def test_the_protocol_is_kept():
    checks = list(check_worker(Command(julia_worker(HERE / "one_rule.jl", compiled=True), PATIENT, PATIENT)))
    assert [(check.name, check.told) for check in checks if check.ok is not True] == []


def test_what_a_file_offers(mine):
    rules = {rule.key: rule for rule in mine.rules()}
    assert len(rules) == 10
    assert rules["mine/right", "eigvals", "general", None].modes == ("reverse", "forward")
    assert rules["mine/both", "eig", "symmetric", None].dtypes == ("float64",)
    assert rules["mine/folded", "eigvals", "general", None].source == "wrong at symmetric matrices"


@pytest.mark.parametrize("dtype", ["float64", "complex128", "float32", "complex64"])
def test_gradients_of_every_dtype(mine, dtype):
    calls = [asked(E0, E1, matrix=matrix.astype(dtype), disciplined=True) for matrix in (S, TURNING)]
    for call, reply in zip(calls, ask(mine, "mine/right", *calls), strict=True):
        assert reply.trouble is None
        assert reply.misconduct == ()
        values, vectors = np.linalg.eig(call.matrix.astype(complex))
        order = np.argsort(values.real + 1e-3 * values.imag)
        room = 100 * np.finfo(dtype).eps
        assert np.max(np.abs(reply.primal.values - values[order])) < room
        for k, gradient in enumerate(reply.answers):
            left = np.linalg.inv(vectors)[order[k]].conj()
            wanted = np.outer(left, vectors[:, order[k]].conj())
            assert np.max(np.abs(gradient - (wanted if dtype.startswith("c") else wanted.real))) < room


def test_pushforwards(mine):
    (reply,) = ask(mine, "mine/right", ForwardCall(S, np.stack([np.eye(2), S]), disciplined=True))
    assert isinstance(reply.answers[0], Eigenpairs)
    assert np.max(np.abs(reply.answers[0].values - 1)) < 1e-13
    assert np.max(np.abs(reply.answers[1].values - np.linalg.eigvalsh(S))) < 1e-13


def test_standard_output_is_kept_clear(mine):
    (reply,) = ask(mine, "mine/right", asked(E0))
    assert "printed on standard output" in reply.printed


def test_what_is_thrown_says_where(mine):
    (reply,) = ask(mine, "mine/both", asked(E0))
    assert reply.trouble.kind == "exception"
    assert reply.trouble.message.startswith("ErrorException: not at all (")
    assert "rules.jl:" in reply.trouble.message


def test_a_rule_that_changes_its_input(mine):
    (reply,) = ask(mine, "mine/writes", asked(E0))
    assert [kind for kind, _ in reply.misconduct] == ["mutates-input"]
    assert np.array_equal(reply.answers[0], np.zeros((2, 2)))


def test_a_rule_that_defines_what_it_needs_when_it_is_first_asked(mine):
    (reply,) = ask(mine, "mine/late", asked(E0))
    assert reply.trouble is None
    assert np.max(np.abs(reply.primal.values - np.linalg.eigvalsh(S))) < 1e-13


def test_what_is_no_gradient(mine):
    (reply,) = ask(mine, "mine/text", asked(E0))
    assert reply.trouble is None
    assert "a gradient must be a matrix of numbers, not a String" in reply.answers[0].message


def test_a_matrix_that_is_not_finite_and_an_empty_one(mine):
    bad, empty = ask(mine, "mine/right", asked(E0, matrix=np.full((2, 2), np.nan)), asked(matrix=np.zeros((0, 0))))
    assert bad.trouble.kind == "exception"
    assert empty.primal is not None
    assert empty.primal.values.shape == (0,)


def test_one_that_ends_julia_costs_its_own_calls(mine):
    (reply,) = ask(mine, "mine/exits", asked(E0, matrix=S.astype("float32")))
    assert reply.trouble.kind == "died"
    assert "exited with code 0" in reply.trouble.message
    (after,) = ask(mine, "mine/right", asked(E0))
    assert after.trouble is None


def test_every_message_is_what_the_schema_allows():
    worker = WorkerProcess(julia_worker(RULES))
    hello = worker.listen(PATIENT, HELLO_BYTES)
    validator("hello").validate(hello)
    rule = {"name": "mine/right", "function": "eigvals", "domain": "general", "uplo": None}
    rows = [[[1.0, 2.0], [3.0, 4.0]], [["nan", 1], [1, "0x1p-3"]], "nonsense", []]
    items = [{"dtype": "float64", "matrix": matrix} for matrix in rows]
    asked = [{"id": 5, "request": "primal", "rule": rule, "items": items}, {"id": 6, "request": "transpose"}]
    asked.append({"id": 7, "request": "primal", "rule": {**rule, "name": "mine/gone"}, "items": items})
    replies = [worker.ask(request, PATIENT, HELLO_BYTES) for request in asked]
    for reply in [*replies, worker.ask(b'"no\\u00e9 object\\ud83d"\n', PATIENT, HELLO_BYTES)]:
        validator("reply").validate(reply)
    assert ["error" in item for item in replies[0]["items"]] == [False, True, True, False]
    assert [reply["id"] for reply in replies] == [5, 6, 7]
    assert worker.leave({"id": 8, "request": "shutdown"})[1] == 0
