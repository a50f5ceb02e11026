"""`eigcheck rules` and `eigcheck conventions`: what is listed where rules are named, and what is waited for."""

import json

from tests.cli.conftest import Eigcheck

HANGS = """
import time
from eigcheck import rule

@rule("my/hangs", function="eigvals")
def hangs(A):
    time.sleep(60)
"""


def test_a_longer_timeout_is_an_option_where_it_is_said_to_help(eigcheck: Eigcheck) -> None:
    asked = ("conventions", "--load", "hangs.py", "--rule", "my/*", "--timeout", "0.5", "--format", "json")
    done = eigcheck(*asked, files={"hangs.py": HANGS})
    troubles = {one["trouble"] for one in json.loads(done.stdout)}
    assert all("no answer within 0.5 s" in trouble and "a longer --timeout" in trouble for trouble in troubles), (
        troubles
    )
    assert "--timeout" in eigcheck("rules", "--help").stdout
