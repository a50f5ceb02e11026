"""Relations that a correct rule obeys between A and a transformed T(A): metamorphic checks, which need no reference.

A new relation is one more module here with a function under the decorator `relation`; nothing else has to know of it.
Two more relations are checked at A itself and live elsewhere: linearity (`check.linearity`), and that pushforward and
pullback are adjoint (`check.checks.adjoint`); `check.listed` tells of them beside these.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
