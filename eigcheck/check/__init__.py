"""One rule on one case: the rule is asked, the oracles answer, and their numbers are held against each other.

`eigcheck.check` is the public function as well, whether or not this package has been imported before: calling the package
calls `eigcheck.api.check`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        # by name, since what calls this stands above it
        return import_module("eigcheck.api").check(*args, **options)


sys.modules[__name__].__class__ = _Callable
