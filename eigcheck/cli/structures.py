"""`eigcheck structures`: the special matrices next to which rules are probed for jumps."""

from __future__ import annotations

from eigcheck.cli.listing import list_command


def known_structures() -> list[dict[str, object]]:
    """The structures, with what they mean and how it is decided who has them."""
    from eigcheck.domains.structures import structures as every

    return [{"structure": one.name, "meaning": one.meaning, "decided": one.decided} for one in every()]


structures = list_command("structures", "the structures", " next to which rules are probed for jumps", known_structures)
