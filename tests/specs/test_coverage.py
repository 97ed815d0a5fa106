"""Every element of the contract is judged, or there is a reason why not; nothing is left over in either direction."""

from importlib.resources import files

import pytest

from workloads_specs import (
    CoverageError,
    Level,
    elements,
    load_catalogue,
    load_contract,
    load_coverage,
    read_coverage,
    sentences,
)

TEXT = files("workloads_specs").joinpath("v2_24/coverage.toml").read_text(encoding="utf-8")


def test_nothing_is_left_over():
    contract = load_contract(literal=True)
    assert load_coverage().keys() == {*elements(contract), *sentences(contract)}
    judging = {identifier for mapping in load_coverage().values() for identifier in mapping.requirements}
    assert judging == set(load_catalogue())


def test_what_the_schema_binds_is_judged_by_a_must():
    """A keyword of a schema leaves no room: something more than an observation judges it."""
    catalogue = load_catalogue()
    for name, mapping in load_coverage().items():
        if ": " in name and name in elements(load_contract(literal=True)) and not mapping.non_normative:
            levels = {catalogue[identifier].level for identifier in mapping.requirements}
            assert levels & {Level.MUST, Level.SHOULD}, name


def test_elements_are_found_through_references_and_all_of():
    found = elements(load_contract(literal=True))
    assert len(found) == len(set(found))
    for name in (
        "create parameter dryRun: default",
        "create request /metadata/configuration/mnnvl: enum",
        "get 200 /workload/metadata/gvk/group: maxLength",
        "get 200 /syncInfo/message: maxLength",
        "update request /manifestBase64Encoded: format",
        "delete 503 /code: maximum",
        "security bearerAuth: bearerFormat",
    ):
        assert name in found


def test_a_sentence_that_goes_on_is_one():
    found = sentences(load_contract(literal=True))
    assert "Valid values are: very-low, low, medium-low, medium, medium-high, high, and very-high." in found
    assert "Required: The workload is configured to use MNNVL acceleration." in found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('names = ["create 409"]', 'names = ["create 410"]', "'create 410' matches no element"),
        ('"create 401"', '"create 403"', "1 elements of the contract have no mapping, such as 'create 401'"),
        ('"WV2-CREATE-017", "WV2-GET-003"', '"WV2-CREATE-999", "WV2-GET-003"', "WV2-CREATE-999 is not a requirement"),
        ('text = "Bad request."', 'text = "Good request."', "'Good request.' is not a sentence"),
        (
            'requirements = ["WV2-UPDATE-021"]',
            'non_normative = "x"\nrequirements = []',
            "either requirements or non_normative",
        ),
        ('requirements = ["WV2-UPDATE-021"]', 'non_normative = "x"', "WV2-UPDATE-021 judges no element"),
        ('names = ["create 409"]', 'names = ["create 409", "* parameter WorkloadV2Id: required"]', "another mapping"),
    ],
)
def test_a_wrong_map_is_refused(old, new, told):
    assert TEXT.count(old) >= 1
    with pytest.raises(CoverageError, match=told):
        read_coverage(TEXT.replace(old, new))
