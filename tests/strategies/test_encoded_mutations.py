"""Mutations of manifests in base64: damaged encodings, YAML that is no mapping, and what readers disagree about."""

import base64
import re
from uuid import UUID

import pytest
import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from workloads_conformance.api.checks.shapes import Shapes
from workloads_conformance.reference.documents import decode_manifest
from workloads_specs import load_contract
from workloads_strategies import Style, encode_manifest, mutations, smallest_manifest

SHAPES = Shapes(load_contract())
JOB = smallest_manifest("Job") | {"metadata": {"name": "a"}}
CREATE = {"metadata": {"name": "a", "projectId": "1", "clusterId": str(UUID(int=7))}, "manifest": JOB}
ENCODED_CREATE = {"metadata": CREATE["metadata"], "manifestBase64Encoded": encode_manifest(JOB)}
UPDATE = {"metadata": {"category": "Train"}, "manifest": JOB}
SAMPLE = encode_manifest(JOB)


@pytest.mark.parametrize("size", range(20, 24))
def test_damaged_base64_is_base64_in_no_reading(size):
    encoded = base64.b64encode(b"a: " + b"x" * size).decode()
    for damaged in mutations.not_base64(encoded):
        assert damaged.text != encoded
        with pytest.raises(ValueError):  # noqa: PT011 - binascii.Error, and ValueError for non-ASCII
            base64.b64decode(damaged.text, validate=True)


@pytest.mark.parametrize("case", mutations.NOT_A_MAPPING, ids=repr)
@pytest.mark.parametrize("read", [yaml.safe_load, YAML(typ="safe", pure=True).load])
def test_no_yaml_version_reads_a_mapping(case, read):
    data = base64.b64decode(case.apply(ENCODED_CREATE)["manifestBase64Encoded"], validate=True)
    try:
        found = read(data.decode())
    except (yaml.YAMLError, YAMLError, UnicodeDecodeError):
        return
    assert not isinstance(found, dict)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("over", [-4, 0, 4, 8])
def test_oversize_is_exact_and_the_same_manifest(style, over):
    encoded = encode_manifest(JOB, style)
    text = mutations.oversize(encoded, 4096, over)
    assert len(text) == 4096 + over
    assert decode_manifest(text) == JOB


def test_oversize_at_the_contract_s_limit():
    text = mutations.oversize(SAMPLE, 2_097_152, 0)
    assert not SHAPES.request_flaws("create", {"metadata": {}, "manifestBase64Encoded": text})
    text = mutations.oversize(SAMPLE, 2_097_152, 4)
    (flaw,) = SHAPES.request_flaws("create", {"metadata": {}, "manifestBase64Encoded": text})
    assert "maxLength" in flaw.kind


@pytest.mark.parametrize("over", [1, 2, 3, -4096])
def test_oversize_refuses_in_words_what_base64_cannot_be(over):
    with pytest.raises(ValueError, match="multiple of 4"):
        mutations.oversize(SAMPLE, 4096, over)


def test_oversize_of_what_has_the_size_is_itself():
    assert mutations.oversize(SAMPLE, len(SAMPLE), 0) == SAMPLE


@pytest.mark.parametrize("kind", ["Job", "Deployment", "Pod"])
@pytest.mark.parametrize("case", mutations.OPEN_ENCODED, ids=repr)
def test_open_encodings_are_what_they_say(case, kind):
    manifest = smallest_manifest(kind)
    encoded = encode_manifest(manifest)
    text = case.apply(encoded)
    assert text != encoded
    if case.label == "two encodings in one":
        assert text[: len(text) // 2] == text[len(text) // 2 :]
    elif case.clause.endswith("format") and text:
        plain = re.sub(r"[\s=]", "", text).translate(str.maketrans("-_", "+/"))
        assert yaml.safe_load(base64.b64decode(plain + "=" * (-len(plain) % 4))) == manifest
    elif text:
        assert base64.b64decode(text, validate=True)


def test_open_base64_differs_from_rfc_4648():
    for case in mutations.OPEN_ENCODED:
        if case.clause.endswith("format") and case.label != "an empty text":
            text = case.apply(SAMPLE)
            try:
                canonical = base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
            except ValueError:
                canonical = False
            assert not canonical, case.label


def test_open_yaml_is_deep_and_of_several_documents():
    found = {
        case.label: base64.b64decode(case.apply(SAMPLE)) for case in mutations.OPEN_ENCODED if "YAML" in case.label
    }
    assert len(list(yaml.safe_load_all(found["YAML of several documents"]))) == 2
    assert yaml.safe_load(found["YAML of an empty document"]) is None
    assert sum(text.count(b"[") >= 10_000 or text.count(b"{a: ") >= 10_000 for text in found.values()) == 2
