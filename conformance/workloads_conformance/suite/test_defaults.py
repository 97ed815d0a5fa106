"""What a workload gets that its create does not name, and what it may insist on: priority, preemptibility, MNNVL."""

from __future__ import annotations

import itertools
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, differing, value_of
from workloads_conformance.http import Request
from workloads_conformance.runner import UntestableError, is_success, judges
from workloads_strategies import KINDS, PREEMPTIBILITIES, PRIORITIES

_OF_THE_PROJECT = ("projectName", "tenantId", "departmentId", "departmentName")
_REFUSALS = range(400, 500)


def carried(answer: Answer, member: str, *, null: bool = False) -> Any:
    """Returns a metadata member that answers may leave out; `null` is whether null tells something here.

    Raises:
        UntestableError: this one does not.
    """
    if member not in answer.metadata or (answer.metadata[member] is None and not null):
        raise UntestableError(f"the target's answers leave {member} out")
    return answer.metadata[member]


async def _accepted(trial: WorkloadTrial, **metadata: Any) -> Answer:
    return trial.need_accepted(await trial.probe(trial.body(**metadata)), "the create")


@judges("WV2-CREATE-028", over=tuple(itertools.product(PRIORITIES, PREEMPTIBILITIES)))
async def test_an_explicit_preemptibility_wins(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """If explicitly set, this value takes precedence, whatever the priority."""
    priority, preemptibility = case
    answer = await _accepted(trial, priority=priority, preemptibility=preemptibility)
    given = carried(answer, "preemptibility")
    trial.same("WV2-CREATE-028", preemptibility, given, "metadata.preemptibility beside a priority", answer)


@judges("WV2-CREATE-029", over=(*PRIORITIES, None))
async def test_a_derived_preemptibility_is_the_same_each_time(trial: WorkloadTrial, priority: str | None) -> None:
    """If not set, the system derives the preemptibility from the priority."""
    asked = {"priority": priority} if priority else {}
    first, second = await _accepted(trial, **asked), await _accepted(trial, **asked)
    expected = carried(first, "preemptibility")
    trial.same("WV2-CREATE-029", expected, carried(second, "preemptibility"), "a second derived preemptibility", second)


@judges("WV2-CREATE-031", over=("json", "base64"))
async def test_the_default_priority_is_the_same_each_time(trial: WorkloadTrial, form: str) -> None:
    """Each workload type has a default priority, which is one of the seven."""
    first = trial.need_accepted(await trial.probe(trial.body(form=form)), "the create")
    second = trial.need_accepted(await trial.probe(trial.body(form=form)), "the create")
    default = carried(first, "priority")
    trial.judge(
        "WV2-CREATE-031",
        default in PRIORITIES,
        message="a workload that names no priority has none of the seven",
        code="create-without-priority/none-of-the-seven",
        expected=", ".join(PRIORITIES),
        observed=default,
        answer=first,
    )
    trial.same("WV2-CREATE-031", default, carried(second, "priority"), "the second default priority", second)


@judges("WV2-CREATE-018", "WV2-CREATE-031", "WV2-CREATE-039", over=tuple(KINDS))
async def test_each_kind(trial: WorkloadTrial, name: str) -> None:
    """Which kinds are registered is left open; those that are have a gvk and a default priority. Dry runs alone."""
    answer = await trial.create(trial.body(kind=name), dry_run="true")
    trial.observe("WV2-CREATE-039", f"{name}: " + ("accepted" if is_success(answer) else f"refused ({answer.status})"))
    if not is_success(answer):
        return
    trial.same("WV2-CREATE-018", KINDS[name].gvk, value_of(answer, "gvk"), f"metadata.gvk of a {name}", answer)
    if value_of(answer, "priority") is not None:
        trial.judge(
            "WV2-CREATE-031",
            answer.metadata["priority"] in PRIORITIES,
            message=f"a {name} that names no priority has none of the seven",
            code=f"create-of-{name}-without-priority/none-of-the-seven",
            expected=", ".join(PRIORITIES),
            observed=answer.metadata["priority"],
            answer=answer,
        )


@judges("WV2-CREATE-038")
async def test_the_defaults_are_those_of_the_type(trial: WorkloadTrial) -> None:
    """To view the default priority for each workload type, use the GET /workload-types endpoint."""
    kind = KINDS[trial.kind]
    answer = await trial.send(Request(method="GET", path="/api/v1/workload-types"))
    listed = answer.at("types")
    found = [
        entry
        for entry in (listed if is_success(answer) and isinstance(listed, list) else [])
        if isinstance(entry, dict) and (entry.get("name"), entry.get("group")) == (kind.name, kind.group)
    ]
    if not found or found[0].get("priorityId") not in PRIORITIES:
        raise UntestableError(f"GET /api/v1/workload-types shows no default priority of {kind.name} by its name")
    created = await _accepted(trial)
    given = carried(created, "priority")
    trial.same("WV2-CREATE-038", found[0]["priorityId"], given, "the priority of a workload that names none", created)
    default = found[0].get("preemptibility")
    given = value_of(created, "preemptibility")
    if default in PREEMPTIBILITIES and given is not None:
        trial.same("WV2-CREATE-038", default, given, "the preemptibility of a workload that names none", created)


@judges("WV2-CREATE-030")
async def test_mnnvl_is_given_or_the_create_fails(trial: WorkloadTrial) -> None:
    """Required: the workload type and a node pool must support MNNVL, or the request fails."""
    await trial.control()
    answer = await trial.probe(trial.body(configuration={"mnnvl": "Required"}))
    if answer.status in _REFUSALS:
        trial.status("WV2-CREATE-030", answer, (400, 403, 409), "a create that asks for MNNVL")
        return
    configuration = value_of(trial.need_accepted(answer, "the create"), "configuration")
    if not isinstance(configuration, dict) or "mnnvl" not in configuration:
        raise UntestableError("the target's answers leave configuration.mnnvl out")
    trial.same("WV2-CREATE-030", "Required", configuration["mnnvl"], "metadata.configuration.mnnvl", answer)


@judges("WV2-CREATE-030", over=tuple(KINDS))
async def test_each_kind_is_given_mnnvl_or_the_create_fails(trial: WorkloadTrial, name: str) -> None:
    """One type may support what another does not. Dry runs alone; why one is refused says nothing here."""
    body = trial.body(kind=name, configuration={"mnnvl": "Required"})
    answer = await trial.create(body, dry_run="true")
    configuration = value_of(answer, "configuration")
    if is_success(answer) and isinstance(configuration, dict) and "mnnvl" in configuration:
        what = f"metadata.configuration.mnnvl of a {name}"
        trial.same("WV2-CREATE-030", "Required", configuration["mnnvl"], what, answer)


@judges("WV2-CREATE-033", over=({}, {"useGivenNameAsPrefix": False}))
async def test_a_name_is_taken_as_it_is(trial: WorkloadTrial, flag: dict[str, Any]) -> None:
    """useGivenNameAsPrefix is false by default."""
    body = trial.body(**flag)
    answer = trial.need_accepted(await trial.probe(body), "the create")
    trial.same("WV2-CREATE-033", body["metadata"]["name"], answer.metadata.get("name"), "metadata.name", answer)


@judges("WV2-CREATE-034", "WV2-LIFE-005")
async def test_what_workloads_of_a_project_share(trial: WorkloadTrial) -> None:
    """The name of the project, the ids of tenant and department, and the user who created the workload."""
    first, second = await _accepted(trial), await _accepted(trial)
    changed, difference = differing(_OF_THE_PROJECT, first, second), trial.compared(_OF_THE_PROJECT, first, second)
    trial.judge(
        "WV2-CREATE-034",
        not changed,
        message=f"two workloads of one project differ in {', '.join(changed)}",
        code=f"two-of-one-project/changed:{','.join(changed)}",
        way="two workloads of one project differ",
        expected=difference.expected,
        observed=difference.observed,
        answer=second,
    )
    authors = [first.metadata.get("createdBy"), second.metadata.get("createdBy")]
    trial.judge(
        "WV2-LIFE-005",
        bool(authors[0]) and authors[0] == authors[1],
        message="two workloads that one user created name different creators, or none",
        code="two-of-one-user/createdBy",
        expected="one identifier, twice",
        observed=authors,
        answer=second,
    )


@judges("WV2-CREATE-035")
async def test_a_project_that_does_not_exist(trial: WorkloadTrial) -> None:
    """Left open: which refusal says that there is no such project."""
    await trial.control()
    answer = await trial.probe(trial.body(projectId="no-project-of-this-id"))
    trial.observe("WV2-CREATE-035", "accepted" if is_success(answer) else f"refused with {answer.status}")


@judges("WV2-CREATE-036", over=(40, 57, 58, 62, 63))
async def test_a_prefix_without_room(trial: WorkloadTrial, size: int) -> None:
    """Left open: a prefix that leaves no room in 63 characters is refused, cut, or makes a longer name."""
    await trial.control()
    prefix = trial.name().ljust(size, "n")
    answer = await trial.probe(trial.body(name=prefix, useGivenNameAsPrefix=True))
    if not is_success(answer):
        trial.observe("WV2-CREATE-036", f"{size} characters: refused with {answer.status}")
        return
    name = str(answer.metadata.get("name"))
    what = "it is cut" if not name.startswith(prefix) else f"a name of {len(name)} characters"
    trial.observe("WV2-CREATE-036", f"{size} characters: {what}")


@judges("WV2-CREATE-027")
async def test_a_kind_that_is_not_registered(trial: WorkloadTrial) -> None:
    """Left open: a kind that no administrator has registered is refused, or taken all the same."""
    await trial.control()
    body = trial.body()
    body["manifest"] |= {"apiVersion": "conformance.example.com/v1", "kind": "NotRegistered"}
    answer = await trial.probe(body)
    trial.observe("WV2-CREATE-027", "accepted" if is_success(answer) else f"refused with {answer.status}")
