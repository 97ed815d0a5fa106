"""What people send is taken and comes back, to the last value: when it is created, read, updated and dry run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from workloads_conformance.api import Answer, WorkloadTrial, shows, value_of
from workloads_conformance.runner import InTurn, is_success, judges
from workloads_conformance.settings import Mode, Profile, Settings
from workloads_strategies.specimens import (
    CATEGORIES,
    CREATE,
    DRY_RUN,
    ENDINGS,
    NAMES,
    SPECIMENS,
    UPDATE,
    Museum,
    Names,
    Specimen,
    Visit,
    pairs_in,
    pairs_possible,
    places_of,
    visits_on,
)

from .museums import Guide, ShownMuseum, Way, same_manifest

_PAIRS = "pairs of specimen, place, form, kind and operation"


def _visits(settings: Settings) -> Sequence[tuple[Visit, str]]:
    return visits_on(settings.kinds, brief=settings.profile is Profile.SMOKE)


def _coverage(settings: Settings) -> Mapping[str, int]:
    """Every specimen is shown; but in the smoke profile in each place, form, kind and operation, too."""
    pairs = {} if settings.profile is Profile.SMOKE else {_PAIRS: len(pairs_possible(settings.kinds))}
    shown = (specimen for specimen in SPECIMENS if any(places_of(specimen, kind) for kind in settings.kinds))
    return {"specimens": len(tuple(shown)), **pairs}


@judges(
    "WV2-CREATE-003",
    "WV2-CREATE-004",
    "WV2-CREATE-037",
    "WV2-DRYRUN-001",
    "WV2-UPDATE-004",
    "WV2-UPDATE-005",
    "WV2-GET-006",
    "WV2-MANIFEST-008",
    "WV2-MANIFEST-009",
    "WV2-MANIFEST-015",
    "WV2-MANIFEST-019",
    over=InTurn((), on=_visits),
    coverage=_coverage,
)
async def test_what_people_send_comes_back(trial: WorkloadTrial, visit: Visit) -> None:
    """A museum is created and read; another is dry run, and the first read again; a third takes its place.

    In every second pair of visits it has the name of a deleted workload, and comes after requests that were refused.
    """
    guide, has_past = Guide(trial), bool(visit.number // 2 % 2)
    if has_past:
        await guide.live_before()
    shown = await guide.admitted(visit.museum(CREATE, trial.kind), CREATE)
    if shown is None:
        return
    _cover(trial, shown.museum, CREATE)
    answer = trial.need_accepted(shown.answer, "the create")
    also = "WV2-MANIFEST-008" if shown.museum.form.family == "base64" else ""
    way = Way(lambda museum: guide.show(museum, CREATE))
    await guide.came_back(shown, answer, "in the answer to POST", way, also=also)
    seen = await trial.visible(answer.id)
    what = await guide.came_back(shown, seen, "when read", Way(lambda museum: _read(guide, museum, 1), 2))
    _agree(trial, answer, seen, what)
    await _dry_run(guide, visit)
    later = await trial.reading(answer.id)
    if not what:
        way = Way(lambda museum: _read(guide, museum, 2), 3)
        await guide.came_back(shown, later, "when read later", way)
    guide.before = later.workload.get("rawManifest")
    guide.identifier, guide.name = answer.id, str(shown.built.manifest["metadata"]["name"])
    if has_past:
        await guide.update_in_vain()
    await _update(guide, visit)


async def _dry_run(guide: Guide, visit: Visit) -> None:
    shown = await guide.admitted(visit.museum(DRY_RUN, guide.trial.kind), DRY_RUN)
    if shown is not None:
        way = Way(lambda museum: guide.show(museum, DRY_RUN))
        await _told(guide, shown, "in the answer to a dry run", way)
        _cover(guide.trial, shown.museum, DRY_RUN)


async def _update(guide: Guide, visit: Visit) -> None:
    shown = await guide.admitted(visit.museum(UPDATE, guide.trial.kind), UPDATE)
    if shown is None:
        return

    async def again(museum: Museum) -> ShownMuseum:
        following = await guide.show(museum, UPDATE)
        if is_success(following.answer):
            following.answer = await guide.updated(following)
        return following

    before = guide.before
    # An answer may tell the manifest after the update, or the one before it: what is accepted is not done yet.
    states = (shown.built.manifest, before) if guide.revisions == 1 else ()
    if states and not _is_one_of(states, value_of(shown.answer, "rawManifest")):
        way = Way(lambda museum: guide.show(museum, UPDATE))
        if await _told(guide, shown, "in the answer to PUT", way):
            return
    what = await guide.came_back(shown, await guide.updated(shown), "after PUT", Way(again, 2))
    _cover(guide.trial, shown.museum, UPDATE)
    if states and not what:
        _judge_last(guide.trial, states, await guide.trial.delete(guide.identifier))


async def _told(guide: Guide, shown: ShownMuseum, when: str, way: Way) -> str:
    """Judges the rawManifest of an answer, where it has one; returns what of it is not what was sent."""
    if value_of(shown.answer, "rawManifest") is None:
        return ""
    return await guide.came_back(shown, shown.answer, when, way)


def _is_one_of(states: Sequence[object], raw: object) -> bool:
    return any(same_manifest(raw, state) for state in states)


def _judge_last(trial: WorkloadTrial, states: Sequence[object], answer: Answer) -> None:
    """Judges that the answer to DELETE has a manifest that the workload had, where it has one."""
    raw = value_of(answer, "rawManifest")
    if not is_success(answer) or raw is None:
        return
    difference = trial.contrast(states[0], raw, ("rawManifest",))
    trial.judge(
        "WV2-MANIFEST-009",
        _is_one_of(states, raw),
        message="rawManifest in the answer to DELETE is not what the workload had",
        code="delete/changed:rawManifest",
        expected=difference.expected,
        observed=difference.observed,
        answer=answer,
    )


def _cover(trial: WorkloadTrial, museum: Museum, operation: str) -> None:
    trial.cover("specimens", *(exhibit.specimen.name for exhibit in museum.exhibits))
    trial.cover(_PAIRS, *pairs_in(museum, operation))


def _agree(trial: WorkloadTrial, answer: Answer, seen: Answer, what: str) -> None:
    """Judges that GET shows the manifest that POST answered with."""
    first, second = value_of(answer, "rawManifest"), value_of(seen, "rawManifest")
    difference = trial.compared(("rawManifest",), answer, seen)
    trial.judge(
        "WV2-GET-006",
        first is None or second is None or same_manifest(first, second),
        message=f"GET and POST disagree on rawManifest{f': {what}' if what else ''}",
        code="get-after-create/changed:rawManifest",
        expected=difference.expected,
        observed=difference.observed,
        answer=seen,
    )


async def _read(guide: Guide, museum: Museum, times: int) -> ShownMuseum:
    """Creates a museum, and reads it so many times; the answer is the last of them."""
    shown = await guide.show(museum, CREATE)
    if is_success(shown.answer):
        shown.answer = await guide.trial.visible(shown.answer.id)
        for _ in range(times - 1):
            shown.answer = await guide.trial.reading(shown.answer.id)
    return shown


@judges("WV2-CREATE-003", "WV2-GET-006", over=NAMES)
async def test_names_are_told_apart(trial: WorkloadTrial, names: Names) -> None:
    """Two workloads whose names differ late, or of which one begins with the other, live side by side."""
    created = []
    for name in names.of(trial.name()):
        answer = await trial.create(trial.body(name=name))
        if not trial.status("WV2-CREATE-003", answer, 202, f"a create beside another ({names.name})"):
            return
        created.append((name, answer.id))
    for name, identifier in created:
        seen = await trial.visible(identifier)
        trial.same("WV2-GET-006", name, value_of(seen, "name"), f"metadata.name ({names.name})", seen)


@judges("WV2-CREATE-015", "WV2-CREATE-037", "WV2-GET-006", over=ENDINGS)
async def test_a_name_of_any_text(trial: WorkloadTrial, ending: Specimen) -> None:
    """The schema has any text for a name. A server may refuse what no cluster takes; one that takes it shows it."""
    name = f"{trial.name()}{ending.value}"
    body = trial.body(form="base64" if len(name) % 2 else "json")
    answer = await trial.probe({**body, "metadata": {**body["metadata"], "name": name}})
    if not is_success(answer):
        trial.observe("WV2-CREATE-037", f"{ending.name}: refused")
        return
    what = f"metadata.name ({ending.name})"
    if trial.same("WV2-CREATE-015", name, value_of(answer, "name"), what, answer) and trial.settings.mode is Mode.FULL:
        seen = await trial.visible(answer.id)
        trial.same("WV2-GET-006", name, value_of(seen, "name"), what, seen)


def _has_category(answer: Answer) -> bool:
    return is_success(answer) and value_of(answer, "category") is not None


async def _shows_categories(trial: WorkloadTrial) -> bool:
    """Returns whether this target shows the category that a workload was made with: some show none."""

    async def show(trial: WorkloadTrial) -> str:
        created = await trial.existing(trial.body(category="Train"))
        return "it does" if _has_category(await trial.visible(created.id)) else ""

    return bool(await trial.shared(("shows categories",), show))


@judges("WV2-CREATE-016", "WV2-CREATE-037", "WV2-UPDATE-003", over=CATEGORIES)
async def test_a_category_of_any_text(trial: WorkloadTrial, category: Specimen) -> None:
    """A category is a string. A server may know some only; one that takes it tells it back, and keeps it."""
    form = "base64" if len(category.value) % 2 else "json"
    answer = await trial.probe(trial.body(form=form, category=category.value))
    if not is_success(answer):
        trial.observe("WV2-CREATE-037", f"{category.name}: refused")
        return
    what, value = f"metadata.category ({category.name})", value_of(answer, "category")
    if value is not None:
        trial.same("WV2-CREATE-016", category.value, value, what, answer)
    if trial.settings.mode is not Mode.FULL:
        return
    seen = await trial.visible(answer.id)
    kept = shows(seen, {"category": category.value})
    if not _has_category(seen) and await _shows_categories(trial):
        # It may be left out of some readings, and not of all.
        seen = await trial.eventually("category shown", partial(trial.get, answer.id), _has_category, needed=False)
        kept = value_of(seen, "category") == category.value
    if not kept:
        trial.same("WV2-CREATE-016", category.value, value_of(seen, "category"), f"{what} when read", seen)
        return
    # One of the same length first: what is compared by its length alone is not written.
    for text in ("x" * len(category.value), category.value):
        update = {"category": text}
        if not is_success(await trial.update(answer.id, {"metadata": update})):
            continue  # an update to a category that the target does not know may be refused, too
        shown = partial(shows, asked=update)
        seen = await trial.eventually("visible after update", partial(trial.get, answer.id), shown)
        trial.judge(
            "WV2-UPDATE-003",
            shown(seen),
            message=f"an accepted update of the category ({category.name}) is not there",
            code="update-of-category/no-effect",
            expected=text,
            observed=str(value_of(seen, "category")),
            answer=seen,
        )
