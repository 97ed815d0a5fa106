"""Mutations: each is one change, breaks the clause that it names, and nothing that the contract leaves open."""

import contextlib
import json
import re
from uuid import UUID

import pytest

from workloads_conformance.api.checks.shapes import Shapes
from workloads_conformance.reference.documents import decode_manifest, read_json
from workloads_conformance.reference.errors import RefusalError
from workloads_conformance.reference.validation import create_request, dry_run, path_id, update_request
from workloads_specs import load_contract
from workloads_specs.pointers import resolve
from workloads_strategies import PRIORITIES, encode_manifest, mutations, smallest_manifest
from workloads_strategies.mutations import REMOVED, Change, Rewrite
from workloads_strategies.mutations.contract import member

SHAPES = Shapes(load_contract())
JOB = smallest_manifest("Job") | {"metadata": {"name": "a"}}
CREATE = {"metadata": {"name": "a", "projectId": "1", "clusterId": str(UUID(int=7))}, "manifest": JOB}
ENCODED_CREATE = {"metadata": CREATE["metadata"], "manifestBase64Encoded": encode_manifest(JOB)}
UPDATE = {"metadata": {"category": "Train"}, "manifest": JOB}
SAMPLE = encode_manifest(JOB)

GROUPS = {
    name: getattr(mutations, name)
    for name in mutations.__all__
    if isinstance(getattr(mutations, name), tuple) and name != "FAMILIES"
}
FROM_A_SAMPLE = {
    "not_base64": mutations.not_base64(SAMPLE),
    "not_json": mutations.not_json(json.dumps(CREATE).encode()),
}
STRICT = {name: group for name, group in (GROUPS | FROM_A_SAMPLE).items() if not name.startswith("OPEN_")}
OPEN = {name: group for name, group in GROUPS.items() if name.startswith("OPEN_")}
PROSE = ("PRIORITIES", "NO_TYPE", "BOTH_FORMS")
"""Groups that break what the contract says in words; the schema lets them pass."""

CHANGES = [(name, change) for name, group in STRICT.items() for change in group if isinstance(change, Change)]
ids = [f"{name}-{change.label}" for name, change in CHANGES]


def accepted(change):
    """The request that a change is of."""
    return ENCODED_CREATE if change.path[0] == "manifestBase64Encoded" else CREATE


def label(mutation):
    return mutation if isinstance(mutation, str) else mutation.label


def test_the_requests_that_are_changed_are_accepted():
    assert create_request(CREATE)
    assert create_request(ENCODED_CREATE)
    assert update_request(UPDATE)
    for body in (CREATE, ENCODED_CREATE):
        assert not SHAPES.request_flaws("create", body)


@pytest.mark.parametrize("name", GROUPS | FROM_A_SAMPLE)
def test_every_mutation_has_a_label_of_its_own_and_a_clause(name):
    group = (GROUPS | FROM_A_SAMPLE)[name]
    assert len({label(mutation) for mutation in group}) == len(group)
    for mutation in group:
        place, _, words = mutation.clause.partition(": ")
        assert stands(place, words), f"{mutation.clause} stands nowhere in the fragments"


def stands(place, words):
    contract = load_contract(literal=True)
    if place.startswith("/"):
        found = resolve(contract.document, place)
    elif place.startswith("requestBody/"):
        found = [resolve(contract.operations[name].definition, f"/{place}") for name in ("create", "update")]
    else:
        operations = contract.operations.values()
        parameters = [found for operation in operations for found in operation.definition["parameters"]]
        keyword = place.rpartition("/")[2]
        return any(keyword in parameter["schema"] for parameter in parameters)
    return words in found if words else found is not None


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=ids)
def test_a_change_breaks_its_clause(name, change):
    changed = change.apply(accepted(change))
    with pytest.raises(RefusalError) as refusal:
        create_request(changed)
    assert refusal.value.status == 400
    flaws = [flaw.kind for flaw in SHAPES.request_flaws("create", changed)]
    if name in PROSE:
        assert not flaws
        return
    place = "$" + "".join(f".{step}" for step in change.path)
    keyword = change.clause.rpartition("/")[2]
    assert flaws
    assert all(flaw.startswith((place, "$ ")) for flaw in flaws), "nothing else is wrong"
    assert any(keyword in flaw or "required property" in flaw for flaw in flaws)


