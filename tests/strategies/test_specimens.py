"""The specimens are what they say, and museums show each of them, in every form, as every reader reads it."""

import itertools
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from ruamel.yaml import YAML
from support.sampled import sampled

from workloads_conformance.reference.documents import decode_manifest, read_json
from workloads_strategies import KINDS
from workloads_strategies.specimens import (
    CATEGORIES,
    DRY_RUN,
    FORMS,
    NAMES,
    OPERATIONS,
    SPECIMENS,
    museum,
    pairs_shown,
    places_of,
    visits_on,
)

BUILT_IN = [kind.name for kind in KINDS.values() if kind.group in ("", "apps", "batch")]


class Texts(yaml.SafeLoader):
    """PyYAML's reader, but for timestamps, which JSON does not have: Kubernetes' reader leaves them texts."""


Texts.yaml_implicit_resolvers = {
    first: [found for found in resolvers if found[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_as_1_1(text):
    return yaml.load(text, Loader=Texts)


def read_as_1_2(text):
    return YAML(typ="safe", pure=True).load(text)


def same(one, other):
    """Equal in type too: true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def all_museums(kind="Job"):
    for visit, _ in visits_on((kind,)):
        for operation in OPERATIONS:
            yield visit.museum(operation, kind)


def test_there_are_many_and_each_has_a_name_of_its_own():
    names = Counter(found.name for found in (*SPECIMENS, *FORMS, *NAMES, *CATEGORIES))
    assert len(SPECIMENS) >= 120
    assert [name for name, count in names.items() if count > 1] == []
    assert all(found.sender for found in (*SPECIMENS, *FORMS, *NAMES, *CATEGORIES))


def test_what_holds_control_characters_may_be_refused():
    """Stores, gateways and terminals do so."""
    held = [one for one in SPECIMENS if set(_controls(one.value)) - set("\t\n\r")]
    assert held
    assert [one.name for one in held if one.must_be_taken] == []


def _controls(value):
    if isinstance(value, str):
        yield from (character for character in value if unicodedata.category(character) == "Cc")
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(_controls, itertools.chain(value, value.values())))
    elif isinstance(value, list | tuple):
        yield from itertools.chain.from_iterable(map(_controls, value))


@pytest.mark.parametrize("kind", sampled(KINDS, 4))
def test_each_specimen_stands_at_its_own_paths(kind):
    for shown in all_museums(kind):
        built = shown.built("name")
        paths = [path for found in built.paths.values() for path in found]
        assert len(paths) == len(set(paths))
        path, value = KINDS[kind].held
        place = built.manifest
        for step in path:
            place = place[step]
        assert place == value or value.items() <= place.items()


@pytest.mark.parametrize("kind", sampled(["Service", "Job", "Milvus"], 3))
def test_the_reference_server_reads_each_museum_back(kind):
    for shown in all_museums(kind):
        built = shown.built("name")
        body = read_json(shown.form.body({"metadata": {}}, built.manifest, built.fragments))
        manifest = body["manifest"] if "manifest" in body else decode_manifest(body["manifestBase64Encoded"])
        assert same(manifest, built.manifest)


@pytest.mark.parametrize("read", [read_as_1_1, read_as_1_2])
@pytest.mark.parametrize("form", [form for form in FORMS if form.style is not None], ids=repr)
def test_each_document_means_the_same_to_every_reader(form, read):
    built = museum(FORMS.index(form), "Job", form, DRY_RUN).built("name")
    assert same(read(form.text(built.manifest, built.fragments)), built.manifest)


@pytest.mark.parametrize("kind", BUILT_IN)
def test_what_must_be_taken_is_valid_kubernetes(kind):
    for number in range(4):
        shown = museum(number, kind, FORMS[1], DRY_RUN)
        must = shown.only([found for found in shown.exhibits if found.specimen.must_be_taken])
        manifest = must.built("name").manifest
        # As tools print them: the published schema requires members of a StatefulSet's status.
        assert manifest["metadata"].pop("creationTimestamp", 0) is None
        assert manifest.pop("status") == {}
        kubernetes_validate.validate(manifest, "1.31", strict=True)


@pytest.mark.parametrize("kinds", [("Job",), ("Job", "Deployment"), ("Job", "Pod", "Service", "Milvus", "MPIJob")])
def test_all_pairs_are_shown(kinds):
    covered = pairs_shown(visits_on(kinds), kinds)
    assert covered.missing == []
    assert str(covered) == f"{len(covered.possible)} of {len(covered.possible)} pairs"


@pytest.mark.parametrize("kinds", [("Job",), ("Job", "Deployment", "Pod")])
def test_brief_visits_show_every_specimen(kinds):
    visits = visits_on(kinds, brief=True)
    assert {kind for _, kind in visits} == set(kinds)
    museums = [visit.museum(operation, kind) for visit, kind in visits for operation in OPERATIONS]
    possible = {one for one in SPECIMENS if any(places_of(one, kind) for kind in kinds)}
    assert {found.specimen for shown in museums for found in shown.exhibits} == possible
    assert len(possible) > 400


def test_names_are_told_apart_late():
    for names in NAMES:
        one, other = names.of("wlc-abcdef-ghijklmn-0")
        assert one != other
        assert max(len(one), len(other)) <= 63


SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema/v1.31.0-local"
TYPES = json.loads((SCHEMAS / "_definitions.json").read_text(encoding="utf-8"))["$defs"]
OF_A_KIND = {
    "Job": "batch.v1.Job", "CronJob": "batch.v1.CronJob", "Deployment": "apps.v1.Deployment",
    "StatefulSet": "apps.v1.StatefulSet", "Pod": "core.v1.Pod",
}  # fmt: skip
SERVERS_OWN = re.compile(r"Status|Condition$|ContainerState|ContainerUser|PodIP|HostIP|Uncounted|ResourceHealth")
"""Types that a cluster fills in."""
SEEN_SELDOM = re.compile(
    r"AzureFilePersistent|Flocker|GitRepo|ImageVolume|Quobyte|ScaleIO|StorageOS|ObjectReference|EphemeralContainer\b"
    r"|PersistentVolumeClaimSpec|ResourceClaim|SchedulingGate|\.Volume |ManagedFields|ObjectMeta|OwnerReference"
    r"|SetStrategy maxUnav|managedBy|manualSelector|JobSpec selector|wwids|nodeName|Requirements claims"
)
"""Sources that are no more, what asks for other objects or would bind a pod, and what a specimen shows otherwise."""


def members_of(name, found):
    """Adds the members of a type, and of the types of these."""
    for member, schema in TYPES[name].get("properties", {}).items():
        if (name, member) not in found:
            found.add((name, member))
            for of in types_in(schema):
                members_of(of, found)
    return found


def types_in(schema):
    more = schema.get("additionalProperties")
    refs = (one.get("$ref") for one in (schema, schema.get("items") or {}, more if isinstance(more, dict) else {}))
    return [ref.rpartition("/")[2] for ref in refs if ref]


def members_shown(name, value, found):
    """Adds the members of a type that a value has."""
    if isinstance(value, list):
        for item in value:
            members_shown(name, item, found)
    if not isinstance(value, dict):
        return
    known = TYPES[name].get("properties", {})
    for member in known.keys() & value.keys():
        found.add((name, member))
        for of in types_in(known[member]):
            members_shown(of, value[member], found)


def test_each_member_that_kubernetes_publishes_is_in_a_specimen():
    """Whatever a server does not know of a manifest is lost; so each part of it is sent, named by the schemas."""
    possible, shown = set(), set()
    for kind, of in OF_A_KIND.items():
        members_of(f"io.k8s.api.{of}", possible)
        for number, operation in itertools.product(range(4), OPERATIONS):
            members_shown(f"io.k8s.api.{of}", museum(number, kind, FORMS[0], operation).built("name").manifest, shown)
    left = {f"{name} {member}" for name, member in possible - shown if not SERVERS_OWN.search(name)}
    missing = sorted(name for name in left if not SEEN_SELDOM.search(name) and not name.endswith(" status"))
    assert missing == []
    assert len(shown) > 450
