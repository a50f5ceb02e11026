"""What is believed of what a child says (`said`): of the kinds that there are, and fit for what it was asked.

Whatever a rule's module did to its process, a lie costs that process and the outcome at hand, nothing else: nothing
comes out that these annotations do not allow, no code runs, and no more room is taken than the data themselves have.
"""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eigcheck.errors import RuleError
from eigcheck.execution.child.said import BESIDE, LISTED, LONGEST, MOST_NOTES
from eigcheck.execution.pipes import Unreadable
from eigcheck.execution.quiet import PRINTED_LIMIT
from eigcheck.model import Array, Call, Eigenpairs, ForwardCall, Place, Reply, ReverseCall, Rule, Trouble
from eigcheck.names import MODES, VECTOR_FUNCTIONS, Convention, Device, Domain, DType, Function, Mode, Uplo
from eigcheck.rules.declarations import MOST_RULES, check_declaration, orders_of
from eigcheck.rules.registry import builtin_names

Text: TypeAlias = Annotated[str, Field(max_length=LONGEST)]
Arrays: TypeAlias = Annotated[tuple[tuple[Literal["<f4", "<f8", "<c8", "<c16"], bytes], ...], Field(max_length=2)]
"""The dtypes and bytes of the arrays of an answer."""
Failure: TypeAlias = Annotated[dict[Literal["exception", "shape", "died"], Text], Field(min_length=1, max_length=1)]
"""A message under the kind of trouble that it tells of."""
Misconduct: TypeAlias = tuple[Literal["mutates-input", "nondeterministic", "dtype"], Text]
_SHOWN: Final = 120
"""Characters of what is wrong with a message."""

Heard = TypeVar("Heard", bound="_Words")


class _Words(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, val_json_bytes="base64")


class _Reply(_Words):
    to: int
    primal: Arrays | None
    answers: tuple[Arrays | Failure, ...]
    trouble: Failure | None
    misconduct: Annotated[tuple[Misconduct, ...], Field(max_length=MOST_NOTES)]
    printed: Annotated[str, Field(max_length=PRINTED_LIMIT + BESIDE)]


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
    registered_in: Text


class _Rules(_Words):
    rules: Annotated[tuple[_Offer, ...], Field(max_length=MOST_RULES)]


class _Refusal(_Words):
    refusal: Annotated[str, Field(max_length=LISTED)]


def reply_heard(line: bytes, number: int, rule: Rule, call: Call) -> Reply:
    """The reply to the call of this number. Raises Unreadable for what cannot be one."""
    told = _read(_Reply, line)
    if told.to != number:
        raise Unreadable("it answered out of turn")
    if len(told.answers) != len(call.questions):
        raise Unreadable(f"it sent {len(told.answers)} answers to {len(call.questions)} questions")
    if told.trouble is not None and not all(isinstance(one, dict) for one in told.answers):
        raise Unreadable("it sent answers of a rule that gave none")
    if (told.primal is not None) != (isinstance(call, ReverseCall) and told.trouble is None):
        raise Unreadable("it sent a primal that was not asked for, or none")
    n = len(call.matrix)
    pair = ((n,), (n, n)) if rule.function in VECTOR_FUNCTIONS else ((n,),)

    def answer(one: Arrays | Failure) -> Array | Eigenpairs | Trouble:
        if isinstance(one, dict):
            return _trouble(one)
        return Eigenpairs(*_decoded(one, *pair)) if isinstance(call, ForwardCall) else _decoded(one, (n, n))[0]

    return Reply(
        None if told.primal is None else Eigenpairs(*_decoded(told.primal, *pair)),
        tuple(map(answer, told.answers)),
        None if told.trouble is None else _trouble(told.trouble),
        told.misconduct,
        told.printed,
    )


def rules_heard(line: bytes) -> tuple[Rule, ...]:
    """The rules of a module. Raises RuleError for none, and Unreadable for rules that cannot have been registered."""
    if line.startswith(b'{"refusal"'):
        raise RuleError(_read(_Refusal, line).refusal)
    offers = _read(_Rules, line).rules
    rules = tuple(Rule(**dict(offer) | {"place": Place.of(offer.place)}) for offer in offers)
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


def _decoded(told: Arrays, *shapes: tuple[int, ...]) -> list[Array]:
    if len(told) != len(shapes):
        raise Unreadable("it sent another number of arrays than was asked for")
    arrays = []
    for (code, data), shape in zip(told, shapes, strict=True):
        dtype = np.dtype(code)
        size = math.prod(shape) * dtype.itemsize
        if len(data) != size:
            raise Unreadable(f"it sent {len(data)} bytes of numbers for an array of {size}")
        # a copy of its own: aligned, writable, in the machine's byte order
        arrays.append(np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("=")))
    return arrays


def _trouble(told: Failure) -> Trouble:
    ((kind, message),) = told.items()
    return Trouble(kind, message)


def _read(kind: type[Heard], line: bytes) -> Heard:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        why = str(error.errors(include_url=False, include_input=False)[0]["msg"])
        raise Unreadable(f"it sent what is no message ({why[:_SHOWN]})") from None
