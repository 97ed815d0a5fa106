"""What was submitted comes back, to the last value, when it is created, read and updated."""

from __future__ import annotations

from workloads_conformance.engine import Trial, differing, identical, judges
from workloads_strategies import Style, encode_manifest, telling_manifest

_FORMS: tuple[Style | None, ...] = (None, *Style)


@judges(
    "WV2-CREATE-003",
    "WV2-CREATE-004",
    "WV2-GET-006",
    "WV2-MANIFEST-008",
    "WV2-MANIFEST-009",
    over=_FORMS,
    each_kind=True,
)
async def test_what_is_created_comes_back(trial: Trial, style: Style | None) -> None:
    """A manifest with everything in it that storing and encoding are known to lose."""
    body = trial.wrap(telling_manifest(trial.kind))
    sent = body["manifest"]
    form = "the JSON form" if style is None else f"YAML with {style}"
    if style is not None:
        body["manifestBase64Encoded"] = encode_manifest(body.pop("manifest"), style)
    answer = await trial.create(body)
    accepted = "WV2-CREATE-003" if style is None else "WV2-CREATE-004"
    if not trial.status(accepted, answer, 202, f"a create with a rich manifest in {form}"):
        return
    told = answer.workload.get("rawManifest")
    trial.same("WV2-MANIFEST-009", sent, told, f"rawManifest of {form}", answer)
    trial.same("WV2-MANIFEST-008", sent, told, f"rawManifest of {form}", answer)
    seen = await trial.visible(answer.id)
    trial.same("WV2-MANIFEST-009", sent, seen.workload.get("rawManifest"), f"rawManifest of {form}, when read,", seen)
    changed = differing(("rawManifest",), answer, seen)
    trial.judge(
        "WV2-GET-006",
        not changed,
        message="GET and POST disagree on rawManifest",
        expected=told,
        observed=seen.workload.get("rawManifest"),
        answer=seen,
    )


@judges("WV2-MANIFEST-009", over=("json", "base64"), each_kind=True)
async def test_what_is_updated_comes_back(trial: Trial, form: str) -> None:
    """The same manifest, put in the place of a small one."""
    created = await trial.existing()
    name = created.metadata.get("name")
    manifest = telling_manifest(trial.kind)
    manifest["metadata"]["name"] = name
    update = {"manifest": manifest} if form == "json" else {"manifestBase64Encoded": encode_manifest(manifest)}
    trial.need_accepted(await trial.update(created.id, update), "the update")
    seen = await trial.eventually(
        "visible after update",
        lambda: trial.get(created.id),
        lambda answer: identical(answer.workload.get("rawManifest"), manifest),
    )
    trial.same("WV2-MANIFEST-009", manifest, seen.workload.get("rawManifest"), "rawManifest after an update", seen)
