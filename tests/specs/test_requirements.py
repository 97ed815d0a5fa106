"""The requirement catalogue and what its loader refuses."""

import pytest

from workloads_specs import CatalogueError, Level, load_catalogue

GOOD = """
[[requirement]]
id = "WV2-GET-001"
title = "A title"
level = "MUST"
operation = "get"
area = "reading"
source.fragment = "get"
source.pointer = "/components/responses/404NotFound/description"
source.quote = "not found"
"""


def test_the_shipped_catalogue_is_founded_on_the_contract():
    catalogue = load_catalogue()
    assert len(catalogue) > 100
    assert {found.level for found in catalogue.values()} == set(Level)


def test_a_requirement_knows_its_place():
    found = load_catalogue(GOOD)["WV2-GET-001"]
    assert str(found.source) == "get.json /components/responses/404NotFound/description"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"MUST"', '"MAY"', "level 'MAY' is none of MUST, SHOULD, OBSERVE"),
        ("404NotFound", "404Missing", "does not resolve in get.json: no '404Missing'"),
        ('"not found"', '"is found"', "'is found' is not at"),
        ('"not found"', '""', "'' is not at"),
        ('"WV2-GET-001"', '"GET-1"', "an id looks like"),
        ('operation = "get"', 'operation = "patch"', "operation 'patch' is none of"),
        ("title =", "titel =", "titel, title is unknown or missing"),
        ('source.fragment = "get"', 'source.fragment = "list"', "fragment 'list' is none of"),
        ('source.fragment = "get"', 'source.document = "RFC 9110"', "a source has fragment"),
        ("level =", "level", "is not TOML"),
    ],
)
def test_a_wrong_entry_is_refused(old, new, told):
    with pytest.raises(CatalogueError, match=told):
        load_catalogue(GOOD.replace(old, new))


def test_a_duplicate_id_is_refused():
    with pytest.raises(CatalogueError, match="WV2-GET-001 is duplicated"):
        load_catalogue(GOOD + GOOD)


def test_a_quote_of_one_value_is_shown_with_its_keyword():
    clauses = {found.source.clause for found in load_catalogue().values()}
    assert {"maxLength: 63", "type: object", "description: Unauthorized"} <= clauses
    assert not {clause for clause in clauses if len(clause.split()) == 1}
