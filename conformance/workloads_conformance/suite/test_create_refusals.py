"""POST /api/v2/workloads: what is refused, and leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workloads_conformance.engine import Trial, judges
from workloads_strategies import mutations, to_base64
from workloads_strategies.mutations import Change, Encoded, RawBody, Rewrite

ACCEPTED, REFUSED = 202, 400


async def _refused(trial: Trial, requirement: str, change: Change, form: str = "json") -> None:
    """Judges that a create is refused for a single change of one that this target accepts."""
    await trial.control(form=form)
    answer = await trial.probe(change.apply(trial.body(form=form)))
    trial.status(requirement, answer, REFUSED, f"a create with {change.label}")


def _both(changes: Sequence[Change]) -> tuple[tuple[Change, str], ...]:
    """Each change of a create in JSON form, and the first two beside a manifest in base64."""
    return (*((change, "json") for change in changes), *((change, "base64") for change in changes[:2]))


@judges("WV2-CREATE-006", over=_both(mutations.NO_METADATA))
async def test_metadata_is_required(trial: Trial, case: tuple[Change, str]) -> None:
    """required: [metadata]."""
    await _refused(trial, "WV2-CREATE-006", *case)


_PREFIXED = tuple((change, form, prefix) for change, form in _both(mutations.LONG_NAMES) for prefix in (False, True))


@judges("WV2-CREATE-007", over=_PREFIXED)
async def test_a_long_name_is_refused(trial: Trial, case: tuple[Change, str, bool]) -> None:
    """name has maxLength 63, as a name and as a prefix."""
    change, form, prefix = case
    await trial.control(form=form)
    body = trial.body(form=form)
    body["metadata"]["name"] = trial.name().ljust(len(change.value), change.value[-1])
    if prefix:
        body["metadata"]["useGivenNameAsPrefix"] = True
    what = f"a create with {change.label}{', as a prefix' if prefix else ''}"
    trial.status("WV2-CREATE-007", await trial.probe(body), REFUSED, what)


@judges("WV2-CREATE-008", over=_both(mutations.PRIORITIES))
async def test_another_priority_is_refused(trial: Trial, case: tuple[Change, str]) -> None:
    """Valid values are the seven; nothing else is one, in other case or with a space neither."""
    await _refused(trial, "WV2-CREATE-008", *case)


@judges("WV2-CREATE-009", over=_both(mutations.PREEMPTIBILITIES))
async def test_another_preemptibility_is_refused(trial: Trial, case: tuple[Change, str]) -> None:
    """enum: [preemptible, non-preemptible]."""
    await _refused(trial, "WV2-CREATE-009", *case)


@judges("WV2-CREATE-010", over=_both(mutations.MNNVL_MODES))
async def test_another_mnnvl_mode_is_refused(trial: Trial, case: tuple[Change, str]) -> None:
    """enum: [Required, None]."""
    await _refused(trial, "WV2-CREATE-010", *case)


@judges("WV2-CREATE-011", over=_both(mutations.CLUSTER_IDS))
async def test_a_cluster_id_that_is_no_uuid_is_refused(trial: Trial, case: tuple[Change, str]) -> None:
    """clusterId has format uuid."""
    await _refused(trial, "WV2-CREATE-011", *case)


@judges("WV2-CREATE-012", over=_both(mutations.CREATE_TYPES))
async def test_a_member_of_another_type_is_refused(trial: Trial, case: tuple[Change, str]) -> None:
    """Each member has the type that the schema gives it."""
    await _refused(trial, "WV2-CREATE-012", *case)


@judges("WV2-CREATE-012", over=mutations.NOT_OBJECTS)
async def test_a_body_that_is_no_object_is_refused(trial: Trial, raw: RawBody) -> None:
    """The body is an object."""
    await trial.control()
    answer = await trial.probe(raw.body)
    trial.status("WV2-CREATE-012", answer, REFUSED, f"a create whose body is this JSON: {raw.label}")


@judges("WV2-CREATE-013", over=mutations.not_json(b'{"metadata": {"name": "x"}}'))
async def test_a_good_body_that_is_damaged_is_refused(trial: Trial, damage: RawBody) -> None:
    """The body is application/json: the same damage to a body that is accepted."""
    await trial.control()
    good = json.dumps(trial.body()).encode()
    damaged = next(found for found in mutations.not_json(good) if found.label == damage.label)
    answer = await trial.probe(damaged.body)
    trial.status("WV2-CREATE-013", answer, REFUSED, f"a create with {damage.label}")


@judges("WV2-CREATE-013", over=mutations.NOT_JSON)
async def test_a_body_that_is_not_json_is_refused(trial: Trial, raw: RawBody) -> None:
    """The body is required, and is application/json."""
    await trial.control()
    answer = await trial.probe(raw.body)
    trial.status("WV2-CREATE-013", answer, REFUSED, f"a create whose body is no JSON: {raw.label}")


_TRACELESS = (
    mutations.PRIORITIES[0],
    mutations.PREEMPTIBILITIES[0],
    mutations.MNNVL_MODES[0],
    mutations.CLUSTER_IDS[0],
    *[change for change in mutations.CREATE_TYPES if change.path == ("metadata", "category")][:2],
    mutations.NO_TYPE[0],
)


@judges("WV2-CREATE-032", over=_TRACELESS)
async def test_a_refused_create_leaves_no_trace(trial: Trial, change: Change) -> None:
    """What was refused is not done: the name is still free for the same create without the flaw."""
    await trial.control()
    body = trial.body()
    trial.need_refused(await trial.create(change.apply(body)))
    answer = await trial.create(body)
    trial.status("WV2-CREATE-032", answer, ACCEPTED, f"a valid create after one of its name with {change.label}")


_ENCODED = (*mutations.not_base64(to_base64("kind: Job\n"))[:3], *mutations.NOT_A_MAPPING[:3])


@judges("WV2-CREATE-032", over=_ENCODED)
async def test_a_create_refused_for_its_encoding_leaves_no_trace(trial: Trial, encoded: Encoded) -> None:
    """The name is still free for the same create with a manifest that can be read."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    trial.need_refused(await trial.create({**body, "manifestBase64Encoded": encoded.text}))
    answer = await trial.create(body)
    trial.status("WV2-CREATE-032", answer, ACCEPTED, f"a valid create after one of its name with {encoded.label}")


@judges("WV2-CREATE-032", over=mutations.BOTH_FORMS)
async def test_a_create_refused_for_both_forms_leaves_no_trace(trial: Trial, rewrite: Rewrite[Any, Any]) -> None:
    """What was refused is not done, in neither form."""
    await trial.control()
    body = trial.body()
    trial.need_refused(await trial.create(rewrite.apply(body)))
    answer = await trial.create(body)
    trial.status("WV2-CREATE-032", answer, ACCEPTED, f"a valid create after one of its name with {rewrite.label}")
