"""A headless Chromium, where there is one: with Playwright installed (`pip install -e '.[dev-browser]'`) and a browser.

The browser is the one that EIGCHECK_BROWSER names, a Chromium on the path, or Playwright's own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from eigcheck.reports import load_format
from eigcheck.reports.record import RunRecord

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def executable(playwright: Any) -> str | None:
    """Where the browser is, None where there is none."""
    named = os.environ.get("EIGCHECK_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    own = playwright.chromium.executable_path
    return named or (own if Path(own).exists() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The browser, started once."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev-browser]'"
    )
    with api.sync_playwright() as playwright:
        found = executable(playwright)
        if found is None:
            pytest.skip("no Chromium here: install one, or name it in EIGCHECK_BROWSER")
        # the sandbox needs what containers do not give; the pages are our own
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Opened:
    """A page in the browser, with all that it said, asked for or let pop up."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def visible(self) -> list[str]:
        """The cases of the rows that are shown."""
        texts: list[str] = self.page.locator("li.outcome:visible .case").all_inner_texts()
        return texts

    def count(self) -> str:
        """What is announced after a filter."""
        text: str = self.page.locator("#count").inner_text()
        return text

    def inside(self, row: int = 0) -> Any:
        """The drawn inside of a row, waited for."""
        inside = self.page.locator("li.outcome .inside").nth(row)
        inside.locator("h4").first.wait_for()
        return inside


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the report of a run as a file; at the end nothing may have been said on the console or asked of a network."""
    contexts, pages = [], []

    def opened(record: RunRecord, fragment: str = "", script: str | None = None, **options: Any) -> Opened:
        file = tmp_path / f"report-{len(pages)}.html"
        file.write_text(load_format("html").render(record), encoding="utf-8")
        context = browser.new_context(**options)
        contexts.append(context)
        made = Opened(context.new_page())
        pages.append(made)
        if script:
            made.page.add_init_script(script)
        made.page.on("console", lambda message: made.said.append(message.text))
        made.page.on("pageerror", lambda error: made.said.append(str(error)))
        made.page.on("dialog", lambda dialog: (made.said.append(dialog.message), dialog.dismiss()))
        made.page.on("request", lambda request: made.asked.append(request.url))
        made.page.goto(file.as_uri() + fragment)
        return made

    yield opened
    said = [text for made in pages for text in made.said]
    asked = [url for made in pages for url in made.asked if not url.startswith("file:")]
    for context in contexts:
        context.close()
    assert said == []
    assert asked == []
