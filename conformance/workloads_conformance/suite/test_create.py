"""POST /api/v2/workloads: what is accepted, what comes back, what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from workloads_conformance.engine import Answer, Drawn, Trial, identical, is_success, is_uuid, judges
from workloads_conformance.settings import Settings
from workloads_strategies import (
    KINDS,
    PREEMPTIBILITIES,
    PRIORITIES,
    Style,
    encode_manifest,
    manifests,
    metadata_members,
    mutations,
    styles,
)
from workloads_strategies.mutations import Change, RawBody

ACCEPTED, REFUSED, CONFLICT = 202, 400, 409
_ECHOED = ("priority", "category", "preemptibility")


@dataclass(frozen=True)
class Submission:
    """A create that the contract calls valid: a manifest, the optional metadata, and the form it is sent in."""

    manifest: dict[str, Any]
    metadata: dict[str, Any]
    style: Style | None

    def body(self, trial: Trial) -> dict[str, Any]:
        """Returns the request's body, under a fresh name."""
        body = trial.wrap(self.manifest, **self.metadata)
        if self.style is not None:
            body["manifestBase64Encoded"] = encode_manifest(body.pop("manifest"), self.style)
        return body


def submissions(settings: Settings) -> st.SearchStrategy[Submission]:
    """Valid creates of the configured kinds, in JSON form or as YAML in any style."""
    return st.builds(
        Submission,
        manifest=manifests(kinds=settings.kinds),
        metadata=metadata_members(),
        style=st.one_of(st.none(), styles()),
    )


@judges(
    "WV2-CREATE-003",
    "WV2-CREATE-004",
    "WV2-CREATE-015",
    "WV2-CREATE-016",
    "WV2-CREATE-018",
    "WV2-CREATE-021",
    "WV2-MANIFEST-009",
    over=Drawn(submissions, share=1.5),
)
async def test_a_valid_create_is_accepted_and_told_back(trial: Trial, case: Submission) -> None:
    """202, in either manifest form; the answer carries what was asked for, gvk is the manifest's."""
    body = case.body(trial)
    answer = await trial.create(body)
    form = "WV2-CREATE-003" if case.style is None else "WV2-CREATE-004"
    if not trial.status(form, answer, ACCEPTED, "a valid create"):
        return
    asked, told = body["metadata"], answer.metadata
    for member in ("name", "projectId", "clusterId"):
        if member in asked:
            expected, observed = asked[member], told.get(member)
            if member == "clusterId" and isinstance(observed, str):
                expected, observed = expected.lower(), observed.lower()
            trial.same("WV2-CREATE-015", expected, observed, f"metadata.{member} of the answer", answer)
    _judge_echo(trial, asked, answer)
    kind = KINDS[case.manifest["kind"]]
    gvk = {"group": kind.group, "version": kind.version, "kind": kind.name}
    trial.same("WV2-CREATE-018", gvk, told.get("gvk"), "metadata.gvk", answer)
    sent = case.manifest | {"metadata": {**case.manifest.get("metadata", {}), "name": asked["name"]}}
    trial.same("WV2-MANIFEST-009", sent, answer.workload.get("rawManifest"), "rawManifest", answer)


def _judge_echo(trial: Trial, asked: dict[str, Any], answer: Answer) -> None:
    """Judges the optional members that were set; one that the answer leaves out is none of the contract's required."""
    told = answer.metadata
    for member in _ECHOED:
        if asked.get(member) is not None and member in told:
            trial.same("WV2-CREATE-016", asked[member], told[member], f"metadata.{member} of the answer", answer)
    configuration = told.get("configuration")
    if isinstance(configuration, dict) and "mnnvl" in configuration:
        mode = (asked.get("configuration") or {}).get("mnnvl")
        requirement = "WV2-CREATE-016" if mode else "WV2-CREATE-021"
        allowed = [mode] if mode else ["None", None]
        trial.judge(
            requirement,
            configuration["mnnvl"] in allowed,
            message="metadata.configuration.mnnvl of the answer is not what it should be",
            expected=allowed[0],
            observed=configuration["mnnvl"],
            answer=answer,
        )


