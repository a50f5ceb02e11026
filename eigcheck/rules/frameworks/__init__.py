"""Rules of other people's libraries: one adapter a file, imported in a child process and only when asked for by name.

Nothing here imports a framework. Whether one is installed, and in which version, is read from its package's
metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from eigcheck.errors import UsageError
from eigcheck.names import before_signs, installing


@dataclass(frozen=True)
class Framework:
    """A library with rules of its own, known by the prefix of their names, which is that of its extra as well.

    `functions`, `domains` and `modes` are what its adapter offers, told before anything is imported.
    """

    name: str
    functions: tuple[str, ...]
    domains: tuple[str, ...]
    modes: tuple[str, ...]
    distributions: tuple[str, ...]
    """Names under which its package may be installed."""

    @property
    def module(self) -> str:
        """The adapter, a module that registers its rules when its `register()` is called."""
        return f"{__name__}.{self.name}_adapter"

    @property
    def command(self) -> str:
        """What installs it."""
        return installing(self.name)

    @property
    def version(self) -> str | None:
        """The installed version, or None."""
        for distribution in self.distributions:
            with suppress(PackageNotFoundError):
                return version(distribution)
        return None


_ALL = ("eigvals", "eig", "eigvalsh", "eigh")
_BOTH = ("reverse", "forward")
_TENSORFLOWS = ("tensorflow", "tensorflow-cpu", "tensorflow-macos", "tf-nightly")

FRAMEWORKS = (
    Framework("torch", _ALL, ("general", "symmetric"), _BOTH, ("torch",)),
    Framework("jax", _ALL, ("general", "symmetric", "upper", "lower"), _BOTH, ("jax",)),
    Framework("autograd", ("eig", "eigh"), ("general", "upper", "lower"), ("reverse",), ("autograd",)),
    Framework("pytensor", ("eigvalsh", "eigh"), ("upper", "lower"), _BOTH, ("pytensor",)),
    Framework("tensorflow", _ALL, ("general", "lower"), _BOTH, _TENSORFLOWS),
)


def framework(name: str) -> Framework:
    """The framework of this name. Raises UsageError, with those that there are."""
    for one in FRAMEWORKS:
        if one.name == name:
            return one
    raise UsageError(f"there is no adapter for {name!r}; there are {', '.join(f.name for f in FRAMEWORKS)}.")


def framework_of(module: str) -> str | None:
    """The framework that a module of this dotted name belongs to."""
    root = module.partition(".")[0]
    return "jax" if root == "jaxlib" else root if any(one.name == root for one in FRAMEWORKS) else None


def array_of(value: object) -> str | None:
    """The framework whose array this is; one of a pair counts."""
    for one in value if isinstance(value, tuple | list) else (value,):
        found = framework_of(str(getattr(type(one), "__module__", "")))
        if found is not None:
            return found
    return None


def named_by(globs: Iterable[str]) -> tuple[Framework, ...]:
    """The frameworks that a glob names by what stands before its first wildcard: `torch/*` does, `*` does not."""
    starts = {f"{before_signs(glob)}/" for glob in globs}
    return tuple(one for one in FRAMEWORKS if any(start.startswith(f"{one.name}/") for start in starts))


def absence(glob: str) -> str | None:
    """Why no rule answers to this glob, if it names a framework that is not installed."""
    missing = [one for one in named_by((glob,)) if one.version is None]
    return f"{missing[0].name} is not installed: {missing[0].command}" if missing else None


def require(globs: Sequence[str]) -> None:
    """Raise UsageError, with the command that helps, for globs that name a framework that is not installed."""
    for glob in globs:
        if why := absence(glob):
            raise UsageError(f"--rule {glob}: {why}")
