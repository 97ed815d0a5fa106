"""A record is read as it was written, or refused with the line that is damaged."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import RUN, rewritten, small_record

from workloads_conformance.errors import UsageError
from workloads_conformance.http import Exchange, Request, Response
from workloads_conformance.output import Redactor
from workloads_conformance.recording import DamagedRecordError, Recorder, read_record
from workloads_conformance.recording.bodies import MOST, BodyStore, decode_body

LINES = 7
LENGTH = 2200


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("record") / "record.jsonl"
    small_record(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged") / "record.jsonl"


def test_it_is_read_as_it_was_written(sound, place):
    place.write_bytes(sound)
    record = read_record(place)
    assert record.run["id"] == "abcdef"
    assert record.tests == ["test_get.test_x"]
    assert record.recorded_values == {"a value": True}
    assert [record.body(entry["reply_body"]) for entry in record.exchanges] == [b"hello"]
    assert record.findings == [("WV2-GET-001", {"message": "m"})]
    assert record.stopped is None


@given(where=st.integers(0, LENGTH - 1), bit=st.integers(0, 7))
def test_any_bit_that_is_changed_is_told_with_its_line(sound, place, where, bit):
    where %= len(sound)
    damaged = bytearray(sound)
    damaged[where] ^= 1 << bit
    place.write_bytes(damaged)
    line = sound[:where].count(b"\n") + 1
    if where == len(sound) - 1:
        # Without its line feed the last line counts as one that was cut short.
        assert "without its last line" in str(read_record(place).stopped)
        return
    with pytest.raises(DamagedRecordError, match=rf"is damaged in line {line}: "):
        read_record(place)


@given(one=st.integers(0, LINES - 1), other=st.integers(0, LINES - 1))
def test_lines_in_another_order_are_refused(sound, place, one, other):
    lines = sound.splitlines(keepends=True)
    if one == other:
        return
    lines[one], lines[other] = lines[other], lines[one]
    place.write_bytes(b"".join(lines))
    with pytest.raises(DamagedRecordError, match=f"line {min(one, other) + 1}: "):
        read_record(place)


@pytest.mark.parametrize("missing", range(LINES - 1))
def test_a_line_that_was_taken_out_is_missed(sound, place, missing):
    lines = sound.splitlines(keepends=True)
    place.write_bytes(b"".join(lines[:missing] + lines[missing + 1 :]))
    with pytest.raises(DamagedRecordError, match=f"line {missing + 1}: "):
        read_record(place)


@given(kept=st.integers(1, LENGTH - 1))
def test_what_a_killed_run_leaves_can_be_read(sound, place, kept):
    """Lines are written one by one: wherever the end is missing, what was written before is sound."""
    kept %= len(sound)
    place.write_bytes(sound[:kept])
    if b"\n" not in sound[:kept]:
        with pytest.raises(UsageError, match="is empty"):
            read_record(place)
        return
    assert "the run was killed; its record ends without its last line" in str(read_record(place).stopped)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entries: [*entries, {"kind": "test", "name": "x"}], "line 8: it has lines after its last one"),
        (lambda entries: [entries[0], {"kind": "nonsense"}], "line 2: 'nonsense' is not a kind of entry"),
        (lambda entries: [{**entries[0], "seed": 1, "shrink": "no"}], r"line 1: \$.shrink 'no' is not of type"),
        (lambda entries: [*entries[:4], {**entries[4], "status": "200"}], r"line 5: \$.status '200' is not of type"),
        (lambda entries: [*entries[:6], {"kind": "end"}], "line 7: .* is a required property"),
        (lambda entries: [entries[0], {**entries[3], "text": "hallo"}], "line 2: a body is not what its digest says"),
        (lambda entries: [entries[0], entries[4]], "line 2: it refers to a body that is not there"),
        (lambda entries: [{**entries[0], "format": "workloads-conformance-record/9"}], "reads workloads-conformance-r"),
        (lambda entries: entries[1:], "is not a record of a run"),
    ],
)
def test_a_chain_that_holds_and_says_nonsense_is_refused(sound, place, change, said):
    place.write_bytes(sound)
    rewritten(place, change)
    with pytest.raises(UsageError, match=said):
        read_record(place)


@given(st.binary(max_size=5000))
def test_bodies_come_back(body):
    digest, entry = BodyStore().entry(body)
    assert entry is not None
    assert entry["sha256"] == digest
    assert decode_body(entry) == body


def test_a_body_that_unpacks_to_more_than_it_says_is_refused():
    _, entry = BodyStore().entry(b"a" * 100_000)
    assert entry is not None
    with pytest.raises(ValueError, match="not what its digest says"):
        decode_body({**entry, "size": 10})


def test_large_bodies_are_written_once_and_shorter(tmp_path):
    """The contract's largest manifest is 2 MiB; a run that sends it and reads it back 40 times stays small."""
    recorder = Recorder(tmp_path, Redactor())
    recorder.begin({key: value for key, value in RUN.items() if key not in ("kind", "format")})
    text = "".join(random.Random(0).choices("abcdefghij: \n", k=2**21)).encode()
    for number in range(40):
        request = Request(method="PUT", path="/x", body=text)
        recorder.exchange(Exchange(request, Response(202, (), text), None, 0.1), f"trial {number}")
    recorder.end({"stopped": None, "finished": "2026-01-01T00:00:00+00:00"})
    recorder.close()
    assert (tmp_path / "record.jsonl").stat().st_size < len(text)
    record = read_record(tmp_path / "record.jsonl")
    assert len(record.exchanges) == 40
    assert record.body(record.exchanges[-1]["body"]) == text


def test_bodies_without_end_do_not_fill_the_disk():
    """Of more than is reasonable, a record keeps digest and size."""
    store = BodyStore()
    seen = random.Random(1)
    size = 8 * 2**20
    kept = 0
    for _ in range(MOST // size + 2):
        _, entry = store.entry(seen.randbytes(64) + bytes(size - 64))
        kept += decode_body(entry) is not None
    assert kept == MOST // size


def test_a_directory_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        Recorder(tmp_path / "file", Redactor())
