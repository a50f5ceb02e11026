from eigcheck.execution.child import ChildRunner
from eigcheck.execution.placing import Placing
from eigcheck.model import ForwardCall
from tests.execution.support import E0, E1, S, asked

RULE = """
import numpy as np
from eigcheck import rule
from eigcheck.rules.placing import device

def pushforward(A, A_dot):
    return np.full(2, 7.0 if device() == "cuda" else 3.0)

@rule("tells/device", function="eigvals", devices=("cpu", "cuda"), pushforward=pushforward)
def tells(A):
    values = np.full(2, 7.0 if device() == "cuda" else 3.0)
    return values, lambda bar: np.full((2, 2), 7.0 if device() == "cuda" else 3.0)
"""


def test_a_rule_in_its_process_learns_for_which_device_it_is_called(tmp_path):
    (tmp_path / "mine.py").write_text(RULE)
    with ChildRunner(str(tmp_path / "mine.py"), 120.0) as child:
        (rule,) = child.rules()
        assert rule.devices == ("cpu", "cuda")
        for runner, told in ((Placing(child, "cuda"), 7.0), (child, 3.0)):
            with_both = runner.reverse(rule, [asked(E0, E1), asked(E0)])
            assert [reply.primal.values.tolist() for reply in with_both] == [[told] * 2] * 2
            assert [len(reply.answers) for reply in with_both] == [2, 1]
            assert {answer[0, 0] for reply in with_both for answer in reply.answers} == {told}
            (reply,) = runner.forward(rule, [ForwardCall(S, S[None])])
            assert reply.answers[0].values.tolist() == [told] * 2


def test_what_it_passes_on_to_stays_open():
    class Open:
        def rules(self):
            return ("one",)

        def close(self):
            raise AssertionError("it is its owner's")

    with Placing(Open(), "cuda") as placing:
        assert placing.rules() == ("one",)