@pytest.mark.parametrize("change", mutations.UPDATE_TYPES + mutations.MANIFESTS, ids=repr)
def test_a_wrong_type_breaks_an_update_too(change):
    changed = change.apply({"metadata": UPDATE["metadata"]})
    assert SHAPES.request_flaws("update", changed)
    with pytest.raises(RefusalError):
        update_request(changed)


ALL_CHANGES = [change for group in GROUPS.values() for change in group if isinstance(change, Change)]


@pytest.mark.parametrize("change", ALL_CHANGES, ids=repr)
def test_a_change_is_single_and_leaves_the_original_alone(change):
    original = accepted(change)
    before = json.dumps(original)
    changed = change.apply(original)
    assert json.dumps(original) == before
    for place in differences(original, changed):
        assert place[: len(change.path)] == change.path or change.path[: len(place)] == place
    assert differences(original, changed)


def differences(one, other, path=()):
    """The places in which two JSON values differ: members that came, went, or changed."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for name in one.keys() | other.keys():
            if name not in one or name not in other:
                found.append((*path, name))
            else:
                found += differences(one[name], other[name], (*path, name))
        return found
    return [] if json.dumps(one) == json.dumps(other) else [path]


def schema_members(schema, path=()):
    """The members that a resolved schema names, found otherwise than by the mutations' own walk."""
    for part in (schema, *schema.get("allOf", [])):
        for name, found in part.get("properties", {}).items():
            yield (*path, name), found
            yield from schema_members(found, (*path, name))


@pytest.mark.parametrize(("schema", "group"), [("Create", mutations.CREATE_TYPES), ("Update", mutations.UPDATE_TYPES)])
def test_every_member_that_the_schema_names_gets_every_wrong_type(schema, group):
    members = dict(schema_members(load_contract(literal=True).schema(f"WorkloadV2{schema}Request")))
    forms = mutations.MANIFESTS + mutations.ENCODED_TYPES
    assert {change.path for change in group + forms} == members.keys()
    kinds = {"string": str, "boolean": bool, "object": dict}
    for path, schema_of in members.items():
        right = kinds[schema_of.get("type") or schema_of["allOf"][1]["type"]]
        found = {type(change.value) for change in group + forms if change.path == path}
        assert right not in found
        assert found >= {str, bool, int, list, dict} - {right}


def test_a_member_that_the_schema_does_not_name_is_a_lookup_error():
    with pytest.raises(LookupError, match=r"no member metadata\.colour"):
        member("WorkloadV2UpdateRequest", "metadata.colour")


def test_null_and_unknown_members_are_open_at_every_depth():
    members = dict(schema_members(load_contract().schema("WorkloadV2CreateRequest")))
    nulls = {change.path for change in mutations.OPEN_NULLS}
    assert nulls == {path for path, found in members.items() if not found.get("nullable")} - {
        ("metadata",),  # which is required
        ("manifest",),
        ("manifestBase64Encoded",),
    }
    places = {change.path[:-1] for change in mutations.OPEN_UNKNOWN}
    assert places == {(), ("metadata",), ("metadata", "configuration")}


def test_nothing_open_is_among_the_strict():
    strict = {(change.path, repr(change.value)) for _, change in CHANGES}
    loose = [change for group in OPEN.values() for change in group if isinstance(change, Change)]
    of_creates = [change for change in loose if change not in mutations.OPEN_UPDATE_NULLS]
    assert not strict & {(change.path, repr(change.value)) for change in of_creates}
    for change in loose:
        flaws = [flaw.kind for flaw in SHAPES.request_flaws("create", change.apply(accepted(change)))]
        required = [flaw for flaw in flaws if "required property" in flaw]
        assert flaws == required or "format" in change.clause, "the schema alone decides against it"
    assert not set(mutations.NO_BOOLEANS) & set(mutations.OPEN_BOOLEANS)


def test_values_outside_an_enumeration_come_near_it():
    values = [change.value for change in mutations.PRIORITIES]
    assert not set(values) & set(PRIORITIES)
    assert {"HIGH", " high", "high ", "high\n", "hig", "very"} <= set(values)


def test_names_are_too_long_in_characters_and_in_bytes():
    made = [rewrite.apply(CREATE)["metadata"] for rewrite in mutations.LONG_NAMES]
    names = [metadata["name"] for metadata in made]
    assert [(len(name), len(name.encode())) for name in names] == [(64, 64), (65, 65), (253, 253), (64, 127)] * 2
    assert all(name.startswith(CREATE["metadata"]["name"]) for name in names)
    assert [metadata.get("useGivenNameAsPrefix", False) for metadata in made] == [False] * 4 + [True] * 4
    assert any(len(change.value) == 63 < len(change.value.encode()) for change in mutations.OPEN_NAMES)


