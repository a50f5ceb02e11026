"""`eigcheck structures`: the special matrices next to which rules are probed for jumps."""

from __future__ import annotations

from typing import Final

import click

from eigcheck.cli.exits import Exit
from eigcheck.cli.options import as_json, verbose

_EXACT: Final = "exactly"
_ROUNDED: Final = "to n u norm(A)"

MEANINGS: Final[dict[str, tuple[str, str]]] = {
    "symmetric": ("A^H = A", _EXACT),
    "complex-symmetric": ("A^T = A, for complex A", _EXACT),
    "skew": ("A^H = -A", _EXACT),
    "diagonal": ("nothing off the diagonal", _EXACT),
    "upper-triangular": ("nothing below the diagonal", _EXACT),
    "lower-triangular": ("nothing above the diagonal", _EXACT),
    "normal": ("A A^H = A^H A", _ROUNDED),
    "orthogonal": ("A A^H = I (unitary if A is complex)", _ROUNDED),
    "real": ("no imaginary part, for complex A", _EXACT),
    "repeated": ("an eigenvalue occurs twice or more", "by exact algebra, else left undecided"),
}
"""What each structure means, and how it is decided that a matrix has it."""


@click.command(short_help="List the structures.")
@as_json
@verbose
def structures(shape: str, verbose: int) -> Exit:  # noqa: ARG001 - verbose acts by its callback
    """List the structures next to which rules are probed for jumps."""
    from eigcheck.cli.listing import print_list

    rows = [{"structure": name, "meaning": what, "decided": how} for name, (what, how) in MEANINGS.items()]
    print_list(rows, shape)
    return Exit.AS_EXPECTED
