"""`eigcheck diagnoses`: the causes that are recognised in a wrong gradient."""

from __future__ import annotations

from eigcheck.cli.listing import list_command


def known_diagnoses() -> list[dict[str, object]]:
    """The causes that are recognised, with what went wrong and what to do about it."""
    from eigcheck.check.diagnoses import diagnoses as every

    return [{"diagnosis": known.name, "what_went_wrong": known.summary, "remedy": known.fix} for known in every()]


diagnoses = list_command("diagnoses", "the causes that are recognised", " in a wrong gradient", known_diagnoses)
