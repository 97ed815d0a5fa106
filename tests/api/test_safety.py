"""What may leave is judged on the URL as it leaves, and only what the run created is ever written to."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workloads_conformance.api import CREATE_PATH, Inventory, NoLedger, Safety
from workloads_conformance.errors import NotPermittedError
from workloads_conformance.http import Request, Response
from workloads_conformance.settings import Mode

BASE = "http://target.example:8080/some/base"
PREFIX = "wlc-abc123-"
OURS = "0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c11"
OTHERS = "1c8e4b63-6f3c-4f37-9d6b-3f3f5f0d1c22"
MADE_UP = "2d9f5c74-6f3c-4f37-9d6b-3f3f5f0d1c33"
DRY = (("dryRun", "true"),)


def answer(status: int, value: Any) -> Response:
    return Response(status, (("content-type", "application/json"),), json.dumps(value).encode())


def create(inventory: Inventory, identifier: Any, *, dry: bool = False, status: int = 202, **metadata: Any) -> None:
    body = json.dumps({"metadata": {"name": f"{PREFIX}a", **metadata}}).encode()
    number = inventory.sending(Request(method="POST", path=CREATE_PATH, query=DRY if dry else (), body=body))
    inventory.answered(number, answer(status, {"metadata": {"id": identifier}}), 0.0)


def read(inventory: Inventory, identifier: str, name: str | None, **more: Any) -> None:
    value = {"workload": {"metadata": {"id": identifier, "name": name}, **more}}
    inventory.read(identifier, answer(200, value) if name else answer(404, {}))


@pytest.fixture
def inventory() -> Inventory:
    return Inventory(PREFIX, NoLedger())


def permitted(inventory: Inventory, mode: Mode, method: str, url: str) -> bool:
    try:
        Safety(mode, BASE, inventory).check_url(method, httpx.URL(url))
    except NotPermittedError:
        return False
    return True


ITEM = f"{BASE}{CREATE_PATH}/{OURS}"


@pytest.mark.parametrize(
    ("mode", "method", "url", "allowed"),
    [
        (Mode.FULL, "POST", f"{BASE}{CREATE_PATH}", True),
        (Mode.FULL, "PUT", ITEM, True),
        (Mode.FULL, "DELETE", ITEM, True),
        (Mode.FULL, "PATCH", ITEM, True),
        (Mode.FULL, "POST", ITEM, False),
        (Mode.FULL, "PATCH", f"{BASE}{CREATE_PATH}", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}/", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}/{OTHERS}", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}/{OURS}/more", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}/../../v1/projects/{OURS}", False),
        (Mode.FULL, "DELETE", f"{BASE}/api/v1/projects/4500001", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}/{OURS}%2f..%2f{OTHERS}", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}/not-a-uuid", False),
        (Mode.FULL, "DELETE", f"http://target.example:8080{CREATE_PATH}/{OURS}", False),
        (Mode.FULL, "DELETE", f"http://elsewhere.example:8080/some/base{CREATE_PATH}/{OURS}", False),
        (Mode.FULL, "DELETE", f"https://target.example:8080/some/base{CREATE_PATH}/{OURS}", False),
        (Mode.FULL, "GET", f"{BASE}{CREATE_PATH}/whatever", True),
        (Mode.FULL, "GET", f"{BASE}/api/v1/workloads?filterBy=x", True),
        (Mode.FULL, "GET", f"{BASE}/api/v1/projects", False),
        (Mode.FULL, "GET", f"{BASE}{CREATE_PATH}/../../v1/projects", False),
        (Mode.FULL, "POST", f"{BASE}/api/v1/token", True),
        (Mode.FULL, "POST", f"{BASE}/api/v1/users", False),
        (Mode.READ_ONLY, "GET", ITEM, True),
        (Mode.READ_ONLY, "POST", f"{BASE}{CREATE_PATH}?dryRun=true", False),
        (Mode.READ_ONLY, "DELETE", ITEM, False),
        (Mode.DRY_RUN, "POST", f"{BASE}{CREATE_PATH}?dryRun=true", True),
        (Mode.DRY_RUN, "POST", f"{BASE}{CREATE_PATH}?dryRun=True", False),
        (Mode.DRY_RUN, "POST", f"{BASE}{CREATE_PATH}?dryRun=true&dryRun=true", False),
        (Mode.DRY_RUN, "POST", f"{BASE}{CREATE_PATH}", False),
        (Mode.DRY_RUN, "PUT", ITEM, False),
        (Mode.DRY_RUN, "DELETE", ITEM, True),
        (Mode.DRY_RUN, "DELETE", f"{BASE}{CREATE_PATH}/{OTHERS}", False),
        (Mode.DRY_RUN, "DELETE", f"{BASE}{CREATE_PATH}/{MADE_UP}", False),
        (Mode.FULL, "DELETE", f"{BASE}{CREATE_PATH}/{MADE_UP}", True),
    ],
)
def test_only_what_is_permitted_leaves(inventory, mode, method, url, allowed):
    create(inventory, OURS)
    read(inventory, OURS, f"{PREFIX}a")
    inventory.make_up(MADE_UP)
    assert permitted(inventory, mode, method, url) is allowed


@given(st.text(max_size=60))
def test_no_text_in_the_place_of_an_id_makes_a_write_permitted(text):
    inventory = Inventory(PREFIX, NoLedger())
    create(inventory, text)
    request = Request(method="DELETE", path=f"{CREATE_PATH}/{text}")
    with pytest.raises(NotPermittedError):
        Safety(Mode.FULL, BASE, inventory).check(request)


@pytest.mark.parametrize(
    "text", ["../../v1/projects/1", ".", "..", "", "?x", "#x", "a\r\nb", "\x00", "a" * 70_000, "%2e%2e", "*", "1", 7]
)
def test_what_is_no_id_is_no_claim(inventory, text):
    create(inventory, text)
    assert inventory.claims == {}
    assert inventory.account().unknown == (f"{PREFIX}a",), "it was accepted, and nobody can say where it is"


def test_a_claim_is_written_to_only_after_it_was_read_back_under_its_name(inventory):
    create(inventory, OURS)
    assert not inventory.owns(OURS)
    read(inventory, OURS, "of-somebody-else")
    assert not inventory.owns(OURS)
    read(inventory, OURS, f"{PREFIX}a")
    assert inventory.owns(OURS.upper())
    read(inventory, OURS, "of-somebody-else")
    assert not inventory.owns(OURS), "the last reading counts"


@pytest.mark.parametrize(
    ("metadata", "shown", "ours"),
    [
        ({"useGivenNameAsPrefix": True}, f"{PREFIX}a-x7k", True),
        ({"useGivenNameAsPrefix": False}, f"{PREFIX}a-x7k", False),
        ({}, f"{PREFIX}b", False),
        ({}, PREFIX, False),
        ({"name": "n"}, "n", False),
        ({"name": "n", "useGivenNameAsPrefix": True}, "nightly-of-somebody-else", False),
        ({"name": None}, "made-up-by-the-target", False),
    ],
)
def test_a_workload_is_known_by_the_name_that_was_asked_for(inventory, metadata, shown, ours):
    create(inventory, OURS, **metadata)
    read(inventory, OURS, shown)
    assert inventory.owns(OURS) is ours


def test_where_no_name_was_asked_for_the_manifest_tells(inventory):
    body = {"metadata": {}, "manifest": {"metadata": {"name": f"{PREFIX}m"}}}
    number = inventory.sending(Request(method="POST", path=CREATE_PATH, body=json.dumps(body).encode()))
    inventory.answered(number, answer(202, {"metadata": {"id": OURS}}), 0.0)
    read(inventory, OURS, "made-up-by-the-target", rawManifest={"metadata": {"name": "another"}})
    assert not inventory.owns(OURS)
    read(inventory, OURS, "made-up-by-the-target", rawManifest={"metadata": {"name": f"{PREFIX}m"}})
    assert inventory.owns(OURS)


def test_an_id_that_was_known_before_or_has_two_names_is_never_written_to(inventory):
    read(inventory, OTHERS, "of-somebody-else")
    create(inventory, OTHERS)
    read(inventory, OTHERS, f"{PREFIX}a")
    assert not inventory.owns(OTHERS), "it was read before the create was sent"
    create(inventory, OURS)
    create(inventory, OURS, name=f"{PREFIX}b")
    read(inventory, OURS, f"{PREFIX}b")
    assert not inventory.owns(OURS)
    assert not inventory.to_confirm(OURS)
    assert inventory.account().unknown == (OURS, OTHERS, f"{PREFIX}b"), "three creates were accepted"


def test_the_id_of_a_dry_run_may_be_given_to_the_create_that_follows(inventory):
    create(inventory, OURS, dry=True)
    read(inventory, OURS, None)
    create(inventory, OURS)
    read(inventory, OURS, f"{PREFIX}a")
    assert inventory.owns(OURS)
    assert inventory.account().left == (OURS,)


@pytest.mark.parametrize("text", ["1", "not-a-uuid", "..", f"{OURS}/x", f"{OURS}%20", "a" * 301])
def test_only_long_words_are_made_up(inventory, text):
    with pytest.raises(ValueError, match="not a text that a write"):
        inventory.make_up(text)
    inventory.make_up(OTHERS)
    assert inventory.made_up(OTHERS)


# -- the account ----


def test_every_create_that_may_have_been_done_is_in_the_account(inventory):
    create(inventory, OURS)
    read(inventory, OURS, f"{PREFIX}a")
    create(inventory, None, name=f"{PREFIX}no-id")
    create(inventory, None, status=400, name=f"{PREFIX}refused")
    create(inventory, None, status=504, name=f"{PREFIX}gateway")
    create(inventory, OTHERS, dry=True, name=f"{PREFIX}dry")
    inventory.sending(Request(method="POST", path=CREATE_PATH, body=b'{"metadata": {"name": "wlc-abc123-lost"}}'))
    account = inventory.account()
    assert account.left == (OURS,)
    assert account.unknown == (f"{PREFIX}gateway", f"{PREFIX}lost", f"{PREFIX}no-id")
    assert (account.created, account.removed) == (4, 0)
    listed = inventory.account({OURS: f"{PREFIX}a"})
    assert (listed.left, listed.unknown) == ((OURS,), ()), "a list read to its end shows what is there"
    assert listed.removed == 1, "the create without an id was accepted, and is not there"


def test_a_name_that_another_workload_was_given_later_was_free(inventory):
    create(inventory, None, status=503)
    create(inventory, OTHERS, status=400)
    create(inventory, OURS)
    read(inventory, OURS, f"{PREFIX}a")
    inventory.accepted_delete(OURS)
    read(inventory, OURS, None)
    account = inventory.account()
    assert (account.removed, account.left, account.unknown) == (1, (), ())
    create(inventory, None, status=503)
    assert inventory.account().unknown == (f"{PREFIX}a",), "nothing was made under the name after that"


def test_what_is_gone_by_its_id_and_still_listed_is_unknown(inventory):
    create(inventory, OURS)
    read(inventory, OURS, f"{PREFIX}a")
    inventory.accepted_delete(OURS)
    read(inventory, OURS, None)
    assert inventory.account().removed == 1
    assert inventory.account({}).removed == 1
    assert inventory.account({OURS: f"{PREFIX}a"}).unknown == (OURS,)


def test_a_listed_workload_is_adopted_only_under_a_name_that_was_asked_for(inventory):
    create(inventory, None)
    inventory.adopt(OTHERS, f"{PREFIX}never-asked-for")
    inventory.adopt("../../v1/projects/1", f"{PREFIX}a")
    assert inventory.claims == {}
    inventory.adopt(OURS, f"{PREFIX}a")
    assert not inventory.owns(OURS), "a list is no reading of the id"
    read(inventory, OURS, f"{PREFIX}a")
    inventory.accepted_delete(OURS)
    read(inventory, OURS, None)
    account = inventory.account({})
    assert (account.removed, account.left, account.unknown) == (1, (), ())


def test_what_the_list_shows_of_a_dry_run_is_looked_for(inventory):
    create(inventory, None, dry=True)
    create(inventory, None)
    inventory.adopt(OURS, f"{PREFIX}a")
    assert not inventory.claims[OURS].asked.dry_run, "the create is the likelier one"
    create(inventory, None, dry=True, name=f"{PREFIX}dry")
    inventory.adopt(OTHERS, f"{PREFIX}dry")
    assert [claim.id for claim in inventory.unsettled()] == [OURS, OTHERS]


def test_a_dry_run_counts_once_dry_runs_were_seen_to_create(inventory):
    create(inventory, OURS, dry=True)
    assert inventory.unsettled() == []
    assert inventory.account().created == 0
    inventory.dry_runs_create = True
    assert [claim.id for claim in inventory.unsettled()] == [OURS]
    assert inventory.account().unknown == (OURS,)
    read(inventory, OURS, f"{PREFIX}a")
    assert inventory.account().left == (OURS,)
