"""From where Python imports: never from the current folder first, which may be a stranger's, with a `struct.py` in it.

`--load` and `--callable` add what they name, last. Nothing is imported here that Python has not loaded anyway.
"""

import os
import sys

_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""Where eigcheck itself is: a checkout that is not installed is run from the current folder and needs it, last."""

SAFE = "PYTHONSAFEPATH"  # in the environment of a Python, keeps the current folder off its path from the start


def leave_current_folder() -> None:
    """Take the current folder off the path where `python -m` put it first."""
    if not sys.flags.safe_path and sys.path[:1] and _is_current(sys.path[0]):
        del sys.path[0]
        if _HOME not in sys.path:
            sys.path.append(_HOME)


def path_of_others() -> list[str]:
    """The path for a Python that we start: as ours is, but what is the current folder comes last."""
    folders = [str(folder) for folder in sys.path]
    current = [folder for folder in folders if _is_current(folder)]
    kept = [folder for folder in folders if folder not in current]
    return [*kept, *(os.path.abspath(folder) for folder in current[-1:]), *([] if _HOME in folders else [_HOME])]


def python(code: str, *arguments: str) -> list[str]:
    """A command that runs `code` in another Python of our kind, with our path; `sys.argv[1:]` are the arguments."""
    # nothing is imported before the path is ours
    return [sys.executable, "-P", "-c", f"import sys; sys.path[:] = {path_of_others()!r}; {code}", *arguments]


def _is_current(folder: str) -> bool:
    try:
        return folder == "" or os.path.samefile(folder, os.curdir)
    except OSError:
        return False
