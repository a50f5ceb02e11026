"""What a hunt tells where it does not come to its end."""

import json

import pytest
from click.testing import CliRunner

from eigcheck.cli import hunting
from eigcheck.cli.program import main
from eigcheck.pool import PoolLost


def test_a_cluster_that_is_gone_costs_nothing_that_was_found(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hypothesis")
    monkeypatch.chdir(tmp_path)
    whole = hunting.hunted

    def begun(*arguments):
        yield from whole(*arguments)
        raise PoolLost("--cluster: its scheduler is gone.")

    monkeypatch.setattr(hunting, "hunted", begun)
    asked = "hunt --rule chainrules/released --function eigvals --domain general --dtype float64 --mode reverse -j 1"
    asked += " --examples 12 --seed 2 --no-replay --report json=found.json"
    done = CliRunner().invoke(main, asked.split())
    assert done.exit_code == 2
    assert done.output.splitlines()[-1] == "error: --cluster: its scheduler is gone."
    told = json.loads((tmp_path / "found.json").read_text())
    assert (told["complete"], bool(told["found"])) == (False, True)
