"""`eigcheck oracles`: the oracles, strongest first, with what they can be asked about."""

from __future__ import annotations

from eigcheck.cli.listing import list_command


def known_oracles() -> list[dict[str, object]]:
    """The oracles, strongest first. All of them answer for every function, domain and mode, or abstain."""
    from eigcheck.names import DOMAINS, FUNCTIONS, MODES
    from eigcheck.oracles.registry import ORACLES

    every: dict[str, object] = {"functions": FUNCTIONS, "domains": DOMAINS, "modes": MODES}
    return [{"oracle": known.name, **every, "source": known.summary} for known in ORACLES]


oracles = list_command("oracles", "the oracles", ", strongest first, with what they can be asked about", known_oracles)
