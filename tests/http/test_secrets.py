"""Redaction, decoding and commands to paste: each on its own."""

from __future__ import annotations

import base64
import shlex
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.subjects import subject

from workloads_conformance.http import Authorization, Exchange, Request, Response
from workloads_conformance.http.decode import decode_json
from workloads_conformance.http.waiting import limits_in, retry_after
from workloads_conformance.output import Redactor
from workloads_conformance.reproduce import Shell

ID = "0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c11"
secrets = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=12, max_size=60)


@given(secret=secrets, before=st.text(max_size=5), after=st.text(max_size=5))
def test_a_secret_is_hidden_plain_and_url_encoded(secret, before, after):
    redactor = Redactor()
    redactor.add(secret, "NAME")
    assert secret not in redactor.text(before + secret + after)
    assert quote(secret, safe="") not in redactor.text(before + quote(secret, safe="") + after)


@given(secret=secrets, before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_a_secret_is_hidden_in_base64_at_any_place(secret, before, after):
    redactor = Redactor()
    redactor.add(secret, "NAME")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + secret.encode() + after).decode()
        shown = redactor.text(text)
        assert "$NAME" in shown
        assert len(shown.replace("$NAME", "")) < len(before + after) * 2 + 16


def test_other_texts_are_left_alone():
    redactor = Redactor()
    redactor.add("abc", "SHORT")
    redactor.add("abcdefghijkl", "LONG")
    assert redactor.text("abc and abcdefghijk") == "abc and abcdefghijk"
    assert redactor.value({"abcdefghijkl": ["abcdefghijkl", 1]}) == {"$LONG": ["$LONG", 1]}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 1.0),
        ("3", 3.0),
        ("nonsense", 1.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:10 GMT", 8.0),
    ],
)
def test_retry_after(value, seconds):
    now = datetime(2015, 10, 21, 7, 28, 2, tzinfo=UTC).timestamp()
    headers = () if value is None else (("Retry-After", value),)
    assert retry_after(Response(429, headers, b""), now) == seconds


def test_a_date_to_retry_after_is_by_the_clock_that_the_answer_has():
    headers = (("Date", "Wed, 21 Oct 2015 07:38:02 GMT"), ("Retry-After", "Wed, 21 Oct 2015 07:38:03 GMT"))
    now = datetime(2015, 10, 21, 7, 28, 2, tzinfo=UTC).timestamp()
    assert retry_after(Response(503, headers, b""), now) == 1.0


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({"RateLimit-Limit": "100", "RateLimit-Remaining": "7", "RateLimit-Reset": "30"}, (7, 30, 100)),
        ({"RateLimit": '"default";r=5;t=12'}, (5, 12, 0)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1445412512"}, (0, 30, 0)),
        ({"RateLimit-Remaining": "many", "RateLimit-Reset": "30"}, None),
        ({"RateLimit": "nonsense"}, None),
        ({}, None),
    ],
)
def test_what_a_target_says_of_its_limits_is_read(headers, limits):
    now = datetime(2015, 10, 21, 7, 28, 2, tzinfo=UTC).timestamp()
    assert limits_in(Response(200, tuple(headers.items()), b""), now) == limits


@given(st.binary(max_size=200))
def test_decoding_never_raises(data):
    found = decode_json(data)
    assert found.readable or found.error or found.limit


def test_names_that_stand_twice_are_told():
    assert decode_json(b'{"a": 1, "a": 2}').duplicates == ("a",)


@given(st.text(max_size=30))
def test_a_command_survives_the_shell(body):
    """What is quoted is what was sent; what does not print is taken from a file."""
    request = Request(method="POST", path="/api/v2/workloads", body=body.encode("utf-8", "replace"))
    with tempfile.TemporaryDirectory() as directory:
        command = Shell(subject(Path(directory))).command(request, {})
        data = shlex.split(command)[-1]
        sent = Path(data[1:]).read_bytes() if data.startswith("@") else data.encode()
    assert sent == request.body
    assert '-H "Authorization: Bearer $TOKEN"' in command


def test_an_id_is_carried_from_one_command_to_the_next(tmp_path):
    made = Response(202, (("content-type", "application/json"),), f'{{"metadata": {{"id": "{ID}"}}}}'.encode())
    create = Exchange(Request(method="POST", path="/api/v2/workloads", body=b"{}"), made, None, 0.1)
    read = Exchange(
        Request(method="GET", path=f"/api/v2/workloads/{ID}", authorization=Authorization(None, None)), None, "no", 0.1
    )
    script = Shell(subject(tmp_path)).script([create, read]).splitlines()
    assert script[0].startswith("ID1=$(curl ")
    assert script[0].endswith("| jq -r .metadata.id)")
    assert '"$ID1"' in script[1]
    assert "Authorization" not in script[1]
