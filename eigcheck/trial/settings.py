"""How a rule is examined."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """How a rule is examined. `oracles` None means all; `ulps` are the counts by which entries are moved."""

    oracles: tuple[str, ...] | None = None
    ulps: tuple[int, ...] = (1,)
    seed: int = 0
    entry: tuple[int, int] | None = None
