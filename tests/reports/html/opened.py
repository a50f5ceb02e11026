"""A page taken apart as a browser would: elements, inline scripts, and the data blocks unpacked."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from eigcheck.reports import load_format
from eigcheck.reports.record import RunRecord


@dataclass
class Page(HTMLParser):
    """Start tags with their attributes, and the text inside scripts, styles and everything else."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    scripts: list[tuple[dict[str, str], str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    text: str = ""
    inside: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.tags.append((tag, told))
        if tag == "script":
            self.scripts.append((told, ""))
        if tag == "style":
            self.styles.append("")
        self.inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            told, before = self.scripts[-1]
            self.scripts[-1] = (told, before + data)
        elif self.inside == "style":
            self.styles[-1] += data
        else:
            self.text += data

    def attributes(self, tag: str) -> list[dict[str, str]]:
        """The attributes of all elements of a kind."""
        return [told for name, told in self.tags if name == tag]

    @property
    def code(self) -> list[str]:
        """The scripts that run."""
        return [text for told, text in self.scripts if "type" not in told]

    @property
    def blocks(self) -> list[list[dict[str, Any]]]:
        """The data, as the page's script unpacks them."""
        packed = [text for told, text in self.scripts if told.get("type") == "text/plain"]
        return [json.loads(gzip.decompress(base64.b64decode(text))) for text in packed]

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """The outcomes' data in the order of the list."""
        rows = [told for told in self.attributes("li") if "data-block" in told]
        return [self.blocks[int(row["data-block"])][int(row["data-place"])] for row in rows]


def rendered(record: RunRecord) -> str:
    """The HTML report."""
    return load_format("html").render(record)


def opened(record: RunRecord) -> Page:
    """The HTML report, taken apart."""
    page = Page()
    page.feed(rendered(record))
    return page
