"""What of a manifest is lost, and what Kubernetes only reads as absent, fills in or writes in another way."""

from __future__ import annotations

import pytest
from support.servers import Changed

from workloads_conformance.suite import test_specimens
from workloads_conformance.suite.fullness import holds
from workloads_reports import Verdict

CLAUSE = "WV2-MANIFEST-019"


def pod(**spec):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}


HELD = {
    "a platform's additions": (pod(a=[1]), pod(a=[0, 1, 2], schedulerName="runai-scheduler")),
    "null": (pod(a=None), pod()),
    "zero, false and empty": (pod(a=0, b=False, c="", d=[], e={}, f={"g": False}), pod()),
    "null for empty": (pod(a=[]), pod(a=None)),
    "numbers as JSON has them": (pod(a=1, b=2**63 - 1), pod(a=1.0, b=2**63)),
    "a quantity": (pod(limits={"cpu": "1000m", "a.b/c": 1}), pod(limits={"cpu": "1", "a.b/c": "1"})),
    "a quantity with an exponent": (
        pod(requests={"memory": "1e3", "b": "1E"}),
        pod(requests={"memory": "1k", "b": "1000P"}),
    ),
    "a namespace that is filled in": (
        {"metadata": {"namespace": "mine", "uid": "x"}},
        {"metadata": {"namespace": "runai-vision", "uid": "y"}},
    ),
    "status": ({"metadata": {}, "status": {"phase": "Running"}}, {"metadata": {}}),
}
LOST = {
    "a member": (pod(a=1), pod()),
    "an item": (pod(a=[1, 2]), pod(a=[1])),
    "one of two equal items": (pod(a=["x", "x"]), pod(a=["x"])),
    "the order": (pod(a=["x", "y"]), pod(a=["y", "x"])),
    "an empty item": (pod(a=["x", ""]), pod(a=["x"])),
    "a null item": (pod(a=[None, 1]), pod(a=[1])),
    "a text's end": (pod(a="x\n"), pod(a="x")),
    "the type": (pod(a=True), pod(a=1)),
    "a text for a number": (pod(a=80), pod(a="80")),
    "zero that became one": (pod(a=0), pod(a=1)),
    "false that became true": (pod(a=False), pod(a=True)),
    "another quantity": (pod(limits={"cpu": "1000m"}), pod(limits={"cpu": "1M"})),
    "a variable that looks like a quantity": (
        pod(env=[{"name": "A", "value": "1000m"}]),
        pod(env=[{"name": "A", "value": "1"}]),
    ),
    "a map for a text": (pod(a="x"), pod(a={"x": 1})),
    "annotations": ({"metadata": {"annotations": {"a": "b"}}}, {"metadata": {}}),
}


@pytest.mark.parametrize(("sent", "shown"), HELD.values(), ids=HELD)
def test_what_is_held(sent, shown):
    assert holds(shown, sent)


@pytest.mark.parametrize(("sent", "shown"), LOST.values(), ids=LOST)
def test_what_is_lost(sent, shown):
    assert not holds(shown, sent)


def _shorter(value):
    """As the types of Kubernetes are written: members that are empty, false or 0 left out."""
    if isinstance(value, dict):
        return {key: found for key, member in value.items() if (found := _shorter(member)) not in (None, "", 0, [], {})}
    return [_shorter(item) for item in value] if isinstance(value, list) else value


def _without_annotations(value):
    return value | {"metadata": {key: found for key, found in value["metadata"].items() if key != "annotations"}}


@pytest.mark.parametrize(
    ("change", "members", "verdict"),
    [
        pytest.param(_shorter, ("rawManifest", "workloadManifest"), Verdict.PASS, marks=pytest.mark.slow),
        pytest.param(_without_annotations, ("rawManifest",), Verdict.PASS, marks=pytest.mark.slow),
        pytest.param(_without_annotations, ("rawManifest", "workloadManifest"), Verdict.FAIL, marks=pytest.mark.slow),
    ],
    ids=["written as Kubernetes does", "the other manifest has it", "no manifest has it"],
)
def test_a_manifest_is_lost_where_no_answer_has_it(change, members, verdict, judge):
    """Whichever it is, rawManifest is not what was submitted (WV2-MANIFEST-009)."""

    def after(_call, reply):
        body = reply.json
        workload = body.get("workload", body) if isinstance(body, dict) else {}
        shown = [member for member in members if isinstance(workload.get(member), dict)]
        if not shown:
            return reply
        workload |= {member: change(workload[member]) for member in shown}
        return reply.with_json(body)

    report = judge(
        Changed(after=after), test_specimens.test_what_people_send_comes_back, profile="smoke", deadline="120"
    )
    found = {one.requirement.id: one.verdict for one in report.requirements}
    assert found[CLAUSE] is verdict
    assert found["WV2-MANIFEST-009"] is Verdict.FAIL
