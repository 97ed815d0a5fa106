"""The reference server reads YAML as `kubectl` does: by sigs.k8s.io/yaml, whose fork of go-yaml says what it takes.

- "base-60 floats from YAML 1.1 are purposefully not supported since they're a poor design and are gone in YAML 1.2"
  (sigs.k8s.io/yaml/goyaml.v2/README.md): a time of day is a text.
- "each of its key/value pairs is inserted into the current mapping, unless the key already exists in it", and "Keys in
  mapping nodes earlier in the sequence override keys specified in later mapping nodes"
  (https://yaml.org/type/merge.html).
"""

from __future__ import annotations

import base64

import pytest

from workloads_conformance.reference.documents import decode_manifest
from workloads_conformance.reference.errors import RefusalError


def read(text: str):
    return decode_manifest(base64.b64encode(text.encode()).decode())


@pytest.mark.parametrize("text", ["22:22", "1:30", "-1:00", "190:20:30", "1:30:00.5", "1_0:30", "1:" * 180 + "1.5"])
def test_base_60_is_a_text(text):
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0755", 493),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        (".5", 0.5),
        ("-12", -12),
        ("1.5e+3", 1500.0),
        ("on", True),
    ],
)
def test_other_numbers_are_numbers(text, value):
    assert read(f"a: {text}") == {"a": value}


BASE = "base: &base {k: 1, only: 2}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c: {<<: *base, k: 9}", {"k": 9, "only": 2}),
        ("c: {k: 9, <<: *base}", {"k": 9, "only": 2}),
        ("c: {<<: [{k: 9}, *base]}", {"k": 9, "only": 2}),
        ("c: {<<: [*base, {k: 9, more: 3}]}", {"k": 1, "only": 2, "more": 3}),
        # What overrides a merged key, and is merged itself.
        ("over: &over {<<: *base, k: 5}\nc: {<<: *over}", {"k": 5, "only": 2}),
        ("over: &over {k: 5, <<: *base}\nc: {<<: *over, more: 3}", {"k": 5, "only": 2, "more": 3}),
        ("over: &over {<<: *base, k: 5}\nc: {<<: [*over, *base]}", {"k": 5, "only": 2}),
        ("c: {'<<': *base}", {"<<": {"k": 1, "only": 2}}),
    ],
)
def test_a_key_that_is_there_is_not_merged(text, expected):
    manifest = read(BASE + text)
    assert manifest["c"] == expected
    assert manifest["base"] == {"k": 1, "only": 2}, "what is merged stays as it is"


@pytest.mark.parametrize("text", ["c: {<<: 3}", "c: {<<: [3]}", "c: {<<: *c}", "c: &c {<<: *c}"])
def test_a_merge_of_what_is_no_mapping_is_refused(text):
    with pytest.raises(RefusalError):
        read(text)
