"""torch.autograd.gradcheck on a torch.autograd.Function whose backward is the rule's pullback.

torch's gradient of a complex argument is dL/dRe + i dL/dIm, that of the rule.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.campaign.checkers.answers import ABSTAIN, AGREE, DISAGREE, Answer, Checker
from benchmarks.campaign.subject import Subject


def _check(subject: Subject, fast: bool) -> Answer:
    import torch

    torch.set_num_threads(1)
    if subject.is_single:
        return Answer(ABSTAIN, "its documentation asks for double precision")

    class Wrapped(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            y, ctx.pull = subject.linearise(x.detach().numpy())
            return torch.from_numpy(y)

        @staticmethod
        def backward(ctx: Any, bar: Any) -> Any:  # type: ignore[override]
            return torch.from_numpy(np.array(ctx.pull(bar.resolve_conj().numpy())))

    x = torch.from_numpy(np.array(subject.matrix)).requires_grad_()
    right = torch.autograd.gradcheck(Wrapped.apply, (x,), fast_mode=fast, raise_exception=False)
    return Answer(AGREE if right else DISAGREE)


TOLERANCE = "eps 1e-6, atol 1e-5, rtol 1e-3"

CHECKERS = (
    Checker("torch", "torch.autograd.gradcheck", TOLERANCE, partial(_check, fast=False)),
    Checker("torch fast", "torch.autograd.gradcheck(fast_mode=True)", TOLERANCE, partial(_check, fast=True)),
)
