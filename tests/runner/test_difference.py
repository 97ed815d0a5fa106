"""What a finding shows of two JSON values: where they differ, and how."""

from __future__ import annotations

import copy
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workloads_conformance.runner import identical
from workloads_conformance.runner.difference import contrast

MANIFEST = {"kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "main", "args": ["a", "b", "c"]}]}}}}
ARGS = "rawManifest.spec.template.spec.containers[0].args"

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.0, 1.0, 2**53, 2.0**53, 1e300])
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=4),
    max_leaves=12,
)


def lines(expected, observed, *at):
    return contrast(expected, observed, at).observed.splitlines()


def manifest_with(*arguments):
    changed = copy.deepcopy(MANIFEST)
    changed["spec"]["template"]["spec"]["containers"][0]["args"] = list(arguments)
    return changed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a", "x", "c"), [f'{ARGS}[1]: "b" → "x"']),
        (("a", "b"), [f'{ARGS}[2]: missing "c"']),
        (("b", "c"), [f'{ARGS}[0]: missing "a"']),
        (("a", "b", "x", "c"), [f'{ARGS}[2]: added "x"']),
        ((), [f'{ARGS}[{index}]: missing "{text}"' for index, text in enumerate("abc")]),
    ],
)
def test_an_item_is_named_by_its_path(arguments, told):
    assert lines(MANIFEST, manifest_with(*arguments), "rawManifest") == told


def test_members_that_are_gone_or_new_or_another():
    expected = {"category": "Train", "priority": "low", "note": None}
    observed = {"category": "Build", "note": None, "extra": [1]}
    assert lines(expected, observed, "metadata") == [
        'metadata.category: "Train" → "Build"', "metadata.extra: added [1]", 'metadata.priority: missing "low"',
    ]  # fmt: skip


def test_names_that_are_no_identifiers_are_quoted():
    key = "example.com/revision"
    assert lines({"a": {key: "1"}}, {"a": {key: "2"}}) == [f'a["{key}"]: "1" → "2"']
    assert lines({key: 1}, {}) == [f'["{key}"]: missing 1']


@pytest.mark.parametrize(
    ("expected", "observed", "told"),
    [
        (True, 1, ["a: true → 1"]),
        (1, 1.0, []),
        (2**53, 2**53 + 1, []),
        (None, False, ["a: null → false"]),
        ("1", 1, ['a: "1" → 1']),
        ([], {}, ["a: [] → {}"]),
        (0, False, ["a: 0 → false"]),
    ],
)
def test_types_matter_and_numbers_are_jsons(expected, observed, told):
    assert lines({"a": expected}, {"a": observed}) == told


@given(one=values, other=values)
def test_what_is_identical_has_no_difference_and_nothing_else_has(one, other):
    assert (lines(one, other) == []) == identical(one, other)
    assert lines(one, copy.deepcopy(one)) == []


@given(one=values, other=values)
def test_the_text_is_the_same_whatever_the_order_of_members(one, other):
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return list(map(turned, value)) if isinstance(value, list) else value

    assert contrast(one, other) == contrast(turned(one), turned(other))


def test_a_long_text_is_cut_around_the_difference():
    before = "x" * 5000
    [line] = lines({"text": before + "A" + before}, {"text": before + "B" + before})
    around = "x" * 40
    assert line.startswith(f'text: "…{around}A')
    assert f'→ "…{around}B' in line
    assert line.endswith(" (first difference at character 5000)")
    assert len(line) < 400


def test_a_difference_at_the_beginning_of_a_long_text_leaves_the_beginning():
    [line] = lines({"text": "A" + "x" * 999}, {"text": "B" + "x" * 999})
    assert line.startswith('text: "Ax')
    assert "character" not in line


def test_of_many_differences_a_few_are_shown_and_the_rest_is_counted():
    found = lines({str(i): i for i in range(100)}, {})
    assert len(found) == 6
    assert found[-1] == "and 95 more"


def test_a_long_expected_value_is_shown_where_it_differs():
    late = {**manifest_with("a", "b"), "note": "n" * 300}
    told = [f'note: "{"n" * 120}…"', f'{ARGS.removeprefix("rawManifest.")}[1]: "b"']
    assert contrast(late, manifest_with("a")).expected.splitlines() == told
    assert contrast("Train", "Build").expected == "Train"


def test_a_secret_is_hidden_before_a_text_is_cut():
    secret = "s3cr3t-" * 10

    def hide(text):
        return text.replace(secret, "$TOKEN")

    text = "x" * 100 + secret
    found = contrast({"a": text + "1" + text, secret: 1}, {"a": text + "2" + text}, hide=hide)
    assert "s3cr" not in found.expected + found.observed
    assert "$TOKEN" in found.observed
    assert contrast({"a": secret}, {"a": "$TOKEN"}, hide=hide).observed == (
        'a: "$TOKEN" → "$TOKEN" (different in what is hidden)'
    )


def nest(levels, value):
    for _ in range(levels):
        value = {"n": [value, 0]}
    return value


@pytest.mark.parametrize(
    ("expected", "observed"),
    [
        (nest(90, 1), nest(90, 2)),
        ({"k" * 100_000: 1}, {"k" * 100_000: 2}),
        ([{"a": index} for index in range(30_000)], [{"a": -index - 1} for index in range(30_000)]),
        ("x" * 1_000_000, "x" * 999_999 + "y"),
        ({str(index): "v" * 50 for index in range(20_000)}, []),
    ],
)
def test_hostile_values_take_little_time_and_room(expected, observed):
    began = time.process_time()
    found = contrast(expected, observed, ("rawManifest",))
    assert time.process_time() - began < 10
    assert len(found.expected) + len(found.observed) < 20_000