# -- bodies ----


@pytest.mark.parametrize("raw", mutations.NOT_JSON + FROM_A_SAMPLE["not_json"], ids=repr)
def test_what_is_not_json_is_not(raw):
    with pytest.raises(ValueError):  # noqa: PT011 - JSONDecodeError, and UnicodeDecodeError
        json.loads(raw.body.decode("utf-8"))


@pytest.mark.parametrize("raw", mutations.NOT_OBJECTS, ids=repr)
def test_what_is_no_object_breaks_the_schema(raw):
    body = json.loads(raw.body)
    assert not isinstance(body, dict)
    assert SHAPES.request_flaws("create", body)


@pytest.mark.parametrize("case", mutations.OPEN_BODIES, ids=repr)
@pytest.mark.parametrize("body", [CREATE, {"manifest": JOB}], ids=["create", "update"])
def test_open_bodies_hold_the_good_one(case, body):
    sent = case.apply(body)
    assert isinstance(sent, bytes)
    assert sent != json.dumps(body).encode()
    encoding = "utf-16" if case.label == "UTF-16" else "utf-8"
    for name in body:
        assert json.dumps(name) in sent.decode(encoding)
    with contextlib.suppress(RefusalError):
        read_json(sent)  # left open, but nothing else may come of it


def test_open_bodies_nest_deeper_than_any_reader_follows():
    deep = [case for case in mutations.OPEN_BODIES if "10000" in case.label]
    assert len(deep) == 4
    for case in deep:
        text = case.apply(CREATE)
        assert max(text.count(b"["), text.count(b'{"a":')) >= 10_000
        assert text.count(b"{") == text.count(b"}")
        assert text.count(b"[") == text.count(b"]")


@pytest.mark.parametrize("label", ["2^63", "1e400", "an integer of 5,000 digits"])
def test_open_bodies_have_numbers_beyond_64_bits(label):
    case = next(case for case in mutations.OPEN_BODIES if case.label.endswith(label))
    (number,) = re.findall(rb'"xUnknown": ([^}]*)}', case.apply(CREATE))
    assert number.decode() in {str(2**63), "1e400", "9" * 5000}


def test_a_member_twice_is_there_twice():
    case = next(case for case in mutations.OPEN_BODIES if case.label == "a member twice")
    pairs = json.loads(case.apply(CREATE), object_pairs_hook=list)
    assert [name for name, _ in pairs].count("metadata") == 2


# -- both forms ----


@pytest.mark.parametrize("case", mutations.BOTH_FORMS, ids=repr)
@pytest.mark.parametrize("body", [CREATE, UPDATE], ids=["create", "update"])
def test_both_forms_are_valid_alone_and_refused_together(case, body):
    both = case.apply(body)
    assert differences(body, both) == [("manifestBase64Encoded",)]
    other = decode_manifest(both["manifestBase64Encoded"])
    assert (other == JOB) is ("same" in case.label)
    check = create_request if body is CREATE else update_request
    check({name: value for name, value in both.items() if name != "manifest"})
    with pytest.raises(RefusalError) as refusal:
        check(both)
    assert "mutually exclusive" in refusal.value.details


def test_open_both_forms_have_one_without_contents():
    empty_text, empty_object = (case.apply(CREATE) for case in mutations.OPEN_BOTH_FORMS)
    assert (empty_text["manifest"], empty_text["manifestBase64Encoded"]) == (JOB, "")
    assert empty_object["manifest"] == {}
    assert decode_manifest(empty_object["manifestBase64Encoded"]) == JOB


# -- path and query ----


@pytest.mark.parametrize("text", mutations.MALFORMED_IDS)
def test_malformed_ids_are_uuids_in_no_notation(text):
    with pytest.raises(RefusalError):
        path_id(text)
    with pytest.raises(ValueError):  # noqa: PT011 - UUID's own, which reads every notation
        UUID(text)
    assert re.fullmatch(r"[A-Za-z0-9%_-]+", text), "it stays in its place in the path"


