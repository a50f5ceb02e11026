"""Commands that begin at once: each is forked from a Python that has imported eigcheck, or pytest, already.

Most tests of the command line are of what it says and not of how Python starts, which takes longer than many a run. A
process that begins here is one of its own, with its own streams, exit code, folder, environment and memory, and nothing
that a test or another command did is in it: a server imports modules, never calls them, and forks once a command. What
it skips is the start: the path of imports, options of the interpreter, a Ctrl-C before anything is there. Tests of these,
and of pipes that close and of signals, start a Python; what an environment says to a start (PYTHONUTF8, LC_ALL,
OPENBLAS_NUM_THREADS, ...) is obeyed by starting one, too. So it is where the system is not Linux.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import marshal
import os
import pkgutil
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NoReturn

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent

PACKAGES = {"eigcheck": "eigcheck", "pytest": "_pytest"}
"""The programs that are commands, and the packages that they are in."""

QUIET = {"JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}
"""An environment in which frameworks say nothing of the devices that they would like."""

MODULE = "python-m-"
"""Begins the names of those commands that begin as `python -m` does, with the current folder first on the path."""

SCRIPT = "python-with-"
"""Begins the names of those that run a script."""

TAKEN_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "OPENBLAS_", "OMP_", "MKL_", "NPY_", "JAX_", "TF_", "XLA_")
"""How names begin in the environment that Python or its libraries read when they start, PYTHONPATH apart."""

LIBRARIES = ("findiff", "flint", "jinja2", "pebble", "pydantic", "rich.progress", "ruamel.yaml", "scipy.linalg")
"""What takes eigcheck longest to import."""

APART = ("_adapter", "__main__", ".pytest_plugin")
"""How modules end that no server imports: they need a framework, do something, or are pytest's to import."""

CLIENT = """#!{python} -IS
import _socket, marshal, os, sys
try:
    server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    server.connect({address!r})
    fds = b"".join(fd.to_bytes(4, sys.byteorder) for fd in (0, 1, 2))
    asked = marshal.dumps(({name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)))
    server.sendmsg([len(asked).to_bytes(4, sys.byteorder)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, fds)])
    server.sendall(asked)
    said = server.recv(4)
except OSError:
    said = b""
if not said:
    os.execv({real!r}[0], [*{real!r}, *sys.argv[1:]])
code = int.from_bytes(said, sys.byteorder, signed=True)
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
"""
"""The command: hands its streams to the server and leaves with the code that the server tells. Without one, or where it
refuses, it is the command that it stands for."""


def eigcheck() -> str:
    """A command that does what `python -m eigcheck` does."""
    return str(_folder_with("eigcheck") / f"{MODULE}eigcheck")


def pytest() -> str:
    """A command that does what `python -m pytest` does."""
    return str(_folder_with("pytest") / f"{MODULE}pytest")


def python(framework: str) -> str:
    """A Python that has imported a framework; it runs the script whose path it is given."""
    return str(_folder_with(framework) / f"{SCRIPT}{framework}")


def commands() -> Path:
    """A folder with commands, `eigcheck` and `pytest` among them: what a PATH begins with."""
    _folder_with("eigcheck")
    return _folder_with("pytest")


