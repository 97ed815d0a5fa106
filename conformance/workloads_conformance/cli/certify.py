"""`certify`: a whole thorough run in mode full, and its signed certificate if every MUST is satisfied."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from workloads_conformance.certificates import CertificateError, certify, load_signer, new_key, prepare
from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.output import hide, tell
from workloads_conformance.settings import OPTIONS, Mode, Profile

from . import run
from .options import settings_of

_MOST_DAYS = 3650
_FIXED = {"profile": "thorough", "mode": "full", "budget": "0"}
"""What a run that is certified always has."""


def execute(options: argparse.Namespace) -> int:
    """Makes a key, or certifies a run: the one in the directory given, or one that is made now."""
    password = _password(options.key_password_env)
    if options.new_key:
        public = new_key(Path(options.new_key), password)
        tell(f"private key: {options.new_key}\n public key: {public}")
        return ExitStatus.CONFORMANT
    if not options.key:
        raise UsageError("no key is given; give --key PATH, or make one with --new-key PATH.")
    days = _days(options.valid_days)
    signer = load_signer(Path(options.key), password)
    status: int = ExitStatus.CONFORMANT
    if options.from_dir:
        _refuse_beside_from(options)
        directory = Path(options.from_dir)
    else:
        _refuse_others(options)
        settings = settings_of(options, profile=Profile.THOROUGH, mode=Mode.FULL, budget="0")
        prepare(settings)
        directory = settings.report_dir
        status = run.judge(settings)
        if status == ExitStatus.INTERRUPTED:
            return status
    try:
        path = certify(directory, signer, days=days, certifier=options.certifier)
    except CertificateError as error:
        if status == ExitStatus.CONFORMANT:
            raise
        tell(f"workloads-conformance: {error}", error=True)
        return status
    tell(f"certificate: {path}\n        key: {signer.public_key.keyid}")
    return ExitStatus.CONFORMANT


def _refuse_others(options: argparse.Namespace) -> None:
    """Refuses what would be another run than the one that is certified, rather than making that one all the same."""
    for key, value in _FIXED.items():
        given = getattr(options, key)
        if given is not None and str(given) != value:
            raise UsageError(f"{key} is {given}, and certify makes a run with {key} {value}; leave it out.")


def _refuse_beside_from(options: argparse.Namespace) -> None:
    """Refuses options of a run where the run has been made: its report says what they were."""
    given = [option.key for option in OPTIONS if getattr(options, option.key.replace("-", "_"), None) is not None]
    if given:
        raise UsageError(f"{given[0]} is given with --from, which certifies a run that was made; leave it out.")


def _password(name: str | None) -> str | None:
    if name is None:
        return None
    password = os.environ.get(name)
    if not password:
        raise UsageError(
            f"key-password-env names the environment variable {name}, which is not set or empty; export it."
        )
    hide(password, name)
    return password


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_DAYS:
        raise UsageError(f"--valid-days is {text!r}; expected a whole number from 1 to {_MOST_DAYS}.")
    return int(text)
