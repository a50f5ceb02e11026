import threading

from eigcheck.execution.watchdog import Watchdog


def test_it_ends_what_does_not_answer_once_and_keeps_what_it_caught():
    ended = threading.Event()
    calls = []

    def end():
        calls.append(1)
        ended.set()
        return True

    dog = Watchdog(end)
    assert not dog.fired
    dog.arm(0.01)
    assert ended.wait(30)
    dog.disarm()
    assert (dog.fired, dog.caught, calls) == (True, True, [1])


def test_whoever_answers_in_time_is_left_alone():
    calls = []
    dog = Watchdog(lambda: bool(calls.append(1)))
    for _ in range(100):
        dog.arm(3600)
        dog.disarm()
    dog.arm(float(10**12))  # longer than a lock can wait
    dog.disarm()
    dog.dismiss()
    assert calls == []
    assert not dog.fired


def test_a_dismissed_dog_ends_its_thread():
    def threads():
        return [t for t in threading.enumerate() if t.name == "eigcheck-watchdog"]

    before = set(threads())
    dog = Watchdog(lambda: True)
    (mine,) = set(threads()) - before
    dog.dismiss()
    mine.join(30)
    assert not mine.is_alive()


def test_an_alarm_ends_the_process_before_its_time():
    ended = threading.Event()
    watchdog = Watchdog(lambda: ended.set() or True, lambda: True)
    watchdog.arm(3600)
    assert ended.wait(60)
    assert (watchdog.alarmed, watchdog.fired) == (True, True)
    watchdog.dismiss()


def test_an_alarm_is_heard_while_nothing_is_waited_for():
    ended = threading.Event()
    watchdog = Watchdog(lambda: ended.set() or True, lambda: True)
    assert ended.wait(60)
    assert (watchdog.alarmed, watchdog.fired) == (True, True)
    watchdog.dismiss()
