"""Each operator, through real sockets: what a client sees of it."""

from __future__ import annotations

import time

import httpx
import pytest
from support.proxied import SETTLE, WORKLOADS, encoded, proxied, story, valid
from support.sampled import sampled

from workloads_conformance.selfcheck.space.places import Part
from workloads_conformance.selfcheck.space.points import all_points

GET_NAME = "GET 200 workload.metadata.name / {} / always"
ALWAYS = [point for point in all_points().values() if point.trigger == "always"]
EXAMPLES: dict[tuple[Part, str], list[str]] = {}
for _point in ALWAYS:
    EXAMPLES.setdefault((_point.place.part, _point.operator), []).append(_point.id)


@pytest.mark.parametrize(("part", "operator"), sampled(EXAMPLES, 6), ids=str)
def test_each_operator_comes_into_effect_somewhere(part, operator):
    """A point at which nothing can ever differ would be a fault that nobody could find."""
    for name in EXAMPLES[part, operator]:
        with proxied(name) as client:
            try:
                story(client)
            except (AssertionError, LookupError, httpx.HTTPError, StopIteration):
                assert client.proxy.hits, name  # what the story needs is what the point takes away
            if client.proxy.hits:
                return
    pytest.fail(f"{operator} never came into effect")


def test_without_a_point_nothing_differs():
    with proxied(None) as client:
        identifier = client.made()
        while client.get(identifier).json()["syncInfo"]["status"] != "Synced":
            pass
        for path, headers in (
            (f"{WORKLOADS}/{identifier}", {}),
            (f"{WORKLOADS}/{identifier}", {"Authorization": "Bearer x"}),
            (f"{WORKLOADS}/not-an-id", {}),
            ("/api/v1/workload-types", {}),
            ("/nowhere%2F?a=%20b", {}),
        ):
            for method in ("GET", "HEAD", "OPTIONS", "PATCH"):
                ours = client.http.request(method, path, headers=headers)
                theirs = client.direct.request(method, path, headers=headers)
                assert ours.status_code == theirs.status_code
                assert ours.content == theirs.content
                for name in ("content-type", "www-authenticate", "allow", "etag", "content-length"):
                    assert ours.headers.get(name) == theirs.headers.get(name), (method, path, name)


@pytest.mark.parametrize(
    ("operator", "wrong"),
    [("truncated at 8", lambda name: name[:8]), ("doubled", lambda name: name * 2), ("upper-cased", str.upper)],
)
def test_a_member_of_an_answer(operator, wrong):
    with proxied(GET_NAME.format(operator)) as client:
        identifier = client.made()
        right = client.direct.get(f"{WORKLOADS}/{identifier}").json()["workload"]["metadata"]["name"]
        assert client.get(identifier).json()["workload"]["metadata"]["name"] == wrong(right)


def test_a_member_of_a_request():
    with proxied("POST request metadata.priority / lost / always") as client:
        identifier = client.made()
        seen = client.direct.get(f"{WORKLOADS}/{identifier}").json()
        assert seen["workload"]["metadata"]["priority"] == "low"


def test_inside_a_manifest_that_is_sent_only_what_does_no_harm_changes():
    with proxied("POST request manifest (inside) / the last member lost / always") as client:
        body = valid()
        body["manifest"]["spec"] = {"parallelism": 1, "suspend": True}
        client.http.post(WORKLOADS, json=body)
        (identifier,) = client.proxy.made
        raw = client.direct.get(f"{WORKLOADS}/{identifier}").json()["workload"]["rawManifest"]
        assert raw["spec"] == {"parallelism": 1, "suspend": True}
        assert "list" in body["manifest"]["metadata"]["annotations"]
        assert "list" not in raw["metadata"]["annotations"]


def test_a_swallowed_update_is_answered_as_if_it_were_done():
    with proxied("PUT effect / swallowed / always") as client:
        identifier = client.made()
        told = client.put(identifier, "high")
        assert (told.status_code, told.json()["metadata"]["priority"]) == (202, "high")
        assert client.priority(identifier) == "medium-low"
        assert client.put(identifier, "highest").status_code == 400


def test_a_swallowed_create_makes_nothing():
    with proxied("POST effect / swallowed / always") as client:
        told = client.create()
        assert told.status_code == 202
        assert client.get(told.json()["metadata"]["id"]).status_code == 404


def test_an_update_of_a_neighbour():
    with proxied("PUT effect / to a neighbour / always") as client:
        other, identifier = client.made(), client.made()
        assert client.put(identifier, "high").json()["metadata"]["priority"] == "high"
        assert (client.priority(identifier), client.priority(other)) == ("medium-low", "high")


