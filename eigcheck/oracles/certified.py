r"""The oracle `certified`: gradients in ball arithmetic (Johansson 2017, Arb; through python-flint), each with its proof.

number[c, t] = Re tr(G_c^H E_t), G_c from `certified_gradient` by the spectral projectors of `certified_spectrum`.

What is proved. Let y be the exact eigenpairs of the matrix that is read, in the rule's order and in the phases nearest to
the rule's, and y(A) their smooth continuation: unit norm, turning as the convention has it where the cotangent responds to
a turn of the rule's own vector, no turn at all (y^H y_dot = 0) elsewhere. Then the derivative of <cotangent, y(A)> along
each tangent lies within `bars` of `numbers`, the rounding to doubles included. The cotangent is taken as it is, although
it was made for the rule's computed pairs: by how much those differ from the exact ones is the budget's affair and in no
bar. One allowance is no enclosure: where the cotangent responds to a turn by rounding only (g below 4 n u norm(v_bar)), a
rule may apply the convention to that or not, and the bar grows by |g theta|; `detail["allowance"]` is the largest one.

Bits are doubled from `FIRST_BITS` until every enclosure is below 2^-70 of the cotangent's largest number, or 2^-100 of its
largest term where the terms cancel; both vanish beside the unit roundoff 2^-53 of the doubles that are reported.
"""

from __future__ import annotations

import numpy as np

from eigcheck.model import Question, Testimony
from eigcheck.oracles.certified_answers import RELATIVE, Answer, Setting, answers_in, setting, silent
from eigcheck.oracles.certified_spectrum import Failure, enclose

NAME = "certified"

OPERATIONS_LIMIT = 2**20
"""Largest number of ball operations with `FIRST_BITS`, counted in `operations`; one takes about 0.7 microseconds.

With all entries as tangents and the default cotangents that is order 28 for vectors, and for values order 40 of real and
28 of complex matrices (a second at most); order 5 takes 4 ms, 10 about 40 ms, 16 about 0.1 s, 24 about 0.3 s.
"""

CHEAP = 2**13
"""Ball operations that are no matter beside the rest of a verdict: 6 ms, order 7 or 8 with the default cotangents."""

FIRST_BITS = 128

MOST_BITS = 4096

WORK_LIMIT = 2**23
"""Largest n^3 * bits: a few tenths of a second for one spectrum. Order 12 gets 4096 bits, order 16 gets 2048."""


def testify(question: Question) -> Testimony:
    """Answer a question by ball arithmetic: see the module for what exactly is proved.

    Abstains altogether where that takes more than `OPERATIONS_LIMIT`, where the matrix is not finite or defective, where no
    enclosure is found within `MOST_BITS` and `WORK_LIMIT`, and where the rule's primal has other shapes; and on a cotangent,
    with a reason, where it is not the same on pairs that cannot be told apart or needs a convention of phase that is not
    clear.
    """
    order, needed = len(question.matrix), operations(question)
    if needed > OPERATIONS_LIMIT:
        asked = f"{len(question.cotangents)} cotangents along {len(question.tangents.entries)} tangents"
        why = f"order {order} with {asked} takes about {needed:.2g} operations on balls: too many"
        return Testimony(NAME, evaluations=1, abstained=why)
    at = setting(question)
    if isinstance(at, str):
        return Testimony(NAME, evaluations=1, abstained=at)
    if not (order and question.cotangents):
        nothing = np.zeros((len(question.cotangents), len(at.tangents)))
        return Testimony(NAME, nothing, nothing, evaluations=1, reasons=(None,) * len(question.cotangents))
    answers, bits = _sharpen(at)
    if isinstance(answers, str):
        return Testimony(NAME, evaluations=1, abstained=answers)
    detail = {"bits": bits, "allowance": max(answer.allowance for answer in answers)}
    return Testimony(
        NAME,
        np.array([answer.numbers for answer in answers]),
        np.array([answer.bars for answer in answers]),
        evaluations=1,
        reasons=tuple(answer.reason for answer in answers),
        detail=detail,
    )


def dear(question: Question) -> str | None:
    """Why an answer takes long beside the other oracles' answers, or None: see `CHEAP`."""
    needed = operations(question)
    return f"order {len(question.matrix)} takes about {needed:.1g} operations on balls" if needed > CHEAP else None


def operations(question: Question) -> int:
    """About how many ball operations an answer takes, before it is known how many bits they need.

    The spectrum of order n costs about 10 n^3 of them (measured), the resolvents that vectors need n^4 together, the
    gradient of a pair n^2 (3 n^2 for a vector), and each number one for every entry of its tangent.
    """
    order = len(question.matrix)
    pairs = [c.pairs for c in question.cotangents]
    values = sum(np.count_nonzero(p.values) for p in pairs if p.values is not None)
    vectors = sum(np.count_nonzero(np.any(p.vectors, axis=0)) for p in pairs if p.vectors is not None)
    moved = question.tangents.support[0].size
    return int(
        10 * order**3 + order**4 * (vectors > 0) + order**2 * (values + 3 * vectors) + len(question.cotangents) * moved
    )


def _sharpen(at: Setting) -> tuple[tuple[Answer, ...] | str, int]:
    """Answers, or why there are none, and how many bits it took."""
    bits, work = FIRST_BITS, len(at.matrix) ** 3
    answers: tuple[Answer, ...] = ()
    while True:
        spectrum = enclose(at.matrix, bits)
        last = 2 * bits > min(MOST_BITS, WORK_LIMIT / work)
        if isinstance(spectrum, Failure):
            if spectrum.final or last:
                return spectrum.reason, bits
        # numbers are no better than projectors; if these are too wide already, do not bother
        elif last or spectrum.width <= np.ldexp(1.0, RELATIVE):
            answers = answers_in(at, spectrum, answers)
        if last or (answers and all(answer.sharp for answer in answers)):
            return tuple(_settled(answer, bits) for answer in answers), bits
        bits *= 2


def _settled(answer: Answer, bits: int) -> Answer:
    """The answer, or none where it is not sharp or too large for doubles."""
    reason = answer.reason
    if reason is None and not answer.sharp:
        reason = f"the enclosure is still too wide with {bits} bits"
    elif reason is None and not (np.isfinite(answer.numbers) & np.isfinite(answer.bars)).all():
        reason = "the derivative overflows"
    return answer if reason is None else silent(len(answer.numbers), reason)
