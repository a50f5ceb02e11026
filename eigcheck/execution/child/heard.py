"""What is believed of what a child says (`said`): of the kinds that there are, and fit for what it was asked.

Whatever a rule's module did to its process, a lie costs that process and the outcome at hand, nothing else: nothing
comes out that these annotations do not allow, no code runs, and no more room is taken than the data themselves have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eigcheck.errors import RuleError
from eigcheck.execution.child.said import BESIDE, DECLARED, DTYPES, LISTED, LONGEST, MOST_NOTES
from eigcheck.execution.pipes import Unreadable
from eigcheck.execution.quiet import PRINTED_LIMIT
from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Place, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import MODES, VECTOR_FUNCTIONS, Convention, Device, Domain, DType, Function, Mode, Uplo
from eigcheck.rules.declarations import MOST_RULES, check_declaration, orders_of
from eigcheck.rules.registry import builtin_names

Text: TypeAlias = Annotated[str, Field(max_length=LONGEST)]
Codes: TypeAlias = tuple[Literal["<f4", "<f8", "<c8", "<c16"], ...]
"""The dtypes of the arrays of an answer."""
Shapes: TypeAlias = tuple[tuple[int, ...], ...]
Failure: TypeAlias = Annotated[dict[Literal["exception", "shape", "died"], Text], Field(min_length=1, max_length=1)]
"""A message under the kind of trouble that it tells of."""
Misconduct: TypeAlias = tuple[Literal["mutates-input", "nondeterministic", "dtype"], Text]
_SHOWN: Final = 120
"""Characters of what is wrong with a message."""

Heard = TypeVar("Heard", bound="_Words")


class _Words(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Reply(_Words):
    to: tuple[int, int]
    primal: Codes | None
    answers: tuple[Codes | Failure, ...]
    trouble: Failure | None
    misconduct: Annotated[tuple[Misconduct, ...], Field(max_length=MOST_NOTES)]
    printed: Annotated[str, Field(max_length=PRINTED_LIMIT + BESIDE)]
    numbers: int


class _Offer(_Words):
    name: Text
    function: Function
    domain: Domain
    uplo: Uplo | None
    dtypes: tuple[DType, ...]
    orders: tuple[int, ...] | None
    convention: Convention
    source: Text
    has_reverse: bool
    has_forward: bool
    devices: tuple[Device, ...]
    elsewhere: Text
    lacks: Annotated[tuple[tuple[Mode, Text], ...], Field(max_length=len(MODES))]
    place: Text


class _Rules(_Words):
    rules: Annotated[tuple[_Offer, ...], Field(max_length=MOST_RULES)]


class _Refusal(_Words):
    refusal: Annotated[str, Field(max_length=LISTED)]


def reply_heard(line: bytes, beside: Callable[[int], bytes], batch: int, place: int, rule: Rule, call: Call) -> Reply:
    """The reply to a call, the `place`th of a batch; `beside` gives so many bytes that came behind the line.

    Raises Unreadable for what cannot be one.
    """
    told = _read(_Reply, line)
    if told.to != (batch, place):
        raise Unreadable("it answered out of turn")
    if len(told.answers) != len(call.questions):
        raise Unreadable(f"it sent {len(told.answers)} answers to {len(call.questions)} questions")
    if told.trouble is not None and not all(isinstance(one, dict) for one in told.answers):
        raise Unreadable("it sent answers of a rule that gave none")
    if (told.primal is not None) != (isinstance(call, ReverseCall) and told.trouble is None):
        raise Unreadable("it sent a primal that was not asked for, or none")
    n = len(call.matrix)
    pair = ((n,), (n, n)) if rule.function in VECTOR_FUNCTIONS else ((n,),)
    shapes = pair if isinstance(call, ForwardCall) else ((n, n),)
    given = [(one, shapes) for one in told.answers if not isinstance(one, dict)]
    primal = [] if told.primal is None else [(told.primal, pair)]
    arrays = _arrays([*primal, *given], told.numbers, beside)
    pairs = [Eigenpairs(*next(arrays)) for _ in primal]
    came = [Eigenpairs(*some) if isinstance(call, ForwardCall) else some[0] for some in arrays]
    answers = iter(came)
    return Reply(
        pairs[0] if pairs else None,
        tuple(_trouble(one) if isinstance(one, dict) else next(answers) for one in told.answers),
        None if told.trouble is None else _trouble(told.trouble),
        told.misconduct,
        told.printed,
    )


def rules_heard(line: bytes) -> tuple[Rule, ...] | str:
    """The rules of a module, or why there are none. Raises Unreadable for rules that cannot have been registered."""
    if line.startswith(b'{"refusal"'):
        return _read(_Refusal, line).refusal
    offers = _read(_Rules, line).rules
    rules = tuple(
        Rule(**{name: getattr(offer, name) for name in DECLARED}, place=Place.of(offer.place)) for offer in offers
    )
    if len({rule.key for rule in rules}) != len(rules):
        raise Unreadable("it offered a rule twice")
    taken = builtin_names()
    for rule in rules:
        if rule.name in taken or not rule.modes:
            raise Unreadable("it offered a rule that it cannot have")
        try:
            orders_of(rule.name, rule.orders)
            check_declaration(
                rule.name, (rule.function,), (rule.domain,), rule.dtypes, rule.uplo, rule.convention, rule.devices
            )
        except RuleError as error:
            raise Unreadable(f"it offered a rule that cannot be: {error}") from None
    return rules


def _arrays(
    answers: Sequence[tuple[Codes, Shapes]], told: int, beside: Callable[[int], bytes]
) -> Iterator[list[Array]]:
    """The arrays of each answer, of these dtypes and shapes, from the `told` bytes that came beside."""
    if any(len(codes) != len(shapes) for codes, shapes in answers):
        raise Unreadable("it sent another number of arrays than was asked for")
    layout = [[(DTYPES[code], shape) for code, shape in zip(*answer, strict=True)] for answer in answers]
    size = sum(math.prod(shape) * dtype.itemsize for answer in layout for dtype, shape in answer)
    if told != size:
        raise Unreadable(f"it sent {told} bytes of numbers for arrays of {size}")
    data, place = beside(size), 0
    for answer in layout:
        arrays = []
        for dtype, shape in answer:
            # a copy of its own: aligned, writable, in the machine's byte order
            arrays.append(np.ndarray(shape, dtype, data, place).astype(dtype.newbyteorder("=")))
            place += arrays[-1].nbytes
        yield arrays


def _trouble(told: Failure) -> Trouble:
    ((kind, message),) = told.items()
    return Trouble(kind, message)


def _read(kind: type[Heard], line: bytes) -> Heard:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        why = str(error.errors(include_url=False, include_input=False)[0]["msg"])
        raise Unreadable(f"it sent what is no message ({why[:_SHOWN]})") from None
