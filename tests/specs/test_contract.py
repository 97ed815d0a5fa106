"""The bundled contract: verbatim fragments, reviewed errata, one document."""

import copy
import json

import pytest

from workloads_specs import (
    FRAGMENTS,
    FragmentError,
    OverlayError,
    apply_overlay,
    load_contract,
    load_errata,
    load_fragment,
)


def test_each_fragment_is_the_published_one():
    assert [load_fragment(name)["info"]["version"] for name in FRAGMENTS] == ["2.24"] * 4


def test_a_changed_fragment_is_refused(monkeypatch):
    load_fragment.cache_clear()
    monkeypatch.setitem(FRAGMENTS, "get", "0" * 64)
    with pytest.raises(FragmentError, match=r"get\.json has sha256 5e6b"):
        load_fragment("get")


def test_the_bundle_loses_nothing():
    document = load_contract(literal=True).document
    for name in FRAGMENTS:
        fragment = load_fragment(name)
        for path, item in fragment["paths"].items():
            assert document["paths"][path].items() >= item.items()
        for section, members in fragment["components"].items():
            assert document["components"][section].items() >= members.items()


def test_operations_have_the_documented_statuses():
    operations = load_contract(literal=True).operations
    assert {name: (operation.method, operation.success) for name, operation in operations.items()} == {
        "create": ("POST", 202),
        "get": ("GET", 200),
        "update": ("PUT", 202),
        "delete": ("DELETE", 202),
    }
    assert operations["update"].statuses == {202, 401, 403, 404, 500, 503}


def test_errata_only_let_more_answers_pass():
    literal, corrected = load_contract(literal=True), load_contract()
    for name, operation in literal.operations.items():
        assert operation.statuses < corrected.operations[name].statuses
    assert 400 in corrected.operations["update"].statuses
    assert corrected.schema("Preemptibility")["enum"] == ["preemptible", "non-preemptible", None]
    assert None in corrected.schema("WorkloadV2Configuration")["properties"]["mnnvl"]["enum"]
    assert corrected.schema("Error")["type"] == "object"
    assert "format" not in corrected.schema("WorkloadV2MetadataAutoFill")["properties"]["deletedBy"]


def test_the_digest_tells_the_literal_contract_from_the_corrected_one():
    assert load_contract().sha256 != load_contract(literal=True).sha256


def test_no_reference_is_left_in_a_resolved_operation():
    for operation in load_contract().operations.values():
        assert "$ref" not in json.dumps(operation.definition)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"target": "$.paths.nowhere", "update": {}, "x-reason": "x"}, "matches nothing"),
        ({"target": "$.info", "update": {"a": 1}}, "gives no x-reason"),
        ({"target": "$.info.title", "update": {"a": 1}, "x-reason": "x"}, "merges into an object"),
    ],
)
def test_an_erratum_that_does_not_apply_is_refused(change, told):
    with pytest.raises(OverlayError, match=told):
        apply_overlay({"info": {"title": "x"}, "paths": {}}, {"actions": [change]})


def test_applying_the_errata_leaves_the_fragments_alone():
    before = copy.deepcopy(load_contract(literal=True).document)
    apply_overlay(dict(load_contract(literal=True).document), load_errata())
    assert load_contract(literal=True).document == before
