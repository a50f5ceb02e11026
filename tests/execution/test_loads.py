import pytest

from eigcheck.errors import RuleError
from eigcheck.execution.loads import Load, as_load, callable_load, installed, may_match


def publish(folder, name, entry_points):
    """An installed distribution, as importlib.metadata sees it."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[eigcheck.rules]\n" + "\n".join(entry_points) + "\n")


def test_files_and_modules_are_told_apart(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("")
    assert as_load(str(path)).is_file
    assert not as_load("package.module").is_file
    assert not callable_load("package.module:name", ["eigvals"]).is_file
    assert as_load(Load("a", prefix="b")) == Load("a", prefix="b")


@pytest.mark.parametrize(("name", "what"), [("missing.py", "does not exist"), ("folder.py", "is a folder")])
def test_a_file_that_is_not_there_is_an_error_saying_where_it_was_looked_for(tmp_path, monkeypatch, name, what):
    (tmp_path / "folder.py").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuleError) as caught:
        as_load(name)
    assert str(caught.value).startswith(f"--load {name}: this file {what} (looked from {tmp_path}). Name a")


@pytest.mark.parametrize("name", ["", ".relative"])
def test_what_is_no_modules_name_is_an_error(name):
    with pytest.raises(RuleError, match="not a module's name"):
        as_load(name)


@pytest.mark.parametrize("target", ["module", "module:", ":name"])
def test_a_callable_needs_a_module_and_a_name(target):
    with pytest.raises(RuleError, match=r"write PKG\.MOD:ATTR"):
        callable_load(target, ["eigvals"])
    with pytest.raises(RuleError, match="--function"):
        callable_load("module:name", [])


def test_installed_packages_are_listed_without_importing_them(tmp_path, monkeypatch):
    publish(tmp_path, "two", ["zeta = bomb.zeta", "alpha = bomb.alpha"])
    monkeypatch.syspath_prepend(tmp_path)
    loads = [load for load in installed() if load.target.startswith("bomb.")]
    assert [(load.prefix, load.target) for load in loads] == [("alpha", "bomb.alpha"), ("zeta", "bomb.zeta")]
    assert loads[0].shown == "entry point 'alpha' of two bomb.alpha"


def test_only_packages_that_a_glob_may_match_are_selected(tmp_path, monkeypatch):
    publish(tmp_path, "two", ["zeta = bomb.zeta", "alpha = bomb.alpha"])
    monkeypatch.syspath_prepend(tmp_path)
    assert [load.prefix for load in installed(["numpy/*", "alpha/eigvals"])] == ["alpha"]
    assert [load.prefix for load in installed(["nothing"]) if load.target.startswith("bomb")] == []


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("lib/eigvals", True),
        ("lib/*", True),
        ("*", True),
        ("l*", True),
        ("l?b/x", True),
        ("[kl]ib/x", True),
        ("lib", False),
        ("li", False),
        ("library/*", False),
        ("Lib/*", False),
        ("numpy/*", False),
    ],
)
def test_what_a_glob_may_match_below_a_prefix(glob, expected):
    assert may_match(glob, "lib") == expected
