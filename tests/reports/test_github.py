"""Annotations, taken apart as GitHub's runner takes them."""

import re
from dataclasses import replace

from eigcheck.detail import Detail
from eigcheck.model import Place
from eigcheck.outcome import Judgement, KnownFault, Outcome
from eigcheck.reports import load_format
from eigcheck.reports.page import Look
from eigcheck.reports.record import RunRecord
from tests.reports.samples import collapse, crashed, expected_failure, hostile, known_failure, passing, record

Command = tuple[str, dict[str, str], str]


def commands(text: str) -> list[Command]:
    """What the runner does with each line: the name, properties and data of a command. Every line must be one."""
    found = []
    for line in text.splitlines():
        assert "##[" not in line
        known = re.fullmatch(r"::([^ :]+)(?: ([^:]*))?::(.*)", line)
        assert known, line
        pairs = [pair.split("=", 1) for pair in known[2].split(",")] if known[2] else []
        properties = {key: plain(value).replace("%3A", ":").replace("%2C", ",") for key, value in pairs}
        found.append((known[1], properties, plain(known[3]).replace("%25", "%")))
    return found


def plain(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n")


def github(run: RunRecord, *, unicode: bool = True) -> list[Command]:
    return commands(load_format("github").render(run, Look(unicode=unicode)))


def with_error(case: str, error: float) -> Outcome:
    made = collapse(case=case)
    (mismatch, _) = made.judgement.findings
    found = replace(mismatch, error=error)
    return replace(made, judgement=replace(made.judgement, findings=(found,)))


def test_rules_have_a_line_each_for_all_their_outcomes() -> None:
    """And no more of them than are shown beside the other warnings."""
    here, other = Place("rules.py", 3), Place("more, rules.py", 5)
    run = record(*(replace(collapse(case=f"c{k}"), place=other if k == 4 else here) for k in range(5)))
    told = [one for one in github(run) if one[0] == "warning"]
    assert [(one[1]["file"], one[1]["line"]) for one in told] == [("rules.py", "3"), ("more, rules.py", "5")]
    assert told[0][2].startswith("4 unexpected outcomes of chainrules/released, the worst c0::")
    many = record(
        *(replace(collapse(case=f"c{k:02}"), place=Place("rules.py", k + 1)) for k in range(30)), complete=False
    )
    assert len([one for one in github(many) if one[0] == "warning"]) == 10


def test_an_unexpected_outcome_is_annotated_on_the_line_of_its_case() -> None:
    ((name, properties, data),) = github(record(collapse(line=7)))
    assert name == "error"
    assert properties == {
        "file": "cases/seed/zygote-1369.yaml",
        "line": "7",
        "title": "fail: zygote-1369::chainrules/released::eigvals::reverse",
    }
    assert data.splitlines() == [
        "mismatch: The lower entry is ignored.",
        "jump: The true derivative does not move there.",
        "cause upper-triangle-collapse: the part below the diagonal was added to the part above it and zeroed",
        "remedy: treat wrapper types so, not a plain matrix",
        "expected pass, got fail",
    ]


def test_what_is_expected_or_known_is_not_annotated() -> None:
    assert github(record(expected_failure(), known_failure(), passing())) == []


def test_a_shipped_case_has_no_file() -> None:
    ((_, properties, _),) = github(record(collapse(case="shipped:a", file=None)))
    assert list(properties) == ["title"]


def test_the_ten_worst_are_annotated_and_the_others_counted() -> None:
    wrong = [with_error(f"case-{k}", 10.0**-k) for k in range(9, -1, -1)]
    unlucky = [replace(passing(f"late-{k}"), judgement=Judgement("inconclusive")) for k in range(4)]
    told = github(record(*unlucky, *wrong, crashed()))
    errors = [properties["title"] for name, properties, _ in told if name == "error"]
    assert [title.split("::")[0] for title in errors] == [f"fail: case-{k}" for k in range(10)]
    assert told[-1] == ("warning", {"title": "eigcheck"}, "5 more unexpected outcomes, 15 in all")


def test_an_error_that_is_no_number_is_the_worst() -> None:
    told = github(record(with_error("large", 1e200), with_error("none", float("nan"))))
    assert told[0][1]["title"].startswith("fail: none::")


def test_what_is_gone_and_that_a_run_was_cut_short_is_told() -> None:
    fault = KnownFault("a::b::eigvals::reverse", "fail", ("jump",), "transposed")
    cut, notice = github(record(passing(), complete=False, gone=(fault,)))
    assert cut == ("warning", {"title": "eigcheck"}, "the run was cut short after 1 outcome")
    assert notice[2].splitlines()[1] == "a::b::eigvals::reverse: fail with jump, cause transposed"


def test_no_foreign_line_starts_a_command() -> None:
    for unicode in (True, False):
        text = load_format("github").render(hostile(), Look(unicode=unicode))
        told = commands(text)
        assert [name for name, _, _ in told] == ["error", "warning", "notice"]
        assert [sorted(properties) for _, properties, _ in told] == [["file", "line", "title"], ["title"], ["title"]]
        assert all(char.isprintable() or char == "\n" for char in text)
        assert "pwned %0A::add-mask::x" in told[0][2]
        assert unicode or text.isascii()


def test_the_console_starts_no_command_either() -> None:
    text = load_format("console").render(hostile(), Look(verbosity=2))
    assert "error::wrapped" in text
    assert [line for line in text.splitlines() if line.lstrip().startswith("::") or "##[" in line] == []


def test_a_message_and_a_title_stay_within_what_github_takes() -> None:
    long = "begin " + "%\x1b" * 50_000 + " end"
    own = crashed(long)
    wrong = replace(own, rule=f"mine/{long}", judgement=replace(own.judgement, detail=Detail(why=long)))
    ((_, properties, data),) = github(record(wrong))
    assert len(data.encode()) < 64_000
    assert data.startswith("exception: begin ")
    assert len(properties["title"].replace("%25", "%")) <= 255
    assert properties["title"].endswith(" end::eigvals::reverse")