@lru_cache(maxsize=1)
def _folder() -> Path:
    """The folder of all commands, which lasts as long as we do."""
    folder = Path(tempfile.mkdtemp(prefix="ready-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _folder_with(program: str) -> Path:
    """That folder, with the commands of a program whose server has been started."""
    address = str(_folder() / f"{program}.socket")
    if sys.platform == "linux":
        _serve(program, address)
    if program in PACKAGES:
        known = {program: [str(BIN / program)], f"{MODULE}{program}": [sys.executable, "-m", program]}
    else:
        known = {f"{SCRIPT}{program}": [sys.executable]}
    for name, real in known.items():
        text = CLIENT.format(python=sys.executable, address=address, name=name, real=real)
        (_folder() / name).write_text(text, encoding="utf-8")
        (_folder() / name).chmod(0o755)
    return _folder()


def _serve(program: str, address: str) -> None:
    """Start a server that ends with us, since it reads a pipe whose other end is ours."""
    command = [sys.executable, __file__, program, address]
    environment = os.environ if program in PACKAGES else os.environ | QUIET
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HERE.parent, env=environment)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.read(1) == b"!", "the server is not ready"
    atexit.register(process.wait)
    atexit.register(process.stdin.close)


class Server:
    """Forks a process for each command that a client asks for, and tells the client how it ended."""

    def __init__(self, address: str) -> None:
        self.base = sys.path[1:]
        self.environment = dict(os.environ)
        self.running: dict[int, socket.socket] = {}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(address)
        self.socket.listen(64)
        self.wakeup, theirs = os.pipe()
        for fd in (self.wakeup, theirs):
            os.set_blocking(fd, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(theirs)
        self.theirs = theirs

    def serve(self) -> None:
        """Until standard input ends."""
        while True:
            clients = {conn.fileno(): pid for pid, conn in self.running.items()}
            ready, _, _ = select.select([0, self.wakeup, self.socket, *clients], [], [])
            if 0 in ready:
                return
            if self.wakeup in ready:
                os.read(self.wakeup, 1000)
                self._reap()
            for fd, pid in clients.items():
                if fd in ready and pid in self.running:  # a client that went away
                    os.kill(pid, signal.SIGKILL)
                    self.running.pop(pid).close()
            if self.socket in ready:
                self._begin(self.socket.accept()[0])

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                conn = self.running.pop(ended[0], None)
                if conn is not None:
                    with contextlib.suppress(OSError):
                        conn.sendall(os.waitstatus_to_exitcode(ended[1]).to_bytes(4, sys.byteorder, signed=True))
                    conn.close()

    def _begin(self, conn: socket.socket) -> None:
        length, streams, _, _ = socket.recv_fds(conn, 4, 3)
        asked = conn.recv(int.from_bytes(length, sys.byteorder), socket.MSG_WAITALL)
        name, args, folder, environment = marshal.loads(asked)
        if self._needs_a_start(environment):
            conn.close()
        elif pid := os.fork():
            self.running[pid] = conn
        else:
            conn.close()
            self._become(name, args, folder, environment, streams)
        for fd in streams:
            os.close(fd)

    def _needs_a_start(self, environment: dict[str, str]) -> bool:
        def taken(variables: dict[str, str]) -> dict[str, str]:
            said = {name: value for name, value in variables.items() if name.startswith(TAKEN_AT_START) and value}
            return said if self.environment.get("PYTHONPATH") else {k: v for k, v in said.items() if k != "PYTHONPATH"}

        return taken(environment) != taken(self.environment)

    def _become(
        self, name: str, args: list[str], folder: str, environment: dict[str, str], streams: list[int]
    ) -> NoReturn:
        """Called in the new process, which is the command from here on."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for fd in (self.wakeup, self.theirs):
            os.close(fd)
        self.socket.close()
        for other in self.running.values():
            other.close()
        for k, fd in enumerate(streams):
            os.dup2(fd, k)
            os.close(fd)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        more = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
        os._exit(_performed(name, args, [*map(os.path.abspath, more), *self.base]))


def _performed(name: str, args: list[str], path: list[str]) -> int:
    """The exit code of a command, as the interpreter would make it."""
    try:
        if name.startswith(SCRIPT):
            sys.argv[:] = args
            sys.path[:] = [os.path.dirname(os.path.abspath(args[0])), *path]
            runpy.run_path(args[0], run_name="__main__")
        elif name.startswith(MODULE):
            sys.argv[:] = ["-m", *args]
            sys.path[:] = [os.getcwd(), *path]
            runpy.run_module(name.removeprefix(MODULE), run_name="__main__", alter_sys=True)
        else:
            sys.argv[:] = [str(BIN / name), *args]
            sys.path[:] = [str(BIN), *path]
            runpy.run_path(str(BIN / name), run_name="__main__")
        code: Any = 0
    except SystemExit as leaving:
        code = leaving.code
        if not isinstance(code, int | None):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code or 0)


def _import(program: str) -> None:
    """Import what a command will: the libraries, and each module of its own, but not what needs a framework.

    For pytest no plugin: those it imports itself, to rewrite what they assert.
    """
    if program not in PACKAGES:
        importlib.import_module(program)
        return
    for library in LIBRARIES:
        importlib.import_module(library)
    package = importlib.import_module(PACKAGES[program])
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith(APART):
            importlib.import_module(found.name)


if __name__ == "__main__":
    gc.disable()
    _import(sys.argv[1])
    gc.enable()
    gc.freeze()
    server = Server(sys.argv[2])
    os.write(1, b"!")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    server.serve()
    shutil.rmtree(os.path.dirname(sys.argv[2]), ignore_errors=True)  # whoever needed it is gone, killed perhaps
