"""What the documentation says happens, and its links lead somewhere."""

import itertools
import re
import shutil
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from eigcheck.cli.program import main
from tests.docs.pages import DOCS, ELSEWHERE, FRAMEWORK, MEASURED, every, scripts
from tests.readme import ROOT, blocks, execute, perform
from tests.test_readme import differences

KINDS = {"sh", "text", "python", "toml"}
"""Of blocks that are not a file's content; `toml` shows a part of one."""

GATE = "gate-a-python-project.md"
"""The page that has a workflow."""

DIRECTIVE = re.compile(r"^```\{(?P<name>[\w-]+)\}[ ]*(?P<argument>\S*)", re.MULTILINE)


def named(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize("page", scripts(), ids=named)
def test_every_block_does_what_it_says(page: Path, tmp_path: Path) -> None:
    found = blocks(page.read_text(encoding="utf-8"))
    shown = [(block.body, printed) for block, printed in perform(found, tmp_path)]
    assert len(shown) == sum(block.kind == "text" for block in found)
    for body, printed in shown:
        assert differences(body, printed) == [], f"python -m tests.docs.pages renews the outputs\n{printed}"
    if page.name == GATE:
        check_the_workflow(tmp_path)


def check_the_workflow(folder: Path) -> None:
    """The gate's own step in the project that the page has made; installing is left out."""
    (file,) = (folder / ".github" / "workflows").iterdir()
    jobs = YAML(typ="safe", pure=True).load(file)["jobs"]
    (gate,) = (step["run"] for job in jobs.values() for step in job["steps"] if "eigcheck run" in step.get("run", ""))
    done = execute(gate, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"eigcheck.json", "eigcheck.html"} <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("page", [*scripts(), DOCS / "howto" / FRAMEWORK], ids=named)
def test_no_block_is_overlooked(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = blocks(text)
    assert len(found) + len(DIRECTIVE.findall(text)) == text.count("```") / 2
    assert {block.kind for block in found if block.path is None} <= KINDS
    assert all(block.body.strip() for block in found)


def test_every_command_is_shown_at_work() -> None:
    """Each command of the command line occurs in some block that is run, lists apart."""
    ran = [
        f"{command} "
        for page in scripts()
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.kind == "sh"
        for command, _ in block.commands
    ]
    lists = {"oracles", "structures", "diagnoses", "schema", "workers"}
    missing = {name for name in main.commands if not any(f"eigcheck {name} " in command for command in ran)}
    assert missing <= lists


HOW_TO = {
    "explain-a-failure": ["eigcheck explain", "--reproducer", "python reproducer.py"],
    "start-a-set-of-cases": ["eigcheck init", "eigcheck run"],
    "test-a-set-of-cases": ["--mutants", "--max-blind"],
    "test-with-pytest": ["pytest --eigcheck", "test_mylib.py"],
    "use-a-baseline": ["eigcheck baseline update", "--baseline", "eigcheck diff"],
    "check-a-framework": ["eigcheck conventions", "--framework torch"],
}
"""What a page that does one thing has to run."""


@pytest.mark.parametrize("name", HOW_TO)
def test_a_page_does_what_its_title_says(name: str) -> None:
    found = blocks((DOCS / "howto" / f"{name}.md").read_text(encoding="utf-8"))
    ran = "\n".join(block.body for block in found if block.kind == "sh")
    assert [words for words in HOW_TO[name] if words not in ran] == []


def links(page: Path) -> list[str]:
    """Where the links and images of a page lead, those out of the repository left out."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    inner = [child for token in tokens for child in token.children or ()]
    targets = [str(child.attrs.get("href", child.attrs.get("src", ""))) for child in inner]
    return [target for target in targets if target and "://" not in target]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and MyST make them."""
    tokens = MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))
    titles = [after.content for token, after in itertools.pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", every(), ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_pages_are_linked() -> None:
    """Every page is in some table of contents, those of `measured.md` by their first letters."""
    listed: set[Path] = set()
    for page in every():
        for body in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in body.splitlines():
                if not line or line.startswith(":"):
                    continue
                entry = line.partition("<")[2].rstrip(">") or line
                found = page.parent.glob(f"{entry}.md") if "*" in entry else [page.parent / f"{entry}.md"]
                listed |= {path.resolve() for path in found}
    assert {page.resolve() for page in every()} - listed == {DOCS / "index.md"}


def test_figures_are_those_that_are_drawn() -> None:
    from docs.figures import FIGURES, FOLDER

    shown = {
        (page.parent / argument).resolve()
        for page in every()
        for name, argument in DIRECTIVE.findall(page.read_text(encoding="utf-8"))
        if name == "figure"
    }
    assert shown == {FOLDER / f"{name}.svg" for name in FIGURES}


def test_pages_named_here_are_there() -> None:
    assert {"tutorial.md", "explanation/budgets.md", f"howto/{GATE}"} <= {named(page) for page in scripts()}
    assert all((DOCS / name).is_file() for name in ELSEWHERE)
    assert not MEASURED & {page.name for page in scripts()}


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="pip install 'eigcheck[docs]' brings what builds the site")
    done = execute(f"python -m sphinx -W --keep-going -q -b html docs {tmp_path}/site", ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "reference" / "command-line.html").read_text(encoding="utf-8")
    assert [name for name in main.commands if f'id="eigcheck-{name}"' not in page] == []
    # A signature that Sphinx cannot read is no warning either.
    assert "&lt;factory&gt;" not in (tmp_path / "site" / "reference" / "api.html").read_text(encoding="utf-8")
    # What one markup leaves of the other's directives is no warning.
    left = [
        path for path in (tmp_path / "site").rglob("*.html") if re.search(r"<p>\.\. \S+::", path.read_text("utf-8"))
    ]
    assert left == []


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_the_site_is_what_make_docs_builds() -> None:
    done = execute("make --dry-run docs", ROOT)
    assert done.returncode == 0, done.stderr
    assert "sphinx -W" in done.stdout
