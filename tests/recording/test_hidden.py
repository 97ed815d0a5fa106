"""What redaction took out is told by its shape alone, and a text of that shape takes its place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workloads_conformance.output import Redactor
from workloads_conformance.recording.hidden import HiddenShapes, restored, stand_ins

RAW = '{"a": "research", "b": "researchers of research", "c": "$HOME", "d": "RESEARCH-1 research"}'


def redacted(raw: str, *secrets: str) -> str:
    redactor = Redactor()
    for number, secret in enumerate(secrets):
        redactor.add(secret, f"SECRET{number}")
    return redactor.text(raw)


def test_a_text_of_the_same_shape_stands_in_and_the_same_for_the_same():
    shown = redacted(RAW, "research")
    parts = HiddenShapes().parts(RAW, shown)
    assert "research" not in repr(parts)
    again = restored(shown, stand_ins(parts, shown))

    def shape(text: str) -> str:
        return re.sub("[A-Z]", "G", re.sub("[a-f]", "a", re.sub("[g-z]", "g", text)))

    assert shape(again) == shape(RAW)
    assert "research" not in again
    words = re.findall(r'(?<=")[a-z]{8}(?=")|(?<= )[a-z]{8}(?=")', again)
    assert len(words) == 3
    assert len(set(words)) == 1


@given(st.lists(st.text('ab-x "$', max_size=8), max_size=5), st.sampled_from(["secret", "abacab", "aaaaaa", "x-x-x-x"]))
def test_whatever_is_around_a_secret_comes_back(around, secret):
    raw = secret.join(around)
    shown = redacted(raw, secret)
    again = restored(shown, stand_ins(HiddenShapes().parts(raw, shown), shown))
    assert len(again) == len(raw)
    assert all(one == other for one, other in zip(raw, again, strict=True) if one in ' "')


def test_a_text_that_differs_elsewhere_is_refused():
    for raw, shown in (("xabcdef", "y$SECRET"), ("abcdefx", "$SECRETS y"), ("ab", "$SECRET behind")):
        with pytest.raises(ValueError):  # noqa: PT011 - its text is for nobody
            HiddenShapes().parts(raw, shown)
    with pytest.raises(ValueError):  # noqa: PT011 - as above
        stand_ins([None], "$A and $B")