@judges("WV2-CREATE-016", "WV2-CREATE-019", over=PRIORITIES)
async def test_each_priority_is_accepted(trial: Trial, priority: str) -> None:
    """Valid values are: very-low, low, medium-low, medium, medium-high, high, and very-high."""
    body = trial.body(priority=priority)
    answer = await trial.probe(body)
    if trial.status("WV2-CREATE-019", answer, ACCEPTED, f"a create with priority {priority}"):
        _judge_echo(trial, body["metadata"], answer)


@judges("WV2-CREATE-020", over=PREEMPTIBILITIES)
async def test_each_preemptibility_is_accepted(trial: Trial, preemptibility: str) -> None:
    """Valid values are preemptible and non-preemptible."""
    answer = await trial.probe(trial.body(preemptibility=preemptibility))
    trial.status("WV2-CREATE-020", answer, ACCEPTED, f"a create with preemptibility {preemptibility}")


@judges("WV2-CREATE-023", over=("priority", "category", "preemptibility", "configuration"))
async def test_null_is_accepted_where_the_schema_has_nullable(trial: Trial, member: str) -> None:
    """priority, category, preemptibility and mnnvl are nullable."""
    await trial.control()
    body = trial.body()
    body["metadata"][member] = {"mnnvl": None} if member == "configuration" else None
    answer = await trial.probe(body)
    trial.status("WV2-CREATE-023", answer, ACCEPTED, f"a create with null for {member}")


@judges("WV2-CREATE-022")
async def test_a_name_of_63_characters_is_accepted(trial: Trial) -> None:
    """maxLength 63 includes 63."""
    await trial.control()
    answer = await trial.probe(trial.body(name=trial.name().ljust(63, "n")))
    trial.status("WV2-CREATE-022", answer, ACCEPTED, "a create with a name of 63 characters")


@judges("WV2-CREATE-005", over=("json", "base64"))
async def test_a_repeated_create_conflicts(trial: Trial, form: str) -> None:
    """409: The specified resource already exists."""
    body = trial.body(form=form)
    await trial.existing(body)
    answer = await trial.create(body)
    trial.status("WV2-CREATE-005", answer, CONFLICT, "a create that repeats an existing workload")


@judges("WV2-CREATE-014", "WV2-CREATE-017", over=("", "-", "x" * 10))
async def test_a_prefix_is_followed_by_random_characters(trial: Trial, ending: str) -> None:
    """The final name is the name followed by a random set of characters; two creates get two names and two ids."""
    prefix = f"{trial.name()}{ending}" if ending != "-" else trial.name()
    first = trial.need_accepted(await trial.create(trial.body(name=prefix, useGivenNameAsPrefix=True)), "the first")
    second = await trial.create(trial.body(name=prefix, useGivenNameAsPrefix=True))
    if not trial.status("WV2-CREATE-014", second, ACCEPTED, "a second create with the same name as prefix"):
        return
    names = [first.metadata.get("name"), second.metadata.get("name")]
    trial.judge(
        "WV2-CREATE-014",
        all(isinstance(name, str) and name.startswith(prefix) and name != prefix for name in names)
        and names[0] != names[1],
        message="names made from a prefix are not the prefix and random characters",
        expected=f"two different names that begin with {prefix} and are longer",
        observed=names,
        answer=second,
    )
    trial.judge(
        "WV2-CREATE-017",
        first.id != second.id and is_uuid(first.id) and is_uuid(second.id),
        message="two workloads do not have two ids",
        expected="two different UUIDs",
        observed=[first.id, second.id],
        answer=second,
    )


async def _refused(trial: Trial, requirement: str, change: Change, form: str = "json") -> None:
    """Judges that a create is refused for a single change of one that this target accepts."""
    await trial.control(form=form)
    answer = await trial.probe(change.apply(trial.body(form=form)))
    trial.status(requirement, answer, REFUSED, f"a create with {change.label}")


@judges("WV2-CREATE-006", over=mutations.NO_METADATA)
async def test_metadata_is_required(trial: Trial, change: Change) -> None:
    """required: [metadata]."""
    await _refused(trial, "WV2-CREATE-006", change)


