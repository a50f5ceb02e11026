import gc
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.child.heard import rules_heard
from eigcheck.execution.child.runner import ChildProcess, await_greeting
from eigcheck.execution.child.said import GREETING, ROOM_FOR_RULES
from eigcheck.execution.loads import Load
from eigcheck.execution.pipes import EndOfPipe, Reading, Unreadable
from eigcheck.execution.process import ProcessLost

GENEROUS = 120.0


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def collected_late(pid):
    """Whoever adopts orphans may take its time to collect them: dead is enough."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def ends(pid):
    """Whether it ends within two minutes."""
    for _ in range(12000):
        if gone(pid) or collected_late(pid):
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def worker():
    process = ChildProcess()
    yield process
    process.close()


def heard(worker, seconds=GENEROUS):
    return worker.hear(seconds, ROOM_FOR_RULES, rules_heard)


def module(tmp_path, text):
    path = tmp_path / "mine.py"
    path.write_text(text)
    return Load(str(path))


def test_it_starts_answers_and_leaves_nothing_behind(worker):
    worker.ask(Load("no_such_module_anywhere"), GENEROUS)
    with pytest.raises(RuleError):
        heard(worker)
    assert worker.alive
    worker.close()
    worker.close()
    assert not worker.alive
    assert gone(worker._process.pid)


def test_the_names_of_built_in_rules_are_known_and_our_module_path_reaches_it(worker, tmp_path, monkeypatch):
    text = (
        "import rule_near\nfrom eigcheck.rules.registry import rule\nrule('numpy/left-vectors', function='eigh')(len)\n"
    )
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "rule_near.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path / "far")
    with_path = ChildProcess()
    with_path.ask(module(tmp_path, text), GENEROUS)
    with pytest.raises(RuleError, match="is a built-in one's name"):
        heard(with_path)
    with_path.close()


def test_files_of_the_current_folder_are_not_taken_for_pythons_own(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    process = ChildProcess()
    assert process.alive
    process.close()


def test_silence_ends_it(worker, tmp_path):
    load = module(tmp_path, "import time\nprint('began')\ntime.sleep(600)\n")
    worker.ask(load, GENEROUS)
    with pytest.raises(ProcessLost) as caught:
        heard(worker, 0.5)
    assert caught.value.kind == "timeout"
    assert str(caught.value) == "no answer within 0.5 s"
    assert "--timeout" in caught.value.words
    assert not worker.alive


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        ("print('words'); os._exit(0)", "its process exited with code 0 instead of answering", "words"),
        ("os._exit(7)", "its process exited with code 7 instead of answering", ""),
        ("os.kill(os.getpid(), 9)", "its process was ended by SIGKILL, perhaps for lack of memory", ""),
        ("import ctypes; ctypes.string_at(0)", "its process was ended by SIGSEGV", "mine.py"),
        ("os.abort()", "its process was ended by SIGABRT", "mine.py"),
    ],
)
def test_a_death_is_told_with_its_way_and_last_words(worker, tmp_path, code, message, words):
    worker.ask(module(tmp_path, f"import os\n{code}\n"), GENEROUS)
    with pytest.raises(ProcessLost) as caught:
        heard(worker, GENEROUS)
    assert (caught.value.kind, str(caught.value)) == ("died", message)
    assert words in caught.value.words


def test_what_is_no_message_ends_it(worker, tmp_path):
    code = "import os\nfor n in range(3, 64):\n    try: os.write(n, b'\\xff' * 64)\n    except OSError: pass\n"
    worker.ask(module(tmp_path, code), GENEROUS)
    with pytest.raises(ProcessLost) as caught:
        heard(worker, GENEROUS)
    assert str(caught.value).startswith("its process was ended since it sent what is no message (Invalid JSON")


def test_what_is_no_answer_ends_it(worker):
    def believe(line):
        raise Unreadable("it lied")

    worker.ask(Load("no_such_module_anywhere"), GENEROUS)
    with pytest.raises(ProcessLost, match="its process was ended since it lied"):
        worker.hear(GENEROUS, ROOM_FOR_RULES, believe)
    assert not worker.alive or worker._process.wait(GENEROUS) < 0


def test_what_it_started_ends_with_it(worker, tmp_path):
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "from eigcheck.rules.registry import rule\nrule('a/b', function='eig')(len)\n"
    )
    worker.ask(module(tmp_path, code), GENEROUS)
    assert [rule.name for rule in heard(worker, GENEROUS)] == ["a/b"]
    pid = int(note.read_text())
    assert not gone(pid)
    worker.close()
    assert ends(pid)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing to copy a process with")
def test_a_copy_that_it_leaves_behind_is_not_waited_for(worker, tmp_path):
    note = tmp_path / "pid"
    code = (
        "import os, time\npid = os.fork()\n"
        "if pid == 0:\n    os.setsid()\n    time.sleep(3600)\n"
        f"open({str(note)!r}, 'w').write(str(pid))\nos._exit(3)\n"
    )
    worker.ask(module(tmp_path, code), GENEROUS)
    # the copy holds the child's ends of both pipes
    with pytest.raises(ProcessLost, match="exited with code 3"):
        heard(worker, GENEROUS)
    os.kill(int(note.read_text()), signal.SIGKILL)


def test_forgetting_it_ends_it():
    process = ChildProcess()
    pid = process._process.pid
    del process
    gc.collect()
    assert gone(pid)


def test_a_python_that_cannot_be_started_is_an_error(monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(RuleError, match=r"sys\.executable is empty"):
        ChildProcess()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuleError, match="did not start: its process exited with code 1"):
        ChildProcess()


def test_what_comes_before_the_greeting_is_skipped():
    read, write = os.pipe()
    with os.fdopen(write, "wb") as writing:
        writing.write(b"site says hello\n\r\n" + GREETING[:5] + b"\n" + GREETING + b"\nwords\n")
    reading = Reading(read, lambda: False)
    await_greeting(reading)
    assert reading.line(100) == b"words"
    with pytest.raises(EndOfPipe):
        await_greeting(reading)
    os.close(read)


@pytest.mark.parametrize("line", [b"x" * 1000, b"", b"x" * (2 << 20)])
def test_a_greeting_is_not_waited_for_without_end(line):
    class Endless(Reading):
        def read(self, count):
            return (line + b"\n")[:count]

    with pytest.raises(Unreadable, match=r"did not end|too long"):
        await_greeting(Endless(-1, lambda: False))