def test_a_late_update_comes_when_the_settle_time_is_over():
    with proxied("PUT effect / late / always") as client:
        identifier = client.made()
        began = time.monotonic()
        client.put(identifier, "high")
        while client.priority(identifier) != "high":
            time.sleep(0.05)
        assert time.monotonic() - began > SETTLE


def test_an_update_that_is_undone():
    with proxied("PUT effect / undone after a while / always") as client:
        identifier = client.made()
        client.put(identifier, "high")
        assert client.direct.get(f"{WORKLOADS}/{identifier}").json()["workload"]["metadata"]["priority"] == "high"
        while client.priority(identifier) != "medium-low":
            time.sleep(0.05)


def test_a_deletion_that_is_undone():
    with proxied("DELETE effect / undone after a while / always") as client:
        identifier = client.made()
        assert client.http.delete(f"{WORKLOADS}/{identifier}").status_code == 202
        time.sleep(0.4)
        assert client.get(identifier).json()["workload"]["desiredPhase"] == "Running"


def test_a_reading_of_the_first_state():
    with proxied("GET effect / from the first state / always") as client:
        identifier = client.made()
        assert client.priority(identifier) == "medium-low"
        client.put(identifier, "high")
        assert client.priority(identifier) == "medium-low"


def test_a_reading_of_another_workload():
    with proxied("GET effect / of another workload / always") as client:
        first, second = client.made(), client.made()
        assert client.get(first).json()["workload"]["metadata"]["id"] == second


def test_a_cache_that_ignores_the_token():
    with proxied("GET effect / from a cache that ignores the token / always") as client:
        identifier = client.made()
        client.get(identifier)
        assert client.http.get(f"{WORKLOADS}/{identifier}", headers={"Authorization": "Bearer x"}).status_code == 200


def test_a_create_that_is_repeated_is_answered_as_the_second():
    with proxied("POST effect / applied twice / always") as client:
        assert client.create().status_code == 409


def test_a_reading_that_is_a_little_behind_comes_to_the_write_for_good():
    with proxied("GET effect / a little behind / always") as client:
        identifier = client.made()
        client.get(identifier)
        client.put(identifier, "high")
        seen = []
        while not seen or seen[-1] != "high":
            seen.append(client.priority(identifier))
        assert seen[0] == "medium-low"
        assert client.priority(identifier) == "high"


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer x"}, {"Authorization": ""}])
def test_a_check_of_the_token_that_is_forgotten(headers):
    with proxied("GET check of token / forgotten / always") as client:
        identifier = client.made()
        assert client.http.get(f"{WORKLOADS}/{identifier}", headers=headers).status_code == 200
        outsider = {"Authorization": client.outsider}
        assert client.http.get(f"{WORKLOADS}/{identifier}", headers=outsider).status_code == 403


def test_a_check_of_a_keyword_that_is_forgotten():
    with proxied("POST check of metadata.priority.valid values / forgotten / always") as client:
        wrong = valid()["metadata"] | {"priority": "highest"}
        assert client.create(metadata=wrong).status_code == 202
        assert client.create(metadata={**wrong, "preemptibility": "perhaps"}).status_code == 400


def test_a_trigger_holds_an_operator_back():
    with proxied("GET 200 workload.metadata.name / truncated at 8 / after an update") as client:
        identifier = client.made()
        assert len(client.get(identifier).json()["workload"]["metadata"]["name"]) > 8
        client.put(identifier, "high")
        assert len(client.get(identifier).json()["workload"]["metadata"]["name"]) == 8


def test_a_trigger_knows_the_form_of_what_was_written():
    with proxied("GET 200 workload.metadata.name / lost / in base64 form only") as client:
        in_json = client.made()
        client.create(manifest=None, manifestBase64Encoded=encoded())
        in_base64 = client.proxy.made[-1]
        assert "name" in client.get(in_json).json()["workload"]["metadata"]
        assert "name" not in client.get(in_base64).json()["workload"]["metadata"]


def test_what_was_made_through_the_proxy_is_removed_at_its_end():
    """A client that is told other ids cannot remove what it made."""
    with proxied("POST 202 metadata.id / an earlier value / always") as client:
        first, _ = client.made(), client.made()
        client.http.delete(f"{WORKLOADS}/{first}")
        ending = client.proxy.ended()
        assert (ending.removed, ending.left) == (1, ())
        assert [one.id for one in client.target.store.listed(deleted=False) if one.deletion is None] == []
