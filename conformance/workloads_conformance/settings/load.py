"""Settings from flags, the environment and conformance.toml; the first named wins."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError

from .model import ImplementationSettings, Settings
from .options import ENVIRONMENT_NAME, ENVIRONMENT_PREFIX, OPTIONS, SCHEMA, Option
from .selected import for_selection
from .split import split
from .surroundings import surroundings
from .together import check_together
from .validation import check, expected, read_toml, refuse_unknown

Flag = str | bool | Sequence[str] | None
"""What a command line has of an option: its text, or the texts of a list that was given in parts; None if nothing."""

_CONFIG = "conformance.toml"
_TABLE = {option.key: option for option in OPTIONS}


def load_settings(flags: Mapping[str, Flag], environ: Mapping[str, str], config: Path | None = None) -> Settings:
    """Returns the settings, everything that can be known without a request checked.

    Args:
        flags: texts as given on the command line, by option key; None where the flag is absent.
        environ: the environment.
        config: the configuration file; if None, `conformance.toml` in the working directory, or the nearest above it
            within the repository, if there is one. Paths in it are relative to it.

    Raises:
        UsageError: one sentence that names the key, the value and what was expected.
    """
    config = config or found_config(_here())
    merged = given_values(flags, environ, config)
    check_together(merged, environ)
    merged |= surroundings(merged, environ)
    return _settings(split(for_selection(merged), environ), config)


def given_values(flags: Mapping[str, Flag], environ: Mapping[str, str], config: Path | None = None) -> dict[str, Any]:
    """Returns what is given, by option key, each value checked by itself; arguments and errors of `load_settings`."""
    merged: dict[str, Any] = {}
    for source, values in (_file(config or found_config(_here())), _environment(environ), _flags(flags)):
        for key, value in values.items():
            _check_name(source, key, value)
            check(SCHEMA["properties"][key], source, key, value)
            merged[key] = value
    return merged


def found_config(directory: Path) -> Path | None:
    """Returns the nearest conformance.toml, in a directory or above it in its repository, relative to the directory.

    Outside a repository nothing above the directory is looked at: it may be somebody else's.
    """
    folders = (directory, *directory.parents)
    root = next((index for index, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    found = (folder / _CONFIG for folder in folders[: root + 1] if os.path.lexists(folder / _CONFIG))
    nearest = next(found, None)
    return None if nearest is None else Path(os.path.relpath(nearest, directory))


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return Path(os.devnull)


def _file(path: Path | None) -> tuple[str, dict[str, Any]]:
    if path is None:
        return _CONFIG, {}
    values = read_toml(path, "--config")
    refuse_unknown(path.name, values, SCHEMA["properties"])
    given = {key: value for key, value in values.items() if key in _TABLE and isinstance(value, str)}
    paths = {key: str(path.parent / value) for key, value in given.items() if _TABLE[key].is_path}
    return path.name, values | paths


def _environment(environ: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    known = {option.environment: option for option in OPTIONS}
    given = {name: text for name, text in environ.items() if name.startswith(ENVIRONMENT_PREFIX)}
    refuse_unknown("the environment", given, known)
    return "the environment", {known[name].key: _parse(known[name], text, name) for name, text in given.items()}


def _flags(flags: Mapping[str, Flag]) -> tuple[str, dict[str, Any]]:
    given = {key: value for key, value in flags.items() if value is not None}
    return "the command line", {
        key: value if isinstance(value, bool) else _parse(_TABLE[key], _joined(value), _TABLE[key].flag)
        for key, value in given.items()
    }


def _joined(given: str | Sequence[str]) -> str:
    return given if isinstance(given, str) else ",".join(given)


def _parse(option: Option, text: str, name: str) -> Any:
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


def _check_name(source: str, key: str, value: object) -> None:
    """Refuses a value that is not a name, without showing it: it may be the secret itself."""
    if (
        key in _TABLE
        and _TABLE[key].is_variable
        and not (isinstance(value, str) and re.fullmatch(ENVIRONMENT_NAME, value))
    ):
        raise UsageError(
            f"{source}: {key} is not the name of an environment variable; name the one that holds the secret, "
            "and not the secret."
        )


def _settings(values: dict[str, Any], config: Path | None) -> Settings:
    fields: dict[str, Any] = {
        _TABLE[key].attribute: _TABLE[key].value(value) for key, value in values.items() if key in _TABLE
    }
    if "target" in fields:
        fields["target"] = fields["target"].rstrip("/")
    if config is not None:
        fields["config_place"] = _place(config)
    implementation = ImplementationSettings(**values.get("implementation", {}))
    return Settings(**fields, implementation=implementation, config=config)


def _place(config: Path) -> str:
    """Returns where a configuration file is in its repository; its name, if it is in none."""
    path = config.absolute().resolve()
    root = next((folder for folder in path.parents if (folder / ".git").exists()), path.parent)
    return path.relative_to(root).as_posix()
