"""A worker that does everything a worker must not do: each of its rules is named after its vice.

`nasty_worker.py VICE` misbehaves before it says hello, or in its hello.
"""

import json
import os
import signal
import sys
import time

from honest_worker import HELLO, reply


def die(code):
    os._exit(code)


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def flood(stream, piece):
    while True:
        stream.write(piece)


def answer_otherwise(line, **changes):
    say(json.dumps({**reply(line)[0], **changes}) + "\n")


VICES = {
    "dies": lambda line: die(3),
    "leaves": lambda line: die(0),
    "killed": lambda line: os.kill(os.getpid(), signal.SIGKILL),
    "hangs": lambda line: time.sleep(3600),
    "stopped": lambda line: os.kill(os.getpid(), signal.SIGSTOP),
    "rubbish": lambda line: say("\x1b[31mno JSON\n"),
    "half": lambda line: (say('{"id": 1, "ite'), die(0)),
    "early": lambda line: (say("chatter\n"), answer_otherwise(line)),
    "late": lambda line: (answer_otherwise(line), say("chatter\n")),
    "twice": lambda line: (answer_otherwise(line), answer_otherwise(line)),
    "order": lambda line: answer_otherwise(line, id=0),
    "few": lambda line: answer_otherwise(line, items=[]),
    "nan": lambda line: say(json.dumps(reply(line)[0]).replace("[[", "[[NaN, ", 1) + "\n"),
    "long line": lambda line: flood(sys.stdout, "x" * 65536),
    "many lines": lambda line: flood(sys.stdout, "chatter\n" * 8192),
    "loud": lambda line: flood(sys.stderr, "noise " * 10000),
    "closes": lambda line: (os.close(1), time.sleep(3600)),
}
HELLO_VICES = {
    "no hello": lambda: die(0),
    "silent": lambda: time.sleep(3600),
    "banner": lambda: say("Welcome!\n"),
    "other protocol": lambda: say('{"protocol": "eigcheck-worker/9", "name": "x", "rules": []}\n'),
    "no rules": lambda: say('{"protocol": "eigcheck-worker/1", "name": "x", "rules": []}\n'),
    "long hello": lambda: flood(sys.stdout, "x" * 65536),
}


def rule_name(vice):
    return f"nasty/{vice.replace(' ', '-')}"


def hello():
    names = ["none", *VICES]
    return {**HELLO, "rules": [{**HELLO["rules"][0], "name": rule_name(name)} for name in names]}


def main():
    if len(sys.argv) > 1:
        HELLO_VICES[sys.argv[1]]()
        time.sleep(3600)
    say(json.dumps(hello()) + "\n")
    for line in sys.stdin:
        message = json.loads(line)
        if message["request"] == "shutdown":
            return
        vice = message["rule"]["name"]
        message["rule"]["name"] = "two/eigvals"
        honest = json.dumps(message)
        print("last words of", vice, file=sys.stderr, flush=True)
        act = next((act for name, act in VICES.items() if rule_name(name) == vice), None)
        if act is None or message["request"] == "primal":
            answer_otherwise(honest)
        else:
            act(honest)


if __name__ == "__main__":
    main()