@pytest.mark.parametrize("case", mutations.OPEN_IDS, ids=repr)
def test_open_ids_name_the_same_workload(case):
    identifier = "abcdefab-1234-4234-8234-123456789012"
    text = case.apply(identifier)
    assert text != identifier
    assert UUID(text.replace("%7B", "{").replace("%7D", "}").removesuffix("%20")) == UUID(identifier)


@pytest.mark.parametrize("text", mutations.NO_BOOLEANS)
def test_what_is_no_boolean_is_none(text):
    with pytest.raises(RefusalError):
        dry_run([text])
    assert text.strip().lower() not in {"true", "false", "1", "0", "t", "f", "yes", "no", "y", "n", "on", "off", ""}


def test_a_rewrite_and_a_change_are_known_by_their_labels():
    assert repr(mutations.NO_METADATA[0]) == "no metadata"
    assert repr(Rewrite("a label", str.upper)) == "a label"
    assert mutations.NO_METADATA[0].value is REMOVED
    assert mutations.NO_METADATA[0].apply(CREATE) == {"manifest": JOB}


# -- the table ----


TABLE = list(mutations.table())


def test_every_flaw_that_no_reading_forgives_is_in_the_table():
    """But for those of a path or a query, which have tests of their own."""
    tabled = {id(flaw) for family in mutations.FAMILIES for flaw in family.flaws}
    elsewhere = {"MALFORMED_IDS", "NEARLY_IDS", "NO_BOOLEANS"}
    for name, group in STRICT.items():
        if name not in elsewhere and name not in FROM_A_SAMPLE:
            assert all(id(flaw) in tabled for flaw in group), name


def test_every_member_of_a_request_has_flaws_in_each_form():
    """Made from the contract: what it names is flawed in every operation whose request has it."""
    for operation, schema in (("create", "WorkloadV2CreateRequest"), ("update", "WorkloadV2UpdateRequest")):
        paths = {path for path, _ in schema_members(load_contract().schema(schema))} - {
            ("manifest",), ("manifestBase64Encoded",), *([("metadata", "name")] if operation == "create" else [])
        }  # fmt: skip
        for form in ("json", "base64"):
            cells = [cell for cell in TABLE if (cell.operation, cell.form) == (operation, form)]
            assert paths <= {cell.flaw.path for cell in cells if isinstance(cell.flaw, Change)}
            if operation == "create":
                assert {cell.flaw.label for cell in cells if cell.dry_run} == {
                    cell.flaw.label for cell in cells if not cell.dry_run and cell.family != "manifest without its kind"
                }


def test_a_flaw_that_is_asked_for_often_is_beside_everything_in_turn():
    flaws = {(cell.operation, cell.family, cell.flaw.label) for cell in TABLE}
    for flaw in flaws:
        cells = [cell for cell in TABLE if (cell.operation, cell.family, cell.flaw.label) == flaw]
        ways = {"create": 3, "update": 2}[flaw[0]]
        if len(cells) >= ways and any(cell.metadata for cell in cells):
            assert len({tuple(cell.metadata) for cell in cells}) == ways, flaw
            assert len({cell.label for cell in cells}) >= ways


def test_what_replaces_the_metadata_has_nothing_beside_it():
    assert all(not cell.metadata for cell in TABLE if cell.flaw in mutations.NO_METADATA)


def test_every_cell_is_refused_by_the_reference_server_and_its_good_request_accepted():
    manifest = {"manifest": JOB}
    encoded = {"manifestBase64Encoded": encode_manifest(JOB)}
    metadata = {"metadata": CREATE["metadata"]}
    good = {
        ("create", "json"): metadata | manifest,
        ("create", "base64"): metadata | encoded,
        ("update", "none"): {},
        ("update", "json"): manifest,
        ("update", "base64"): encoded,
    }
    accept = {"create": create_request, "update": update_request}
    for (operation, _), body in good.items():
        accept[operation](body)
    for cell in TABLE:
        plain = good[cell.operation, cell.form]
        metadata = {**plain.get("metadata", {}), **cell.metadata}
        full = {**plain, "metadata": metadata} if metadata else plain
        accept[cell.operation](full)
        body = cell.body(full)
        with pytest.raises(RefusalError):
            accept[cell.operation](read_json(body if isinstance(body, bytes) else json.dumps(body).encode()))


def test_a_cell_that_does_not_exist_is_not_asked_for():
    with pytest.raises(LookupError, match="mnnvl"):
        mutations.refusals("update", "mnnvl")
