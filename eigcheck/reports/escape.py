"""Foreign text (names, messages, what a rule printed) made harmless: nothing in it can steer a terminal."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _escaped(char: str) -> str:
    code = ord(char)
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    if named:
        return named
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escape(text: str, *, unicode: bool = True) -> str:
    """`text` on one line: what is not printable becomes an escape such as `\\x1b`.

    Control, format (bidirectional too) and unassigned characters; without `unicode` all outside ASCII.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escaped(char) if unicodedata.category(char) in _HIDDEN or not (unicode or char.isascii()) else char
        for char in text
    )


def without_surrogates(text: str) -> str:
    """`text` with lone surrogates written as escapes, since strict JSON readers refuse them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
