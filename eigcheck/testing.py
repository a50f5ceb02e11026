"""For tests of rules: `assert_rule(rrule, cases=..., function=..., domain=...)`. Loads no numerics until it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from eigcheck.names import DTYPES, MODES, VERDICTS
from eigcheck.words import choices, some_of, words_of

if TYPE_CHECKING:
    from eigcheck.api import CasePath
    from eigcheck.model import Problem
    from eigcheck.names import Convention, Domain, DType, Function, Mode, Uplo, Verdict
    from eigcheck.outcome import Outcome

__all__ = ["assert_rule"]


def assert_rule(
    rrule: Callable[..., Any] | None,
    cases: CasePath | Sequence[CasePath] = "cases",
    *,
    function: Function = "eigvals",
    domain: Domain = "general",
    uplo: Uplo | None = None,
    mode: Mode | Sequence[Mode] = MODES,
    pushforward: Callable[..., Any] | None = None,
    dtypes: DType | Sequence[DType] = DTYPES,
    orders: int | Iterable[int] | None = None,
    convention: Convention = "lapack",
    name: str | None = None,
    framework: str | None = None,
    allow: Verdict | Sequence[Verdict] = (),
    seed: int = 0,
) -> tuple[Outcome, ...]:
    """Assert that a rule is right on every case that it fits, and return the outcomes.

    Arguments:
        rrule: `rrule(A) -> (primal, pullback)`; runs in this process, on read-only copies. With a `framework` a plain
            function of its arrays, as for `eigcheck.check`. None: a `pushforward` alone.
        cases: case files or folders of them; `shipped` stands for the cases that come with eigcheck. Their `rules:`
            do not count, their `expect` does, by `name`.
        function, domain, uplo, convention, pushforward, dtypes, orders: what the rule claims to be. Cases of other
            dtypes, and of orders n that are not among `orders`, are left out, as are modes that the rule has not.
        mode: `reverse`, `forward` or both.
        name: by default that of the callable.
        allow: verdicts that are as good as those expected.

    Raises AssertionError, with the text that the console shows, for an unexpected outcome. Raises UsageError if no
    case fits, so that no test passes by checking nothing, and CaseFileError for cases that cannot be read.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    from eigcheck import engine
    from eigcheck.api import declaration, settings_of
    from eigcheck.errors import EigcheckError, UsageError
    from eigcheck.execution.perform import LocalRunner
    from eigcheck.rules.frameworks.plain import made_rule

    called = name or str(getattr(rrule or pushforward, "__name__", "rule"))
    try:
        declared = declaration(called, function, domain, uplo, convention, dtypes, orders)
        rule = made_rule(rrule, pushforward, framework, declared)
        modes, allowed = some_of(mode, MODES, "mode"), words_of(allow, VERDICTS, "verdict")
        settings = settings_of(seed)
        problems = _problems(tuple(map(str, choices(cases))))
    except EigcheckError as error:
        raise error.with_traceback(None) from None  # where among our lines it was found helps nobody
    plan = engine.select(problems, (rule,), rule_globs=("*",), modes=modes)
    if not plan.tasks:
        reasons = "; ".join(sorted({one.reason for one in plan.not_run})) or "there are no cases"
        raise UsageError(f"{called} was checked on nothing: {reasons}.")
    outcomes = tuple(engine.run(plan, settings, LocalRunner()))
    wrong = tuple(one for one in outcomes if not one.as_expected and one.judgement.verdict not in allowed)
    if wrong:
        blocks = "".join(f"{one}\n\n" for one in wrong)
        raise AssertionError(f"{len(wrong)} of {len(outcomes)} outcomes are not as expected\n\n{blocks}")
    return outcomes


def _problems(paths: tuple[str, ...]) -> tuple[Problem, ...]:
    from eigcheck.casefile.load import load_cases, load_shipped

    named = tuple(path for path in paths if path != "shipped")
    shipped = load_shipped() if "shipped" in paths else ()
    return (*shipped, *(load_cases(named) if named else ()))
