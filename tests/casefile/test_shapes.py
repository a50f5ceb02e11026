from eigcheck.casefile import shapes
from eigcheck.casefile.kinds.registry import PARAMETER_TYPES


def test_one_or_more():
    shape = shapes.one_or_more({"enum": ["a", "b"]})
    assert shape["anyOf"][0] == {"enum": ["a", "b"]}
    assert shape["anyOf"][1]["minItems"] == 1
    assert shapes.one_or_more({"enum": ["a"]}, least=0)["anyOf"][1]["minItems"] == 0


def test_every_type_of_parameter_has_a_shape():
    assert set(shapes.PARAMETERS) == set(PARAMETER_TYPES.values())
