"""The real command line, as in the tests of commands; and a depot for what Julia compiles, so that nobody's is touched."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import eigcheck

__all__ = ["depot", "eigcheck"]


@pytest.fixture(autouse=True, scope="session")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A first depot of our own for the whole session."""
    patch = pytest.MonkeyPatch()
    patch.setenv("JULIA_DEPOT_PATH", str(tmp_path_factory.mktemp("julia-depot")))
    yield
    patch.undo()
