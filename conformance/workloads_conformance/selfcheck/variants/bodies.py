"""Honest servers whose reader of JSON takes more than JSON, as RFC 8259, section 9, lets it."""

from __future__ import annotations

import ast
import json
import re

import yaml

from workloads_conformance.selfcheck.declare import variant
from workloads_conformance.selfcheck.patching import read_leniently


@variant()
def yaml_is_taken_where_json_was_expected() -> None:
    """A body that is no JSON is read as YAML."""
    read_leniently(yaml.safe_load)


@variant()
def trailing_commas_are_taken() -> None:
    """Commas before a closing bracket are forgiven."""
    read_leniently(lambda body: json.loads(re.sub(rb",\s*([}\]])", rb"\1", body)))


@variant()
def single_quotes_are_taken() -> None:
    """Texts may stand in single quotes."""
    read_leniently(lambda body: ast.literal_eval(re.sub(r"\btrue\b", "True", body.decode())))


@variant()
def comments_are_taken() -> None:
    """Comments in the body are skipped."""
    read_leniently(lambda body: json.loads(re.sub(rb"//[^\n\"]*\n|/\*.*?\*/", b"", body)))
