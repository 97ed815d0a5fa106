"""A secret is hidden however the encoders that are in use write it, several of them one after the other too."""

from __future__ import annotations

import base64
import html
import json
import random
import re
import time
from html.entities import codepoint2name
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads_conformance.http import hide_token
from workloads_conformance.output import Redactor

secrets = st.one_of(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=12, max_size=40),
    st.from_regex(r"eyJ[A-Za-z0-9_-]{10,30}\.[A-Za-z0-9_-]{10,30}\.[A-Za-z0-9_-]{8,30}", fullmatch=True),
)


def json_escapes(character: str, draw: random.Random) -> str:
    """One character inside a JSON string, in one of the ways that RFC 8259 leaves open."""
    short = {"/": "\\/", '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
    units = json.dumps(character)[1:-1] if ord(character) > 126 else f"\\u{ord(character):04x}"
    if draw.random() < 0.5:
        units = re.sub("[0-9a-f]{4}", lambda found: found[0].upper(), units)
    must = character in '"\\' or ord(character) < 32
    ways = [units, short.get(character, units)] + [character] * (0 if must else 2)
    return draw.choice(ways)


def percents(character: str, draw: random.Random) -> str:
    escaped = "".join(f"%{byte:02x}" for byte in character.encode())
    return draw.choice([escaped, escaped.upper(), escaped if character == "%" else character])


def entities(character: str, draw: random.Random) -> str:
    code = ord(character)
    ways = [f"&#{code};", f"&#x{code:x};", f"&#X{code:04X};"]
    ways += [f"&{codepoint2name[code]};"] if code in codepoint2name else []
    ways += [] if character in "&<>\"'" else [character]
    return draw.choice(ways)


ESCAPES = {"json": json_escapes, "percent": percents, "html": entities}
SHAPES = {
    "as it is": lambda text: text,
    "upper": lambda text: text.upper() if text.isascii() else text,
    "lower": lambda text: text.lower() if text.isascii() else text,
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, second": lambda text: base64.b64encode(b"x" + text.encode()).decode(),
    "base64, third": lambda text: base64.urlsafe_b64encode(b"xy" + text.encode() + b"z").decode().rstrip("="),
}


def unescaped(text: str, kind: str) -> str:
    """What the kind's own decoder makes of a text, in which something may stand that it did not expect."""
    if kind == "percent":
        return unquote(text, errors="replace")
    if kind == "html":
        return html.unescape(text)
    return re.sub(
        r'\\(u[0-9a-fA-F]{4}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|["\\/bfnrt])',
        lambda found: json.loads(f'"{found[0]}"'),
        text,
    )


def readings(text: str) -> list[str]:
    """The text, and what stands in it in hexadecimal and in base64, begun at any place."""
    found = [text]
    for run in re.findall(r"[0-9a-fA-F]{12,}", text):
        found += [bytes.fromhex(run[start : start + (len(run) - start) // 2 * 2]).decode("latin-1") for start in (0, 1)]
    for run in re.findall(r"[A-Za-z0-9+/_-]{8,}", text):
        for start in range(4):
            part = run[start : start + (len(run) - start) // 4 * 4].replace("-", "+").replace("_", "/")
            found.append(base64.b64decode(part).decode("latin-1"))
    return found


@settings(deadline=None, max_examples=400)
@given(
    secret=secrets,
    shape=st.sampled_from(list(SHAPES)),
    layers=st.lists(st.sampled_from(list(ESCAPES)), max_size=3),
    seed=st.integers(0, 2**32),
    around=st.tuples(
        st.sampled_from(["", "Bearer ", "<b>", '{"message": "no ']), st.sampled_from(["", " no", "</b>", "]"])
    ),
)
def test_no_decoder_gives_a_secret_back(secret, shape, layers, seed, around):
    draw = random.Random(seed)
    redactor = Redactor()
    redactor.add(secret, "NAME")
    text = around[0] + SHAPES[shape](secret) + around[1]
    for layer in layers:
        text = "".join(ESCAPES[layer](character, draw) for character in text)
    shown = redactor.text(text)
    assert "$NAME" in shown
    assert redactor.data(text.encode()) == shown.encode()
    for layer in reversed(layers):
        shown = unescaped(shown, layer)
    for plain in readings(shown):
        assert secret.lower() not in plain.lower()
        assert secret.encode().decode("latin-1").lower() not in plain.lower()


@settings(deadline=None)
@given(
    secret=st.from_regex(r"[A-Za-z][A-Za-z0-9_/+.-]{12,40}", fullmatch=True),
    layer=st.sampled_from(list(ESCAPES)),
    seed=st.integers(0, 2**32),
)
def test_what_stands_around_a_secret_is_left_as_it_is(secret, layer, seed):
    draw = random.Random(seed)
    redactor = Redactor()
    redactor.add(secret, "NAME")
    escape = ESCAPES[layer]
    before, hidden, after = (
        "".join(escape(character, draw) for character in text) for text in ("<a ü&%", secret, "> \\x")
    )
    assert redactor.text(before + hidden + after + hidden) == f"{before}$NAME{after}$NAME"


@pytest.mark.parametrize(
    "text",
    [
        "https:\\/\\/secret\\/of-mine",
        "https:\\u002f\\u002Fsecret/of-mine",
        "https%3a%2f%2Fsecret%2fof-mine",
        "https%3A%252F%25252Fsecret/of-mine",
        "https:&sol;&#47;secret&#x2F;of&#45mine",
        "https:&amp;sol;&amp;amp;#47;secret/of-mine",
        "https:\\\\\\/\\\\\\/secret\\\\\\/of-mine",
        "\\x68\\x74tps:\\U0000002f/secret/\\u{6f}f-mine",
        "HTTPS://SECRET/OF-MINE",
        base64.b64encode(b'Basic "id:https://secret/of-mine"').decode(),
        quote(base64.b64encode(b"??>https://secret/of-mine").decode(), safe=""),
        base64.b64encode(b"??>https%3A%2F%2Fsecret%2Fof-mine").decode(),
    ],
)
def test_the_forms_that_encoders_write_by_default_and_some_others(text):
    redactor = Redactor()
    redactor.add("https://secret/of-mine", "NAME")
    shown = redactor.text(text)
    assert "$NAME" in shown
    assert "secret" not in shown.lower()
    assert len(shown) < len("$NAME") + 24


def test_the_longest_of_overlapping_secrets_names_what_is_hidden():
    redactor = Redactor()
    redactor.add("part-one", "PART")
    redactor.add("part-one.part-two", "WHOLE")
    redactor.add("part-two.more", "OTHER")
    assert redactor.text("a part-one.part-two, part-one, part-one.part-two.more") == "a $WHOLE, $PART, $WHOLE"


def test_what_cannot_be_known_is_left():
    """The docs say so."""
    redactor = Redactor()
    redactor.add("secret-of-mine", "NAME")
    for text in ("secret-of-mine"[::-1], "secret- of-mine", "secret-of-min"):
        assert redactor.text(text) == text


@pytest.mark.parametrize(
    "hostile",
    [b"\\" * 400_000, b"%25" * 150_000 + b"z", b"&amp;" * 80_000 + b"!", b"&#0" + b"0" * 400_000, b"\\u0061" * 70_000,
     b"eyJhbGciOi" * 40_000, b"%5c" * 130_000, b"&" * 400_000, b"&#x" * 130_000, b"\\u{" * 130_000],
    ids=lambda data: repr(data[:6]),
)  # fmt: skip
def test_no_text_takes_long(hostile):
    """400 kB take milliseconds where the time grows with the text, and minutes where it grows with its square."""
    redactor = Redactor()
    hide_token(redactor, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhYWFhYWFhYSJ9.c2lnbmF0dXJlc2lnbmF0dXJl", "TOKEN")
    started = time.process_time()
    redactor.data(hostile)
    assert time.process_time() - started < 20


def test_a_secret_that_is_no_utf_8_is_hidden_too():
    """The environment may hold any bytes."""
    secret = b"caf\xe9-secret-of-mine".decode("utf-8", "surrogateescape")
    redactor = Redactor()
    redactor.add(secret, "NAME")
    assert redactor.data(b"a caf\xe9-secret-of-mine") == b"a $NAME"
    assert redactor.text(f"a {secret}") == "a $NAME"
    assert redactor.text("a caf%E9-secret-of-mine") == "a $NAME"
