"""Sums of cotangents, part by part and in their own precision."""

import numpy as np

from eigcheck.pairs import EVEN, Eigenpairs, combine, evening, frozen, in_precision, is_single


def test_combining_keeps_absence_and_precision():
    single = [Eigenpairs(np.array([1, 2], np.float32)), Eigenpairs(np.array([3, 4j], np.complex64))]
    made = combine(((0, 0.75), (1, -1.25)), single)
    assert made.values.dtype == np.complex64
    assert made.vectors is None
    assert np.array_equal(made.values, [0.75 - 3.75, 1.5 - 5j])
    assert combine(((0, 1.0),), [Eigenpairs(None, np.array([[1.0, 2], [3, 4]]))]).vectors.dtype == np.float64


def test_a_precision_is_kept_apart_from_being_complex():
    for kind, single in ((np.float32, True), (np.complex64, True), (np.float64, False), (np.complex128, False)):
        array = np.ones(2, kind)
        assert is_single(array) == single
        assert in_precision(array, single=single).dtype == kind
        assert is_single(in_precision(array, single=True))
        assert np.iscomplexobj(in_precision(array, single=True)) == np.iscomplexobj(array)


def test_absent_parts_are_passed_over():
    pairs = Eigenpairs(None, np.array([[1.0, np.inf], [0, 1]]))
    assert len(pairs.parts) == 1
    assert pairs.each(np.negative).values is None
    assert np.array_equal(pairs.each(np.negative).vectors, -pairs.vectors)
    assert not pairs.finite
    assert pairs.nonzero
    assert Eigenpairs(None).finite
    assert not Eigenpairs(np.zeros(2)).nonzero


def test_frozen_is_in_c_order_and_read_only():
    array = frozen(np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]))
    assert array.flags.c_contiguous
    assert not array.flags.writeable
    assert array[0, 1] == 2


def test_an_even_sum_leaves_no_budget_far_above_the_least():
    assert list(evening(np.array([1.0, 2, EVEN, 4 * EVEN, np.inf]))) == [1, 1, 1, 0.25, 0]
    assert list(evening(np.full(2, np.inf))) == [1, 1]
    assert evening(np.zeros(0)).size == 0
