from eigcheck.names import meant


def test_a_name_means_itself_whatever_signs_are_in_it() -> None:
    assert meant("a[b]", "a[b]")
    assert meant("a[b]", "ab")
    assert not meant("a[b]", "a[c]")
    assert meant("numpy/*", "numpy/lapack")
    assert not meant("numpy/*", "Numpy/lapack")
