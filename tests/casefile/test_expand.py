from eigcheck.casefile.expand import drafts
from eigcheck.casefile.nodes import plain_data
from tests.casefile.support import only_fault, problems, reading_for, root_of


def expanded(text):
    reading = reading_for(text)
    return list(drafts(root_of(reading), "stem", reading)), reading.faults


def names(text):
    found, faults = expanded(text)
    assert not faults
    return [draft.full_name() for draft in found]


def test_a_plain_case_is_itself():
    (draft,), faults = expanded("name: a\nmatrix: [[1]]\n")
    assert not faults
    assert draft.full_name() == "a"
    assert plain_data(draft.node) == {"matrix": [[1]]}


def test_the_stem_is_the_name_of_a_case_without_one():
    assert names("matrix: [[1]]\n") == ["stem"]


def test_inner_keys_replace_outer_ones_whole():
    text = "expect: {x: fail, y: fail}\nabout: outer\ncases:\n- name: a\n  expect: {x: pass}\n- name: b\n"
    (a, b), faults = expanded(text)
    assert not faults
    assert [a.full_name(), b.full_name()] == ["a", "b"]
    assert plain_data(a.node) == {"expect": {"x": "pass"}, "about": "outer"}
    assert plain_data(b.node)["expect"] == {"x": "fail", "y": "fail"}
    assert reading_for(text).source.place(b.node.at)[0] == 6


def test_inner_names_follow_an_outer_one():
    assert names("name: o\ncases: [{name: a}, {name: b, cases: [{name: c}]}]\n") == ["o/a", "o/b/c"]


def test_for_makes_every_combination_first_key_slowest():
    text = "name: k\nmatrix: {kind: frank}\nfor: {matrix.n: [2, 5], cotangent.seed: [0, 1]}\n"
    found, _ = expanded(text)
    assert [draft.full_name() for draft in found] == [
        "k[n=2,seed=0]",
        "k[n=2,seed=1]",
        "k[n=5,seed=0]",
        "k[n=5,seed=1]",
    ]
    last = plain_data(found[3].node)
    assert last["matrix"] == {"kind": "frank", "n": 5}
    assert last["cotangent"] == {"kind": "random", "seed": 1}
    assert "for" not in last


def test_what_no_name_can_hold_is_told_by_its_position():
    text = f'name: k\nfor: {{about: [plain, "a\\nb", "a::b", {"x" * 201}]}}\n'
    assert names(text) == ["k[about=plain]", "k[about=#1]", "k[about=#2]", "k[about=#3]"]
    _, (fault,) = expanded('for: {"expect.a\\nb": [pass]}\n')
    assert "control characters" in fault.message


def test_for_applies_to_inner_cases_unless_they_have_their_own():
    text = "for: {uplo: [L, U]}\ncases: [{name: a}, {name: b, for: {dtype: [float32]}}]\n"
    assert names(text) == ["a[uplo=L]", "a[uplo=U]", "b[dtype=float32]"]


def test_paths_with_the_same_end_are_shown_whole():
    text = "matrix: {kind: general}\nfor: {matrix.seed: [1], cotangent.seed: [2]}\n"
    assert names(text) == ["stem[matrix.seed=1,cotangent.seed=2]"]


def test_lists_are_varied_by_position_and_shown_by_number():
    text = "perturb: [{entry: [0, 0], ulps: 1}]\nfor: {perturb.0.ulps: [1, -2], matrix: [[[1]], [[2]]]}\n"
    found, faults = expanded(text)
    assert not faults
    assert [draft.full_name() for draft in found][:2] == ["stem[ulps=1,matrix=#0]", "stem[ulps=1,matrix=#1]"]
    assert plain_data(found[3].node) == {"perturb": [{"entry": [0, 0], "ulps": -2}], "matrix": [[2]]}


def test_cotangent_words_become_mappings():
    found, _ = expanded("cotangent: basis\nfor: {cotangent.count: [3]}\n")
    assert plain_data(found[0].node)["cotangent"] == {"kind": "basis", "count": 3}


def test_too_many_combinations_are_refused_before_they_are_made(tmp_path):
    many = ", ".join(map(str, range(101)))
    text = f"matrix: {{kind: zeros, n: 1}}\nfor: {{matrix.seed: [{many}], matrix.scale: [{many}]}}\n"
    fault = only_fault(tmp_path, text)
    assert "10000 cases" in fault.message
    assert "--allow-large" in fault.remedy
    assert fault.line == 2


def test_lists_of_domains_and_dtypes_join_the_suffix(tmp_path):
    text = "name: a\nmatrix: {kind: ones}\ndomain: [upper, lower]\ndtype: [float32, float64]\nfor: {matrix.n: [1]}\n"
    found = problems(tmp_path, text)
    assert [problem.case for problem in found] == [
        "a[n=1,domain=upper,dtype=float32]",
        "a[n=1,domain=upper,dtype=float64]",
        "a[n=1,domain=lower,dtype=float32]",
        "a[n=1,domain=lower,dtype=float64]",
    ]
