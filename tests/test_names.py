from pathlib import Path

from eigcheck.names import installing, meant

ROOT = Path(__file__).parent.parent


def test_a_name_means_itself_whatever_signs_are_in_it() -> None:
    assert meant("a[b]", "a[b]")
    assert meant("a[b]", "ab")
    assert not meant("a[b]", "a[c]")
    assert meant("numpy/*", "numpy/lapack")
    assert not meant("numpy/*", "Numpy/lapack")


def test_what_installs_an_extra_is_said_as_the_manual_says_it() -> None:
    """And nowhere by the name alone, which on an index is a stranger's."""
    manual = (ROOT / "docs" / "howto" / "install.md").read_text()
    assert "`python -m pip install '.[torch]'`" in manual
    assert "'eigcheck[torch] @ git+URL'" in manual
    assert installing("torch").startswith("python -m pip install '.[torch]' in a checkout")
    assert "'eigcheck[torch] @ git+URL'" in installing("torch")
    code = {path: path.read_text() for path in (ROOT / "eigcheck").rglob("*.py")}
    assert not [path for path, text in code.items() if "pip install 'eigcheck[" in text]
