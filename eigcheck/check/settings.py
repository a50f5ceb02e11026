"""How a rule is examined."""

from dataclasses import dataclass

from eigcheck.names import DEFAULT_OUTCOME_TIMEOUT


@dataclass(frozen=True)
class Settings:
    """How a rule is examined. `ulps` are the counts by which entries are moved.

    `oracles` None means all of them, and beside them the relations between A and transformed matrices. In
    `outcome_timeout` seconds each outcome has to be there. `here` leaves out what is asked beside A, some way off and at
    transformed matrices: a screen, whose faults are faults and whose `pass` says less.
    """

    oracles: tuple[str, ...] | None = None
    ulps: tuple[int, ...] = (1,)
    seed: int = 0
    entry: tuple[int, int] | None = None
    outcome_timeout: float = DEFAULT_OUTCOME_TIMEOUT
    every: bool = False
    here: bool = False

    @property
    def thorough(self) -> bool:
        """Whether `every` neighbour is wanted, also where a choice of them shows nothing."""
        return self.every or self.entry is not None or self.ulps != Settings.ulps
