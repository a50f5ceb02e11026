"""The public vocabulary, as plain strings. Nothing here loads numerics: the command line imports it for its help."""

from fnmatch import fnmatchcase
from typing import Final, Literal, get_args

Function = Literal["eigvals", "eig", "eigvalsh", "eigh"]
Domain = Literal["general", "symmetric", "upper", "lower"]
Mode = Literal["reverse", "forward"]
Uplo = Literal["L", "U"]
DType = Literal["float64", "complex128", "float32", "complex64"]
Convention = Literal["lapack", "free"]
Device = Literal["cpu", "cuda"]
Verdict = Literal["pass", "fail", "undefined", "inconclusive", "error"]
Structure = Literal[
    "symmetric",
    "complex-symmetric",
    "skew",
    "diagonal",
    "upper-triangular",
    "lower-triangular",
    "normal",
    "orthogonal",
    "real",
    "repeated",
]
FailingKind = Literal[
    "mismatch",
    "jump",
    "primal",
    "nonfinite",
    "gauge",
    "pushforward",
    "mutates-input",
    "nondeterministic",
    "not-linear",
    "not-real",
    "invariance",
]
ErringKind = Literal["exception", "shape", "timeout", "died"]
NoteKind = Literal["representative", "dtype", "silent", "scale-dependent"]
FindingKind = Literal[FailingKind, ErringKind, NoteKind]

FUNCTIONS: Final[tuple[Function, ...]] = get_args(Function)
DOMAINS: Final[tuple[Domain, ...]] = get_args(Domain)
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
UPLOS: Final[tuple[Uplo, ...]] = get_args(Uplo)
STORED: Final = {"upper": "U", "lower": "L"}
"""The triangle that a domain stores, for the domains that store only one."""
DTYPES: Final[tuple[DType, ...]] = get_args(DType)
CONVENTIONS: Final[tuple[Convention, ...]] = get_args(Convention)
COTANGENTS: Final = ("default", "basis", "random", "explicit", "trace-power", "matrix-power")
"""The kinds of cotangent that a case may ask for."""
DEVICES: Final[tuple[Device, ...]] = get_args(Device)
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
STRUCTURES: Final[tuple[Structure, ...]] = get_args(Structure)
FINDING_KINDS: Final[tuple[FindingKind, ...]] = get_args(FindingKind)

FAILING: Final[frozenset[str]] = frozenset(get_args(FailingKind))  # findings that make a verdict `fail`
ERRING: Final[frozenset[str]] = frozenset(get_args(ErringKind))  # findings that make a verdict `error`
PROCESS_FAILURES: Final = frozenset({"timeout", "died"})  # those after which a process had to be begun anew
NOTES: Final[frozenset[str]] = frozenset(get_args(NoteKind))  # findings that never change a verdict
ACCUSING: Final = frozenset({"fail", "error"})  # the verdicts that say that a rule is wrong

FRAMEWORK_NAMES: Final = ("torch", "jax", "autograd", "pytensor", "tensorflow")
"""Libraries that there are adapters for; each name is the prefix of its rules and that of what installs it."""

HERMITIAN_FUNCTIONS: Final = frozenset({"eigvalsh", "eigh"})
"""Functions that read one triangle of their argument and nothing else."""
VECTOR_FUNCTIONS: Final = frozenset({"eig", "eigh"})
"""Functions whose primal holds eigenvectors as well as eigenvalues."""

SHIPPED: Final = "shipped:"  # how the names of the cases begin that come with eigcheck
_GLOB_SIGNS: Final = "*?["

DEFAULT_OUTCOME_TIMEOUT: Final = 600.0
"""Seconds for one outcome in all: ten times what one of the largest order takes that needs no --allow-large."""

MOST_ULPS: Final = 2**53
"""By which an entry is moved: all counts up to it are doubles, as reports have them."""


def installing(extra: str) -> str:
    """What brings an extra, as docs/howto/install.md says it: eigcheck is on no index, and its name there anybody's."""
    return f"python -m pip install '.[{extra}]' in a checkout of eigcheck, or 'eigcheck[{extra}] @ git+URL'"


def is_glob(text: str) -> bool:
    """Whether it has signs that stand for others."""
    return before_signs(text) != text


def before_signs(glob: str) -> str:
    """What stands before the first sign of a glob; all of it where there is none."""
    return glob[: min((glob.find(sign) for sign in _GLOB_SIGNS if sign in glob), default=None)]


def meant(glob: str, name: str) -> bool:
    """Whether a glob matches the name of a rule; every name matches itself, whatever signs of globs are in it."""
    return name == glob or fnmatchcase(name, glob)
