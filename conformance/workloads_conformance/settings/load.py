"""Settings from flags, the environment and conformance.toml; the first named wins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workloads_conformance.errors import UsageError

from .model import Implementation, Mode, Profile, Settings
from .options import ENVIRONMENT_PREFIX, OPTIONS, SCHEMA, Option
from .validation import check, expected, read_toml, refuse_unknown

_PATHS = {"token-file", "report-dir", "ca-bundle", "client-cert", "client-key", "waivers", "write-waivers", "since"}
_MUST_EXIST = _PATHS - {"report-dir", "write-waivers"}
_LARGEST = 32 * 2**20
"""Bytes of a file that an option names."""

_NAMED_VARIABLES = ("token-env", "client-secret-env", "forbidden-token-env", "expired-token-env")


def load_settings(
    flags: Mapping[str, str | bool | None], environ: Mapping[str, str], config: Path | None = None
) -> Settings:
    """Returns the settings, everything that can be known without a request checked.

    Args:
        flags: texts as given on the command line, by option key; None where the flag is absent.
        environ: the environment.
        config: the configuration file; `conformance.toml` in the working directory, if there, when None.

    Raises:
        UsageError: one sentence that names the key, the value and what was expected.
    """
    merged: dict[str, Any] = {}
    for source, values in (_file(config), _environment(environ), _flags(flags)):
        for key, value in values.items():
            check(SCHEMA["properties"][key], source, key, value)
            merged[key] = value
    _check_together(merged, environ)
    return _settings(merged)


def _file(path: Path | None) -> tuple[str, dict[str, Any]]:
    chosen = path or Path("conformance.toml")
    if path is None and not os.path.lexists(chosen):
        return str(chosen), {}
    values = read_toml(chosen, "--config")
    refuse_unknown(chosen.name, values, SCHEMA["properties"])
    return chosen.name, values


def _environment(environ: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    known = {option.environment: option for option in OPTIONS}
    given = {name: text for name, text in environ.items() if name.startswith(ENVIRONMENT_PREFIX)}
    refuse_unknown("the environment", given, known)
    return "the environment", {known[name].key: _parse(known[name], text, name) for name, text in given.items()}


def _flags(flags: Mapping[str, str | bool | None]) -> tuple[str, dict[str, Any]]:
    known = {option.key: option for option in OPTIONS}
    given = {key: value for key, value in flags.items() if value is not None}
    return "the command line", {
        key: value if isinstance(value, bool) else _parse(known[key], value, known[key].flag)
        for key, value in given.items()
    }


def _parse(option: Option, text: str, name: str) -> Any:  # noqa: ANN401 - the option's schema says which type
    """Reads an option's value from a text, as the command line and the environment give it."""
    kind = option.schema["type"]
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        raise UsageError(f"{name} is {text!r:.200}; expected {expected(option.schema)}.") from None
    if kind == "array":
        return [item.strip() for item in text.split(",")]
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise UsageError(f"{name} is {text!r:.200}; expected true or false.")
        return text.lower() == "true"
    return text


def _check_together(values: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    _check_texts(values)
    if "target" in values:
        _check_target(values)
    elif given := [
        key for key in ("token-env", "token-file", "client-id", "project-id", "cluster-id") if key in values
    ]:
        raise UsageError(f"{given[0]} is given without target; add --target URL, or leave both to the embedded server.")
    if ("client-id" in values) != ("client-secret-env" in values):
        raise UsageError("client-id and client-secret-env go together; give both or neither.")
    if len(ways := [key for key in ("token-env", "token-file", "client-id") if key in values]) > 1:
        raise UsageError(f"{' and '.join(ways)} are given; one way to get a token is enough.")
    _check_kinds(values.get("kinds", ()))
    if "client-key" in values and "client-cert" not in values:
        raise UsageError("client-key is given without client-cert; give both.")
    for key in _NAMED_VARIABLES:
        if key in values and not environ.get(values[key], "").strip():
            raise UsageError(
                f"{key} names the environment variable {values[key]}, which is not set or empty; export it."
            )
    _check_paths(values)


def _check_texts(values: Mapping[str, Any]) -> None:
    for key in sorted(_PATHS & values.keys()):
        if "\0" in values[key]:
            raise UsageError(f"{key} is {values[key]!r:.200}; expected a path, which holds no NUL.")
    if "proxy" in values and _flaw_of_url(values["proxy"], of_proxy=True):
        raise UsageError("proxy is no URL of a proxy; expected one such as http://proxy.example.com:3128.")


def _check_paths(values: Mapping[str, Any]) -> None:
    from workloads_reports import GivenError, open_given  # noqa: PLC0415 - `--help` has to be fast

    for key in sorted(_MUST_EXIST & values.keys()):
        try:
            with open_given(Path(values[key])) as file:
                size = os.fstat(file.fileno()).st_size
        except GivenError:
            raise UsageError(f"{key} is {values[key]!r}, which is no readable file.") from None
        if size > _LARGEST:
            raise UsageError(f"{key} is {values[key]!r}, which is larger than any such file.")
    draft = values.get("write-waivers")
    if draft is not None and (Path(draft).exists() or not Path(draft).absolute().parent.is_dir()):
        raise UsageError(f"write-waivers is {draft!r}; expected a file that is not there yet, in a directory that is.")


def _check_kinds(kinds: Iterable[str]) -> None:
    from workloads_strategies import KINDS  # noqa: PLC0415 - brings hypothesis, and `--help` has to be fast

    refuse_unknown("kinds", kinds, KINDS)


def _flaw_of_url(url: str, *, of_proxy: bool = False) -> bool:
    """True for what the client would refuse when it is made."""
    import httpx  # noqa: PLC0415 - `--help` has to be fast

    try:
        httpx.Proxy(url) if of_proxy else httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return True
    return False


def _check_target(values: Mapping[str, Any]) -> None:
    target = values["target"]
    try:
        url = urlsplit(target)
        port_is_fine = url.port is None or url.port > 0
    except ValueError:
        port_is_fine, url = False, urlsplit("")
    if url.username is not None or url.password is not None:
        raise UsageError("target holds credentials; leave them out of the URL and give --token-env or --client-id.")
    if url.scheme not in ("http", "https") or not url.hostname or not port_is_fine:
        raise UsageError(f"target is {target!r}; expected a URL such as https://runai.example.com.")
    if _flaw_of_url(target):
        raise UsageError(f"target is {target!r:.200}; expected a URL such as https://runai.example.com.")
    if url.query or url.fragment:
        raise UsageError(f"target is {target!r}; expected a base URL, without '?' or '#'.")
    if "project-id" not in values:
        raise UsageError(
            "project-id is missing; a remote target needs --project-id ID, the project to create workloads in."
        )
    if not {"token-env", "token-file", "client-id"} & values.keys():
        raise UsageError("no credentials are given; a remote target needs --token-env, --token-file or --client-id.")


def _settings(values: dict[str, Any]) -> Settings:
    fields: dict[str, Any] = {
        key.replace("-", "_"): Path(value) if key in _PATHS else value for key, value in values.items()
    }
    if "target" in fields:
        fields["target"] = fields["target"].rstrip("/")
    for key, kind in (("profile", Profile), ("mode", Mode), ("kinds", tuple)):
        if key in fields:
            fields[key] = kind(fields[key])
    for key in ("seed", "concurrency", "max_live"):
        if key in fields:
            fields[key] = int(fields[key])  # 1.0 is a whole number, too
    fields["implementation"] = Implementation(**fields.get("implementation", {}))
    return Settings(**fields)
