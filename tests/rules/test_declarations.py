import re

import pytest

from eigcheck.errors import RuleError
from eigcheck.rules.registry import rule


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"function": "eigval"}, "'eigval' is no function. Did you mean 'eigvals'"),
        ({"function": ()}, "no function is given; there are eigvals, eig, eigvalsh, eigh."),
        ({"domain": "symetric"}, "'symetric' is no domain. Did you mean 'symmetric'?"),
        ({"domain": ("general", "uper")}, "Did you mean 'upper'?"),
        ({"dtypes": "float46"}, "Did you mean 'float64'"),
        ({"dtypes": int}, "is no dtype."),
        ({"convention": "lapak"}, "Did you mean 'lapack'?"),
        ({"function": "eigh", "uplo": "l"}, "'l' is no uplo. There are L, U."),
        ({"function": "eigh", "domain": "upper", "uplo": "L"}, "'upper' stores the triangle U, not L"),
        ({"function": "eigvals", "domain": "lower", "uplo": "U"}, "'lower' stores the triangle L, not U"),
        ({"function": ("eigh", "eig"), "uplo": "L"}, "eig on the domain 'general' reads the whole matrix"),
        ({"orders": ()}, "orders=(): say for which n it is"),
        ({"orders": (2, -1)}, "say for which n it is"),
        ({"orders": (2.0,)}, "say for which n it is"),
        ({"orders": range(2, 10**12)}, "name 4096 at most"),
        ({"orders": 2.5}, "orders=2.5: say for which n it is"),
        ({"orders": True}, "say for which n it is"),
        ({"orders": range(3, 3)}, "say for which n it is"),
        ({"orders": "23"}, "say for which n it is"),
        ({"name": ""}, "cannot be a rule's name"),
        ({"name": "a b"}, "cannot be a rule's name"),
        ({"name": "a*"}, "cannot be a rule's name"),
        ({"name": "a@eig"}, "cannot be a rule's name"),
        ({"name": "a::b"}, "cannot be a rule's name"),
        ({"name": "a\x1b"}, "cannot be a rule's name"),
        ({"name": 3}, "cannot be a rule's name"),
    ],
)
def test_a_wrong_word_is_named_with_its_remedy(declared, message):
    with pytest.raises(RuleError, match=re.escape(message)):
        rule(**{"name": "mylib/x", "function": "eig", **declared})
