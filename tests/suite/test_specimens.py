"""A server that loses or refuses one specimen is found out, by the specimen's name; who may refuse is not blamed."""

from __future__ import annotations

import asyncio

import pytest
from support.sampled import sampled
from support.servers import Changed
from support.specimens import losing, refusing

from workloads_conformance.suite import test_specimens
from workloads_conformance.suite.museums import MOST, found_in
from workloads_reports import Verdict
from workloads_strategies.specimens import DRY_RUN, FORMS, SPECIMENS, museum, places_of

SHOWN = test_specimens.test_what_people_send_comes_back
FEW = [SPECIMENS[0], SPECIMENS[len(SPECIMENS) // 2]]
_ALL = (pytest.mark.slow, pytest.mark.exhaustive)
SOME = [
    *FEW,
    *(
        pytest.param(one, marks=_ALL if place % 20 else pytest.mark.slow)
        for place, one in enumerate(SPECIMENS)
        if one not in FEW
    ),
]


def kinds_of(specimen):
    """The first kind whose manifests have a place for the specimen."""
    return next(kind for kind in ("Job", "Deployment", "StatefulSet", "CronJob") if places_of(specimen, kind))


def messages(report, *requirements):
    return [
        finding.message
        for found in report.having(Verdict.FAIL)
        if not requirements or found.requirement.id in requirements
        for finding in found.findings
    ]


@pytest.mark.parametrize("specimen", SOME, ids=repr)
def test_what_is_lost_is_named(specimen, judge):
    report = judge(losing(specimen), SHOWN, profile="smoke", deadline="120", kinds=kinds_of(specimen))
    found = messages(report, "WV2-MANIFEST-009")
    if specimen.places == ("its own",) and all(value is None for _, value in specimen.value):
        assert found == []  # Kubernetes drops null members, and so may a server
        return
    assert any(f": {specimen.name} in " in message for message in found), found
    lost = messages(report, "WV2-MANIFEST-019")
    assert any(f": {specimen.name} in " in message for message in lost) or _reads_as_absent(specimen), lost


def _reads_as_absent(specimen):
    """True for what Kubernetes leaves out where it writes it, and for what is in a place that is not the user's."""
    parts = [value for _, value in specimen.value] if specimen.places == ("its own",) else [specimen.value]
    return "loose" in specimen.places or not any(parts) or (specimen.places[0] == "annotation" and not specimen.value)


@pytest.mark.parametrize(
    ("operation", "told"), sampled([("update", "in the answer to PUT"), ("delete", "the answer to DELETE")], 2)
)
def test_what_only_an_answer_to_a_write_loses_is_found(operation, told, judge):
    """The reads before and after it have everything."""

    def after(call, reply):
        body = reply.json
        raw = body.get("rawManifest") if isinstance(body, dict) and call.operation == operation else None
        if not isinstance(raw, dict):
            return reply
        return reply.with_json(body | {"rawManifest": {key: raw[key] for key in raw if key != "spec"}})

    report = judge(Changed(after=after), SHOWN, profile="smoke", deadline="120")
    assert any(told in message for message in messages(report, "WV2-MANIFEST-009"))


def test_an_answer_to_a_write_may_have_the_manifest_from_before_it(judge):
    raw: dict[str, object] = {}

    def after(call, reply):
        body = reply.json
        workload = body.get("workload", body) if isinstance(body, dict) else {}
        if reply.status >= 300 or "rawManifest" not in workload or call.dry_run:
            return reply
        before = raw.setdefault(workload["metadata"]["id"], workload["rawManifest"])
        return reply.with_json(body | {"rawManifest": before}) if call.operation in ("update", "delete") else reply

    report = judge(Changed(after=after), SHOWN, profile="smoke", deadline="120")
    assert messages(report) == []


@pytest.mark.parametrize("specimen", SOME, ids=repr)
def test_what_is_refused_is_named(specimen, judge):
    report = judge(refusing(specimen), SHOWN, profile="smoke", deadline="120", kinds=kinds_of(specimen))
    found = messages(report)
    if specimen.must_be_taken:
        assert any(f": {specimen.name} in " in message for message in found), found
        return
    assert found == []
    told = {
        one
        for requirement in ("WV2-CREATE-037", "WV2-MANIFEST-015")
        for one in report.observations.get(requirement, ())
    }
    assert any(f"{specimen.name}: refused" in one for one in told) or specimen.dry_run_only, told


@pytest.mark.slow
def test_nothing_is_found_on_an_honest_server(judge):
    report = judge(
        Changed(),
        SHOWN,
        test_specimens.test_names_are_told_apart,
        test_specimens.test_a_category_of_any_text,
        deadline="120",
    )
    assert messages(report) == []
    assert not report.having(Verdict.INCONCLUSIVE)


class Shown:
    """Shows museums to nobody, and counts how often."""

    def __init__(self, culprits):
        self.culprits, self.times = culprits, 0

    async def fails(self, museum):
        self.times += 1
        return any(found.specimen in self.culprits for found in museum.exhibits)


@pytest.mark.parametrize("cost", [1, 2])
@pytest.mark.parametrize("place", range(0, 256, 51))
def test_finding_out_takes_few_requests(place, cost):
    visited = museum(0, "Job", FORMS[1], DRY_RUN)
    visited = visited.only(visited.exhibits[:256])
    shown = Shown({visited.exhibits[place].specimen})
    assert asyncio.run(found_in(visited, shown.fails, cost)) == visited.exhibits[place]
    # The museum with nothing in it is shown before.
    assert (shown.times + 1) * cost <= MOST


def test_what_fails_together_only_is_no_specimen():
    class Together(Shown):
        async def fails(self, museum):
            return len(museum.exhibits) > 40

    found = asyncio.run(found_in(museum(0, "Job", FORMS[1], DRY_RUN), Together(()).fails))
    assert found is None


@pytest.mark.slow
def test_merge_keys_that_are_kept_as_they_are_written_are_no_loss(judge):
    """YAML 1.2 has no merge keys."""

    def after(call, reply):
        body = reply.json
        workload = body.get("workload", body) if isinstance(body, dict) else {}
        for manifest in (workload.get("rawManifest"), workload.get("workloadManifest")):
            for volume in _volumes(manifest):
                if volume["name"] == "documents-merge-key":
                    first, second = volume["projected"]["sources"]
                    second["configMap"] = {"<<": first["configMap"]}
                    kept.add(call.operation)
        return reply.with_json(body) if kept else reply

    kept = set()
    report = judge(Changed(after=after), SHOWN, profile="standard", kinds="Job")
    assert {"create", "get"} <= kept
    assert messages(report) == []


def _volumes(manifest):
    spec = manifest.get("spec") if isinstance(manifest, dict) else None
    pod = spec.get("template", {}).get("spec", {}) if isinstance(spec, dict) else {}
    return pod.get("volumes", [])
