"""Which relations there are."""

import pytest

from eigcheck.check.checks.relations.relation import registered, relation
from tests.check.checks.relations.stand import NAMES


def test_the_relations_of_the_semantics_are_there():
    assert set(NAMES) == {
        "scaling",
        "signed-permutation",
        "transposition",
        "conjugation",
        "diagonal-unitary",
        "orthogonal",
        "shift",
        "embedding",
        "unread-triangle",
    }


def test_exact_ones_come_first():
    flags = [known.exact for known in registered()]
    assert flags == sorted(flags, reverse=True)
    assert {known.name for known in registered() if not known.exact} == {"orthogonal", "shift"}


def test_a_name_is_taken_once_and_every_relation_has_a_line_about_it():
    with pytest.raises(ValueError, match="registered already"):
        relation("scaling", summary="")(lambda place: "never")
    assert all("->" in known.summary for known in registered())
