"""The same manifest in every style: YAML 1.1 and YAML 1.2 both read it back, and each style is what it says."""

import base64
import json

import pytest
import yaml
from hypothesis import find, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from support.drawing import drawn, named, relaxed

from workloads_conformance.reference.documents import decode_manifest
from workloads_strategies import (
    KINDS,
    Style,
    encode_manifest,
    json_values,
    large_manifests,
    manifests,
    smallest_manifest,
    styles,
    texts,
    to_base64,
    to_yaml,
)

ALL = tuple(KINDS)
STYLES = styles()
JOB = named(smallest_manifest("Job"))
SCRIPT = {
    "kind": "Job",
    "spec": {"args": ["set -e\nif a; then\n  b: 'c'\nfi\n", "no newline\nat the end", "one # line"]},
}


def read_as_1_1(text):
    return yaml.safe_load(text)


def read_as_1_2(text):
    return YAML(typ="safe", pure=True).load(text)


def read_by_libyaml(text):
    return yaml.load(text, Loader=yaml.CSafeLoader)


READERS = [read_as_1_1, read_as_1_2, read_by_libyaml]


def same(one, other):
    """Equal in type too: true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("style", Style)
def test_every_reader_reads_the_manifest_back(style, read):
    @settings(relaxed, max_examples=15)
    @given(manifests(kinds=ALL).map(named))
    def check(manifest):
        assert same(read(to_yaml(manifest, style)), manifest)

    check()


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("style", Style)
def test_every_reader_reads_any_text_back(style, read):
    @settings(relaxed, max_examples=40)
    @given(st.lists(texts() | st.text("a \n\t#:'\"-\\é", max_size=8), min_size=1, max_size=4), json_values())
    def check(found, value):
        manifest = {"texts": found, "keys": dict.fromkeys(found, 1), "value": value, "numbers": [-0.5, 2**63 - 1]}
        assert same(read(to_yaml(manifest, style)), manifest)

    check()


@relaxed
@given(manifests(kinds=ALL).map(named), styles())
def test_the_reference_server_decodes_every_style(manifest, style):
    assert same(decode_manifest(encode_manifest(manifest, style)), manifest)


LENGTHENING = {Style.COMMENTED, Style.FOLDED, Style.LITERAL}
"""What adds to each line of a script, however short that is."""


@settings(relaxed, max_examples=3)
@given(large_manifests(kinds=["Job"]), st.sampled_from([style for style in Style if style not in LENGTHENING]))
def test_large_manifests_fit_the_limit(manifest, style):
    encoded = encode_manifest(manifest, style)
    assert len(encoded) <= 2_097_152
    assert same(read_by_libyaml(base64.b64decode(encoded)), manifest)


@pytest.mark.parametrize("style", Style)
def test_no_string_is_left_plain_that_some_yaml_version_reads_otherwise(style):
    traps = [
        "null",
        "Null",
        "~",
        "true",
        "no",
        "Y",
        "1e3",
        "0o17",
        "012",
        "1:30",
        ".inf",
        "0x1F",
        "=",
        "<<",
        "2024-01-01",
    ]
    for event in yaml.parse(to_yaml({"kind": "Job", "traps": traps}, style)):
        if isinstance(event, yaml.ScalarEvent) and event.value in traps:
            assert event.style in ("'", '"', "|", ">")


@pytest.mark.parametrize("style", Style)
def test_there_are_no_merge_keys_and_no_tags(style):
    for event in yaml.parse(to_yaml({**JOB, "x": {"<<": {"a": "b"}}}, style)):
        if isinstance(event, yaml.ScalarEvent):
            assert event.tag is None
            assert event.value != "<<" or event.style


@pytest.mark.parametrize("style", Style)
def test_every_style_is_found(style):
    assert style in drawn(STYLES, 100)


def test_styles_differ():
    assert len({to_yaml(JOB, style) for style in Style}) == len(Style)


def test_the_plainest_style_is_the_simplest():
    assert find(styles(), lambda _: True, settings=relaxed) is Style.BLOCK


def scalars(style):
    return [event.style for event in yaml.parse(to_yaml(SCRIPT, style)) if isinstance(event, yaml.ScalarEvent)]


def test_quotes_and_blocks_are_where_they_can_be():
    assert set(scalars(Style.QUOTED)) == {'"'}
    assert set(scalars(Style.SINGLE_QUOTED)) == {"'", '"'}, "several lines need double quotes"
    assert scalars(Style.LITERAL).count("|") == 4
    assert scalars(Style.FOLDED).count(">") == 3, "the indented line stays out of folding"


def test_flow_and_block():
    assert to_yaml(JOB, Style.FLOW).startswith("{")
    assert "{" not in to_yaml(JOB, Style.BLOCK)
    assert json.loads(to_yaml(JOB, Style.JSON)) == JOB


def test_what_is_there_twice_is_written_once():
    text = to_yaml(smallest_manifest("Deployment"), Style.ANCHORED)
    assert "matchLabels: &" in text
    assert "labels: *" in text
    assert "&" in to_yaml(JOB, Style.ANCHORED)


def test_comments_markers_and_line_ends():
    assert to_yaml(JOB, Style.COMMENTED).count("#") > to_yaml(JOB, Style.BLOCK).count("\n")
    assert to_yaml(JOB, Style.MARKED).startswith("---\n#")
    ended = to_yaml(JOB, Style.ENDED)
    assert ended.startswith("---\n")
    assert ended.endswith("\n...\n")
    assert to_yaml(JOB, Style.CRLF).count("\r\n") == to_yaml(JOB, Style.BLOCK).count("\n")
    assert not to_yaml(JOB, Style.NO_NEWLINE).endswith("\n")


@pytest.mark.parametrize(("style", "padding"), [(Style.PADDED_0, ""), (Style.PADDED_1, "="), (Style.PADDED_2, "==")])
def test_the_padding_is_the_one_asked_for(style, padding):
    @settings(relaxed, max_examples=30)
    @given(manifests(kinds=["Job"]))
    def check(manifest):
        encoded = encode_manifest(manifest, style)
        assert encoded.removesuffix(padding)[-1:] != "="
        assert encoded.endswith(padding)

    check()


def test_base64_of_text_and_of_bytes():
    assert to_base64("é") == to_base64("é".encode()) == "w6k="
