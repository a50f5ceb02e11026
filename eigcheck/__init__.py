"""eigcheck checks that gradients of eigenvalue problems are right. Public names; none loads numerics until used."""

# Nothing is imported here, not even `__future__` or `typing`: with `python -m eigcheck` the current folder still comes
# first on the path when this is run, and a file there may have any name. `__main__` then takes it off. (`sys` is part of
# the interpreter.)
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from eigcheck.api import check, get_rule, probe, run
    from eigcheck.names import Convention, Domain, DType, Function, Mode, Structure, Uplo, Verdict
    from eigcheck.outcome import Outcome
    from eigcheck.rules.registry import rule

__all__ = [
    "Convention",
    "DType",
    "Domain",
    "Function",
    "Mode",
    "Outcome",
    "Structure",
    "Uplo",
    "Verdict",
    "check",
    "get_rule",
    "probe",
    "rule",
    "run",
]

_HOMES = {"Outcome": "outcome", "rule": "rules.registry", **dict.fromkeys(("check", "get_rule", "probe", "run"), "api")}
"""The modules of those names that are no words."""


def __getattr__(name: str) -> object:
    """Public names on first use, so that `import eigcheck` (and `eigcheck --help`) stays light."""
    if name not in __all__:
        raise AttributeError(f"module 'eigcheck' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"eigcheck.{_HOMES.get(name, 'names')}"), name)


class _Package(type(sys)):  # type: ignore[misc]
    """This package: its name `check` is the function, although it has a folder of that name."""

    @property
    def check(self) -> object:
        """The function; importing the folder would put that in its place."""
        return __getattr__("check")

    @check.setter
    def check(self, folder: object) -> None:
        """What the import system says of the folder `check`, which is found without it."""


sys.modules[__name__].__class__ = _Package