@judges("WV2-CREATE-007", over=mutations.LONG_NAMES)
async def test_a_long_name_is_refused(trial: Trial, change: Change) -> None:
    """name has maxLength 63."""
    name = trial.name().ljust(len(change.value), "n")
    await _refused(trial, "WV2-CREATE-007", Change(change.label, change.path, name))


@judges("WV2-CREATE-008", over=mutations.PRIORITIES)
async def test_another_priority_is_refused(trial: Trial, change: Change) -> None:
    """Valid values are the seven; nothing else is one, in other case or with a space neither."""
    await _refused(trial, "WV2-CREATE-008", change)


@judges("WV2-CREATE-009", over=mutations.PREEMPTIBILITIES)
async def test_another_preemptibility_is_refused(trial: Trial, change: Change) -> None:
    """enum: [preemptible, non-preemptible]."""
    await _refused(trial, "WV2-CREATE-009", change)


@judges("WV2-CREATE-010", over=mutations.MNNVL_MODES)
async def test_another_mnnvl_mode_is_refused(trial: Trial, change: Change) -> None:
    """enum: [Required, None]."""
    await _refused(trial, "WV2-CREATE-010", change)


@judges("WV2-CREATE-011", over=mutations.CLUSTER_IDS)
async def test_a_cluster_id_that_is_no_uuid_is_refused(trial: Trial, change: Change) -> None:
    """clusterId has format uuid."""
    await _refused(trial, "WV2-CREATE-011", change)


@judges("WV2-CREATE-012", over=mutations.CREATE_TYPES)
async def test_a_member_of_another_type_is_refused(trial: Trial, change: Change) -> None:
    """Each member has the type that the schema gives it."""
    await _refused(trial, "WV2-CREATE-012", change)


@judges("WV2-CREATE-012", over=mutations.NOT_OBJECTS)
async def test_a_body_that_is_no_object_is_refused(trial: Trial, raw: RawBody) -> None:
    """The body is an object."""
    await trial.control()
    answer = await trial.probe(raw.body)
    trial.status("WV2-CREATE-012", answer, REFUSED, f"a create whose body is this JSON: {raw.label}")


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
    mutations.CREATE_TYPES[4],
    mutations.NO_TYPE[0],
    Change("both manifest forms", ("manifestBase64Encoded",), encode_manifest({"kind": "Job"})),
)


@judges("WV2-CREATE-032", over=_TRACELESS)
async def test_a_refused_create_leaves_no_trace(trial: Trial, change: Change) -> None:
    """What was refused is not done: the name is still free for the same create without the flaw."""
    await trial.control()
    body = trial.body()
    refused = await trial.create(change.apply(body))
    if is_success(refused):
        return  # judged where refusals are
    answer = await trial.create(body)
    trial.status("WV2-CREATE-032", answer, ACCEPTED, f"a valid create after one of its name with {change.label}")


@judges("WV2-CREATE-024")
async def test_an_unknown_member(trial: Trial) -> None:
    """Left open: unknown members are refused, or accepted and ignored."""
    await trial.control()
    answer = await trial.probe(trial.body(xUnknown="member"))
    trial.observe("WV2-CREATE-024", "accepted" if is_success(answer) else f"refused with {answer.status}")


@judges("WV2-CREATE-025", over=("name", "useGivenNameAsPrefix", "clusterId", "configuration"))
async def test_null_for_a_member_that_is_not_nullable(trial: Trial, member: str) -> None:
    """Left open: null is refused, or read as absent."""
    await trial.control()
    body = trial.body()
    body["metadata"][member] = None
    answer = await trial.probe(body)
    trial.observe("WV2-CREATE-025", f"{member}: " + ("read as absent" if is_success(answer) else str(answer.status)))


@judges("WV2-CREATE-026")
async def test_a_create_without_a_name(trial: Trial) -> None:
    """Left open: the name is required, or made up."""
    await trial.control()
    body = trial.body()
    name = body["metadata"].pop("name")
    answer = await trial.probe(body)
    if not is_success(answer):
        trial.observe("WV2-CREATE-026", f"refused with {answer.status}")
    else:
        taken = identical(answer.metadata.get("name"), name)
        trial.observe("WV2-CREATE-026", "the manifest's name is taken" if taken else "a name is made up")
