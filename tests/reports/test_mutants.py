"""What mutants came to, as JSON."""

import json

from eigcheck.reports.mutants import MutantRecord, to_json
from tests.reports.test_mutants_console import APART, GONE, LEFT


def test_all_that_is_known_is_there() -> None:
    told = json.loads(to_json(MutantRecord((GONE, LEFT), (APART,), cases=3, complete=False, version="1.2")))
    assert (told["schema"], told["eigcheck"], told["complete"]) == ("eigcheck-mutants/1", "1.2", False)
    assert [one["caught"] for one in told["mutants"]] == [True, False]
    assert told["no_case"][0]["name"] == "noise"
    assert told["summary"]["outcomes"] == 4
    assert told["summary"]["diagnosed"] == {"right": 0, "of": 1}


def test_without_mutants_there_is_no_score() -> None:
    told = json.loads(to_json(MutantRecord()))
    assert (told["mutants"], told["no_case"], told["summary"]["score"]) == ([], [], None)
