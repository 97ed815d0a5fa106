"""A run as the first entry of its record describes it, and the settings that it names."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workloads_conformance._version import __version__
from workloads_conformance.errors import UsageError
from workloads_conformance.http import claims
from workloads_conformance.runner import JudgingTest
from workloads_conformance.settings import OPTIONS, REPLAYED, ImplementationSettings, Settings, Shard
from workloads_reports import Selected, Waiver
from workloads_specs import Contract

from .collected import suite_tests
from .selecting import Selection
from .targets import OpenTarget, Target

_DRAW = ("hypothesis", "schemathesis", "jsonschema-rs")
"""The distributions that decide which cases a seed draws."""

_JUDGE = ("PyYAML", "jsonschema", "openapi-schema-validator", "referencing", "rfc3339-validator")
"""Those that decide what is sent of a case, or what an answer is worth; and `_SHOW` what the files of a report hold."""

_SHOW = ("Jinja2", "MarkupSafe", "anybadge", "junitparser", "harfile")


def drawing() -> dict[str, str]:
    """Returns the versions of Python and of the libraries that decide which cases a seed draws."""
    return {name: versions()[name] for name in ("python", *_DRAW)}


@cache
def versions() -> Mapping[str, str]:
    """Returns the versions of Python and of all that decides what is drawn, judged and shown."""
    return {"python": platform.python_version(), **{name: version(name) for name in (*_DRAW, *_JUDGE, *_SHOW)}}


def describe(
    target: Target, access: OpenTarget, contract: Contract, waivers: Sequence[Waiver], **more: object
) -> dict[str, Any]:
    """Returns what is judged, how and with what, as JSON; `more` is what else the session is told."""
    token = access.tokens.first
    identity = access.identity
    return {
        "id": target.run_id,
        "embedded": target.embedded,
        "started": target.started.isoformat(),
        "began": access.transport.began,
        "suite": {"name": "workloads-conformance", "version": __version__},
        "spec": {"title": contract.title, "version": contract.version, "sha256": contract.sha256},
        "versions": dict(versions()),
        "settings": {name: _plain(getattr(access.settings, name)) for name in REPLAYED},
        "token": {
            "name": access.tokens.shell_name,
            "jwt": token.count(".") == 2 and bool(claims(token)),
        },  # RFC 7515, 3.1
        "forbidden": identity.forbidden.shell if identity.forbidden else None,
        "expired": identity.expired.shell if identity.expired else None,
        "config_place": access.settings.config_place,
        "waivers": [{**asdict(waiver), "expires": waiver.expires.isoformat()} for waiver in waivers],
        **more,
    }


def describe_selection(selection: Selection) -> dict[str, Any]:
    """Returns, as JSON, what of the suite is run; of a run of the whole suite its tests alone."""
    told: dict[str, Any] = {"plan": [test.name for test in selection.tests]}
    if selection.selected is not None:
        told["selected"] = asdict(selection.selected)
    if selection.first:
        told["first"] = {name: list(cases) for name, cases in selection.first.items()}
    return told


def selection_of(described: Mapping[str, Any]) -> Selection:
    """Returns the selection of a run as `describe_selection` wrote it down.

    Raises:
        UsageError: it names tests that this version of the suite does not have.
    """
    given = described.get("selected")
    selected = Selected(given["how"], tuple(given["requirements"])) if given else None
    return Selection(tuple(map(named_test, described["plan"])), selected, described.get("first", {}))


def named_test(name: str) -> JudgingTest:
    """Returns the test of a name that a record has.

    Raises:
        UsageError: this version of the suite does not have it.
    """
    found = suite_tests().get(name)
    if found is None:
        raise UsageError(f"the record names the test {name!r:.120}, which this version of the suite does not have.")
    return found


def _plain(value: object) -> object:
    if isinstance(value, Path | Shard):
        return str(value)
    if isinstance(value, ImplementationSettings):
        return asdict(value)
    return list(value) if isinstance(value, tuple) else value


def settings_of(described: Mapping[str, Any]) -> Settings:
    """Returns the settings of a run as `describe` wrote them down."""
    given = described["settings"]
    told = (option for option in OPTIONS if given.get(option.attribute) is not None)
    fields = {option.attribute: option.value(given[option.attribute]) for option in told}
    if "config_place" in described:
        fields["config_place"] = described["config_place"]
    return Settings(**fields, implementation=ImplementationSettings(**given["implementation"]))


def waivers_of(described: Mapping[str, Any]) -> tuple[Waiver, ...]:
    """Returns the waivers of a run as `describe` wrote them down."""
    return tuple(Waiver(**{**one, "expires": date.fromisoformat(one["expires"])}) for one in described["waivers"])
