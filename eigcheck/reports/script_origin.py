"""Where a script gets a rule from that is neither eigcheck's nor a framework's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The module and the name in it that a script imports; None for rules that are known by their names.

    `folder` is what has to be on the path (None: installed). `pushforward` is the name of the forward rule.
    `framework` is what differentiates `target`, if that is a plain function and no rrule.
    `builtin` says that the rule comes with eigcheck, so that a script without eigcheck cannot call it.
    """

    module: str | None = None
    target: str | None = None
    folder: str | None = None
    pushforward: str | None = None
    framework: str | None = None
    builtin: bool = False
