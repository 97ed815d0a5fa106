"""PUT /api/v2/workloads/{id}: what an update changes, and what it has to leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from workloads_conformance.api import METADATA, Answer, WorkloadTrial, differing, instant, shows, value_of
from workloads_conformance.runner import Kinds, UndecidedError, UntestableError, identical, is_success, judges
from workloads_strategies import KINDS, PREEMPTIBILITIES, PRIORITIES, Kind, smallest_manifest

from .revisions import against_revision, revised, revision
from .test_defaults import carried

ACCEPTED = 202
_NEWS = {"updatedAt", "updatedBy"}


async def updated(trial: WorkloadTrial, identifier: str, update: Mapping[str, Any]) -> Answer:
    """Sends an update and returns the reading that shows its priority or category, where readings show them.

    Raises:
        UndecidedError: it is refused, or nothing shows it within the settle time.
    """
    trial.need_accepted(await trial.update(identifier, update), "the update")
    asked = {key: value for key, value in update.get("metadata", {}).items() if value is not None}

    def shown(answer: Answer) -> bool:
        return is_success(answer) and shows(answer, asked)

    seen = await trial.eventually("visible after update", lambda: trial.get(identifier), shown)
    if not shown(seen):
        raise UndecidedError("the update that this case needs did not take effect within the settle time")
    return seen


@judges("WV2-UPDATE-017", "WV2-UPDATE-023", over=PRIORITIES, kinds=Kinds.DEALT)
async def test_each_priority_is_accepted(trial: WorkloadTrial, priority: str) -> None:
    """Valid values are the seven; the answer is about the workload that was addressed."""
    created = await trial.existing(trial.body(priority="low" if priority != "low" else "high"))
    await trial.newer()
    answer = await trial.update(created.id, {"metadata": {"priority": priority}})
    if trial.status("WV2-UPDATE-023", answer, ACCEPTED, f"an update with priority {priority}"):
        trial.need_accepted(answer, "the update")
        trial.same("WV2-UPDATE-017", created.id.lower(), answer.id.lower(), "metadata.id in the answer to PUT", answer)


_MANY = ("low", "high") * 6
"""Updates of which only the last is looked for: what keeps a history may keep a short one."""


@judges("WV2-UPDATE-003", "WV2-LIFE-008", kinds=Kinds.EACH)
async def test_one_update_after_another(trial: WorkloadTrial) -> None:
    """Each update of a workload counts, not the first alone."""
    created = await trial.existing(trial.body(priority="low"))
    for priority, before in (("high", ()), ("medium", ()), ("very-low", _MANY)):
        for one in before:
            if not is_success(await trial.update(created.id, {"metadata": {"priority": one}})):
                break  # so many in a row may be too many
        trial.need_accepted(await trial.update(created.id, {"metadata": {"priority": priority}}), "the update")

        def shown(answer: Answer, priority: str = priority) -> bool:
            return is_success(answer) and shows(answer, {"priority": priority})

        seen = await trial.eventually("visible after update", lambda: trial.get(created.id), shown)
        for requirement in ("WV2-UPDATE-003", "WV2-LIFE-008"):
            difference = trial.against({"priority": priority}, seen)
            trial.judge(
                requirement,
                shown(seen),
                message="an update after another did not take effect within the settle time",
                code="update-after-update/no-effect",
                expected=difference.expected,
                observed=difference.observed,
                answer=seen,
            )


@judges("WV2-UPDATE-015", over=PREEMPTIBILITIES, kinds=Kinds.DEALT)
async def test_an_explicit_preemptibility_is_left_alone(trial: WorkloadTrial, preemptibility: str) -> None:
    """Once you change the priority, the preemptibility field is not automatically updated."""
    for priority, other in (("very-low", "very-high"), ("very-high", "very-low")):
        created = await trial.existing(trial.body(priority=priority, preemptibility=preemptibility))
        seen = await updated(trial, created.id, {"metadata": {"priority": other}})
        found = carried(seen, "preemptibility")
        trial.same("WV2-UPDATE-015", preemptibility, found, "preemptibility after an update of the priority", seen)


@judges("WV2-UPDATE-016", kinds=Kinds.EACH)
async def test_a_derived_preemptibility(trial: WorkloadTrial) -> None:
    """Left open: a preemptibility that was not set follows the priority, or stays."""
    created = await trial.existing(trial.body(priority="very-low"))
    before = carried(await trial.visible(created.id), "preemptibility")
    seen = await updated(trial, created.id, {"metadata": {"priority": "very-high"}})
    trial.observe("WV2-UPDATE-016", "stays" if carried(seen, "preemptibility") == before else "follows the priority")


@judges("WV2-UPDATE-019", over=("metadata", "manifest"), kinds=Kinds.EACH)
async def test_an_update_to_the_present_values(trial: WorkloadTrial, what: str) -> None:
    """Nothing else was asked for, so nothing but the time and the author of the last update changes."""
    created = await trial.existing(trial.body(priority="medium", category="Train"))
    before = await trial.settled(created.id)
    update = {"metadata": {"priority": "medium", "category": "Train"}}
    if what == "manifest":
        update = {"manifest": before.workload.get("rawManifest") or {}}
    trial.need_accepted(await trial.update(created.id, update), "the update")
    # What an update leaves out may go back to a default (WV2-UPDATE-025).
    left = {"priority", "category", "preemptibility", "configuration"} if what == "manifest" else set[str]()
    members = (*sorted(METADATA - _NEWS - left), "rawManifest", "desiredPhase")
    after = await trial.settled(created.id)
    if list(differing(members, before, after)) == ["desiredPhase"]:  # an update may restart a workload
        as_before = partial(_is_as, members, before)
        after = await trial.eventually("phase after update", partial(trial.get, created.id), as_before, needed=False)
    changed = differing(members, before, after)
    difference = trial.compared(changed, before, after)
    trial.judge(
        "WV2-UPDATE-019",
        is_success(after) and not changed,
        message=f"an update of the {what} to its present value changed {', '.join(sorted(changed)) or 'the workload'}",
        code=f"update-of-{what}-to-present-value/changed:{','.join(sorted(changed))}",
        way=f"an update of the {what} to its present value",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )


def _is_as(members: Iterable[str], before: Answer, answer: Answer) -> bool:
    return is_success(answer) and not differing(members, before, answer)


_NEW_VALUES = tuple((member, form) for member in ("priority", "category", "manifest") for form in ("json", "base64"))
"""The one member of an update that has another value than before, and the form of the manifest in it."""


@judges("WV2-UPDATE-003", "WV2-UPDATE-004", "WV2-UPDATE-005", over=_NEW_VALUES, kinds=Kinds.DEALT)
async def test_a_new_value_beside_present_ones(trial: WorkloadTrial, new: tuple[str, str]) -> None:
    """A client that sends all that it knows, with one value changed, has that changed."""
    member, form = new
    name, present = trial.name(), {"priority": "medium", "category": "Train"}
    manifest = revised(trial.body(name=name)["manifest"], "as it was made")
    created = await trial.existing(trial.wrap(manifest, form=form, name=name, **present))
    asked = present | {key: value for key, value in {"priority": "high", "category": "Build"}.items() if key == member}
    revision_asked = "updated" if member == "manifest" else "as it was made"
    sent = trial.wrap(revised(manifest, revision_asked), form=form, name=name)
    trial.need_accepted(await trial.update(created.id, sent | {"metadata": asked}), "the update")

    def shown(answer: Answer) -> bool:
        return is_success(answer) and shows(answer, asked) and revision(answer) in (revision_asked, None)

    seen = await trial.eventually("visible after update", partial(trial.get, created.id), shown)
    difference = against_revision(trial, asked, revision_asked, seen)
    trial.judge(
        {"manifest": "WV2-UPDATE-004" if form == "json" else "WV2-UPDATE-005"}.get(member, "WV2-UPDATE-003"),
        shown(seen),
        message=f"a new {member} beside present values is not there",
        code=f"update-with-present-values/no-effect:{member}",
        expected=difference.expected,
        observed=difference.observed,
        answer=seen,
    )


@judges("WV2-UPDATE-028", "WV2-UPDATE-029", over=("metadata", "manifest"), kinds=Kinds.EACH)
async def test_the_last_update_is_recorded(trial: WorkloadTrial, what: str) -> None:
    """updatedAt is the time of the last update, updatedBy the user who made it."""
    body = trial.body(priority="low")
    created = await trial.existing(body)
    seen = await trial.visible(created.id)
    numbers = iter(range(1_000_000))

    async def update() -> Answer:
        number = next(numbers)
        if what == "manifest":
            return await updated(trial, created.id, {"manifest": revised(body["manifest"], f"number {number}")})
        return await updated(trial, created.id, {"metadata": {"priority": ("high", "low")[number % 2]}})

    for _ in range(2):
        before = seen.metadata.get("updatedAt")
        seen = await trial.eventually("updatedAt moved after update", update, partial(_is_later, before))
        if not trial.judge(
            "WV2-UPDATE-028",
            _is_later(before, seen),
            message="updatedAt did not move in updates over the whole settle time",
            code=f"update-of-{what}/updatedAt-did-not-move",
            expected=f"later than {before}",
            observed=seen.metadata.get("updatedAt"),
            answer=seen,
        ):
            break
    creator, updater = seen.metadata.get("createdBy"), seen.metadata.get("updatedBy")
    trial.same("WV2-UPDATE-029", creator, updater, "updatedBy, where one user created and updated,", seen)


def _is_later(before: object, answer: Answer) -> bool:
    first, latest = instant(before), instant(answer.metadata.get("updatedAt"))
    return first is not None and latest is not None and latest > first


_NULLS = tuple((member, form) for form in ("", "json", "base64") for member in ("priority", "category"))
"""A member that is null, and the form of the manifest beside it, if there is one."""


@judges("WV2-UPDATE-022", "WV2-UPDATE-024", over=_NULLS, kinds=Kinds.DEALT)
async def test_null(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """priority and category are nullable; what null does is left open."""
    member, form = case
    value = {"priority": "medium-high", "category": "Build"}[member]
    created = await trial.existing(trial.body(**{member: value}))
    same = trial.body(form=form, name=created.metadata.get("name")) if form else {}
    control = {**same, "metadata": {member: value}}
    trial.need_accepted(await trial.update(created.id, control), "the same update with a value in place of null")
    answer = await trial.update(created.id, {**same, "metadata": {member: None}})
    what = f"an update with null for {member}" + (f" beside a manifest in {form}" if form else "")
    if not trial.status("WV2-UPDATE-022", answer, ACCEPTED, what):
        return
    await trial.settled(created.id)
    left = carried(await trial.reading(created.id), member, null=True)
    does = "nothing" if left == value else "takes it away" if left is None else "brings back a default"
    trial.observe("WV2-UPDATE-024", f"{member}: {does}")


@judges("WV2-UPDATE-025", over=("priority", "category", "manifest"), kinds=Kinds.EACH)
async def test_what_an_update_leaves_out(trial: WorkloadTrial, changed: str) -> None:
    """Left open: what the body does not name stays, or goes back to a default."""
    body = trial.body(priority="medium-high", category="Build")
    created = await trial.existing(body)
    updates = {
        "priority": {"metadata": {"priority": "very-low"}},
        "category": {"metadata": {"category": "Train"}},
        "manifest": {"manifest": body["manifest"]},
    }
    before = await trial.settled(created.id)
    trial.need_accepted(await trial.update(created.id, updates[changed]), "the update")
    after = await trial.settled(created.id)
    others = [member for member in ("priority", "category") if member != changed]
    lost = differing((*others, "rawManifest"), before, after)
    trial.observe("WV2-UPDATE-025", f"{changed} alone: " + (f"{', '.join(lost)} changed" if lost else "the rest stays"))


@judges("WV2-UPDATE-026", "WV2-CREATE-018")
async def test_an_update_to_another_kind(trial: WorkloadTrial) -> None:
    """Left open: the kind of a workload can be changed, or cannot; where it is, gvk is that of the manifest."""
    created = await trial.existing()
    other = next(kind for kind in KINDS if kind != trial.kind)
    manifest = {**smallest_manifest(other), "metadata": {"name": created.metadata.get("name")}}
    answer = await trial.update(created.id, {"manifest": manifest})
    trial.observe("WV2-UPDATE-026", "accepted" if is_success(answer) else f"refused with {answer.status}")
    if is_success(answer):
        await _judge_gvk(trial, created.id, KINDS[other])


async def _judge_gvk(trial: WorkloadTrial, identifier: str, kind: Kind) -> None:
    """Judges that gvk is that of the manifest once readings show a manifest of another kind."""

    def is_changed(found: Answer) -> bool:
        raw = value_of(found, "rawManifest")
        return isinstance(raw, dict) and raw.get("kind") == kind.name

    def follows(found: Answer) -> bool:
        return is_changed(found) and identical(value_of(found, "gvk"), kind.gvk)

    seen = await trial.eventually("gvk after update", lambda: trial.get(identifier), follows, needed=False)
    if is_changed(seen) and value_of(seen, "gvk") is not None:
        trial.same("WV2-CREATE-018", kind.gvk, value_of(seen, "gvk"), "metadata.gvk after an update", seen)


@judges("WV2-UPDATE-025", over=("priority", "manifest"), kinds=Kinds.DEALT)
async def test_what_an_update_does_to_mnnvl(trial: WorkloadTrial, changed: str) -> None:
    """Left open: no update can name metadata.configuration; it stays, or goes back to a default."""
    asked = {"mnnvl": "Required"}
    body = trial.body(priority="low", configuration=asked)
    created = await trial.create(body)
    if not is_success(created):
        raise UntestableError("the target refuses a workload that asks for MNNVL")
    before = await trial.visible(trial.need_accepted(created, "the create").id)
    if value_of(before, "configuration") != asked:
        raise UntestableError("the target's answers leave configuration.mnnvl out")
    update = {"manifest": body["manifest"]} if changed == "manifest" else {"metadata": {"priority": "high"}}
    trial.need_accepted(await trial.update(created.id, update), "the update")
    after = await trial.settled(created.id)
    does = "changes" if differing(("configuration",), before, after) else "stays"
    trial.observe("WV2-UPDATE-025", f"{changed} alone: configuration {does}")
