"""`workloads-conformance`: reads the command line and calls the command."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from workloads_conformance._version import __version__
from workloads_conformance.errors import ConformanceError, ExitStatus, TargetError, UsageError
from workloads_conformance.output import guarded, open_standard_streams, tell

from .gone import leave_what_is_gone
from .taken import BY_INIT, BY_SELF_CHECK

_DESCRIPTION = "Judges a server by the contract of the NVIDIA Run:ai Workloads V2 API (2.24), clause by clause."
_EPILOG = (
    "Exit status: 0 conformant, 1 nonconformant or a waiver out of order, 2 usage or configuration, "
    "3 inconclusive (unreachable, credentials refused, too little could be tested), 130 interrupted."
)


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, and where to look. Options are not shortened: new ones would blur them."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{**named, "allow_abbrev": False})
        self.color = False  # of Python 3.14; what is told is text

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            tell(message, end="", error=file is not sys.stdout)

    def error(self, message: str) -> NoReturn:
        """Ends the program with exit status 2."""
        end = "" if message.endswith("?") else f"; `{self.prog} --help` lists what there is."
        self.exit(int(ExitStatus.USAGE), f"workloads-conformance: {message}{end}\n")

    def refuse(self, word: str) -> NoReturn:
        """Ends the program for a word that the command does not have."""
        if not word.startswith("-"):
            self.error(f"{word} is not expected here")
        flag = word.partition("=")[0]  # what follows may be a secret
        near = difflib.get_close_matches(flag.lstrip("-"), re.findall(r"--([\w-]+)", self.format_help()), n=1)
        self.error(f"{flag} is not an option of {self.prog!r}" + (f"; did you mean --{near[0]}?" if near else ""))


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    top = _Parser(prog="workloads-conformance", description=_DESCRIPTION, epilog=_EPILOG)
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_init(commands)
    _add_check(commands)
    _add_serve(commands)
    _add_requirements(commands)
    _add_sweep(commands)
    _add_report(commands)
    _add_diff(commands)
    _add_merge(commands)
    _add_self_check(commands)
    _add_certify(commands)
    _add_verify(commands)
    for command in commands.choices.values():
        command.set_defaults(parser=command)
    return top


def _add_run(commands: argparse._SubParsersAction[_Parser]) -> None:
    run = commands.add_parser("run", help="judge a server", description=_DESCRIPTION, epilog=_EPILOG)
    _add_options(run)


def _add_init(commands: argparse._SubParsersAction[_Parser]) -> None:
    init = commands.add_parser(
        "init", help="look at a target, and write a conformance.toml for it",
        description="Looks at a target and writes a commented conformance.toml, which holds no secret. It asks for "
        "what is not given. Nothing is created on the target.",
    )  # fmt: skip
    init.add_argument("file", nargs="?", default="conformance.toml", metavar="FILE", help="(default: conformance.toml)")
    init.add_argument("--force", action="store_true", help="replace a file that is there")
    _add_options(init, *BY_INIT)


def _add_check(commands: argparse._SubParsersAction[_Parser]) -> None:
    status = "Exit status: 0 a run can be made, 2 usage or configuration, 3 no run can be made."
    check = commands.add_parser("check", help="do the preflight alone, and say what a run lacks", epilog=status)
    _add_options(check)


def _add_options(command: argparse.ArgumentParser, *keys: str) -> None:
    """Adds the options (those of `keys`, if given) as flags; their values are checked where all sources meet."""
    from workloads_conformance.settings.options import OPTIONS  # noqa: PLC0415 - after argparse has been set up

    command.add_argument("--config", metavar="PATH", help="configuration file (default: conformance.toml, if there)")
    for option in OPTIONS:
        if keys and option.key not in keys:
            continue
        command.add_argument(option.flag, **option.of_parser)


def _add_serve(commands: argparse._SubParsersAction[_Parser]) -> None:
    serve = commands.add_parser("serve", help="run the reference server alone, and print how to reach it")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on; 0.0.0.0 for all")
    serve.add_argument("--port", type=int, default=0, metavar="N", help="port to listen on (default: a free one)")
    serve.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="make it wrong in this way, to see what a report says of it; `self-check --list` names them",
    )


def _add_requirements(commands: argparse._SubParsersAction[_Parser]) -> None:
    requirements = commands.add_parser(
        "requirements", help="list the requirements that a server is judged on, or explain some"
    )
    requirements.add_argument(
        "ids",
        nargs="*",
        metavar="ID",
        help="explain these: the clause, its tests, the faults that prove them; '*-UPDATE-*'",
    )
    requirements.add_argument("--level", choices=["MUST", "SHOULD", "OBSERVE"], help="only this level")
    requirements.add_argument("--json", action="store_true", help="as JSON, with quotes and rationales")


def _add_sweep(commands: argparse._SubParsersAction[_Parser]) -> None:
    sweep = commands.add_parser(
        "sweep",
        help="remove what a killed run left on its target, by its ledger",
        description="Takes the options that `run` was given, so that its command can be given again; it uses those "
        "that say what the target is, how it is reached, and how long to wait.",
    )
    _add_options(sweep)


def _add_report(commands: argparse._SubParsersAction[_Parser]) -> None:
    report = commands.add_parser("report", help="render the files of a report again, or of a run that was killed")
    report.add_argument("report", metavar="FILE", help="a report.json, or the record.jsonl of a run")
    report.add_argument(
        "--format", action="append", metavar="FILE", help="only this file, such as junit.xml; can be repeated"
    )
    report.add_argument("--out", metavar="DIR", help="where to (default: beside the report, if it is a report.json)")


def _add_diff(commands: argparse._SubParsersAction[_Parser]) -> None:
    status = "Exit status: 0 no regression, 1 a regression, 2 a report that cannot be used."
    diff = commands.add_parser("diff", help="say what changed from one report to another", epilog=status)
    diff.add_argument("old", metavar="OLD.json")
    diff.add_argument("new", metavar="NEW.json")
    diff.add_argument("--format", choices=["text", "markdown", "json"], default="text", help="(default: text)")
    diff.add_argument(
        "--across-contracts", action="store_true", help="compare reports on different versions of the contract too"
    )


def _add_merge(commands: argparse._SubParsersAction[_Parser]) -> None:
    merge = commands.add_parser("merge", help="join the reports of one run's parts", epilog=_EPILOG)
    merge.add_argument(
        "reports", nargs="+", metavar="REPORT.json|DIR", help="a report; or the report directory of shards"
    )
    merge.add_argument(
        "--partial", action="store_true", help="allow missing parts; the report is then inconclusive at best"
    )
    merge.add_argument(
        "--wait", metavar="S", type=_seconds, default=0.0,
        help="seconds to wait for the reports of all shards in the directories that are given (default: 0)",
    )  # fmt: skip
    merge.add_argument("--since", metavar="REPORT.json", help="report of an earlier run: also say what changed since")
    merge.add_argument("--out", metavar="DIR", default="conformance-report", help="(default: conformance-report)")


def _seconds(text: str) -> float:
    """Reads seconds, up to a week, as for time-limit.

    Raises:
        ArgumentTypeError: the text is not such a number.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 604800:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 604800")
    return seconds


def _add_self_check(commands: argparse._SubParsersAction[_Parser]) -> None:
    check = commands.add_parser(
        "self-check",
        help="run the suite against wrong and honest servers, and score it",
        epilog="Exit status: 0 the bar is reached, no honest server is blamed; 1 otherwise, 2 usage, 130 interrupted.",
    )
    check.add_argument("--faults", metavar="GLOBS", help="only these faults (and no variants): 'create/*,delete/*'")
    check.add_argument("--variants", metavar="GLOBS", help="only these variants (and no faults): 'variant/late-*'")
    check.add_argument("--sample", metavar="N", help="only N faults and variants, drawn by the seed")
    check.add_argument("--combinations", metavar="N", default="6", help="N servers of three variants each (default: 6)")
    check.add_argument("--jobs", metavar="N", help="servers judged at a time (default: two for each processor)")
    check.add_argument("--seed", metavar="N", default="0", help="repeats the choice of cases, sample and combinations")
    check.add_argument("--bar", metavar="PERCENT", default="100", help="faults that have to be found (default: 100)")
    check.add_argument(
        "--profile", choices=["smoke", "standard"], help="cases for a variant alone, or for a point (default: smoke)"
    )
    check.add_argument(
        "--report-dir", metavar="DIR", default="conformance-report", help="for self-check.json and .html"
    )
    check.add_argument("--list", action="store_true", help="list the servers, and judge none")
    check.add_argument(
        "--space", metavar="N", help="instead: N points of the fault space, drawn by the seed (with --target: 64)"
    )
    check.add_argument("--points", metavar="GLOBS", help="instead: these points of the fault space, by name")
    _add_options(check, *BY_SELF_CHECK)


def _add_certify(commands: argparse._SubParsersAction[_Parser]) -> None:
    certify = commands.add_parser(
        "certify", help="make a thorough run, and sign its result",
        description="Makes a run of the whole thorough profile in mode full, without a budget, and signs its "
        "result. Options cannot change these three.",
        epilog=f"{_EPILOG} A run that cannot be certified ends with 1, and the reasons.",
    )  # fmt: skip
    certify.add_argument("--key", metavar="PATH", help="the certifier's private key: Ed25519 or ECDSA P-256, PEM")
    certify.add_argument("--new-key", metavar="PATH", help="only make a private key, and its public key PATH.pub")
    certify.add_argument("--key-password-env", metavar="NAME", help="environment variable with the key's password")
    certify.add_argument("--certifier", metavar="NAME", default="", help="who certifies; the page shows it")
    certify.add_argument("--valid-days", metavar="N", default="365", help="days for which it is valid (default: 365)")
    certify.add_argument("--from", dest="from_dir", metavar="DIR", help="certify the run in DIR instead of a new one")
    _add_options(certify)


def _add_verify(commands: argparse._SubParsersAction[_Parser]) -> None:
    status = "Exit status: 0 it verifies, 1 it does not, 2 it cannot be checked as given."
    verify = commands.add_parser("verify", help="check a certificate, and replay its run", epilog=status)
    verify.add_argument("directory", metavar="DIR", help="directory of certificate.json and its files")
    verify.add_argument("--key", metavar="PATH", required=True, help="the certifier's public key, PEM")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status."""
    open_standard_streams()
    leave_what_is_gone()
    with guarded():
        return _main(arguments)


def _main(arguments: Sequence[str] | None) -> int:
    try:
        options, unknown = parser().parse_known_args(arguments)
        if unknown:
            options.parser.refuse(unknown[0])
    except UsageError as error:  # the help cannot be written
        _tell(str(error))
        return int(error.exit_status)
    return _execute(options)


def _execute(options: argparse.Namespace) -> int:
    from workloads_specs import SpecError  # noqa: PLC0415 - `--help` has to be fast

    # Hypothesis keeps tables of Unicode on disk; not in the directory that the user is in.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_cache() / "workloads-conformance"))
    try:
        # Each command pays for its own imports only; its module bears its name.
        command = importlib.import_module(f"{__package__}.{options.command.replace('-', '_')}")
        return int(command.execute(options))
    except ConformanceError as error:
        _tell(_on_one_line(error) if isinstance(error, TargetError) else str(error))
        return int(error.exit_status)
    except SpecError as error:
        _tell(str(error))
        return int(ExitStatus.USAGE)
    except KeyboardInterrupt:
        return int(ExitStatus.INTERRUPTED)
    except BrokenPipeError:
        # The reader went away, as `head` does; there is nobody left to tell.
        sys.stderr.close()
        return int(ExitStatus.INTERRUPTED)
    except Exception:  # noqa: BLE001 - Python's own exit status, 1, would say that the target is nonconformant
        tell(traceback.format_exc(), end="", error=True)
        _tell("this is an error of the suite, and says nothing about the target.")
        return int(ExitStatus.INCONCLUSIVE)


def _cache() -> Path:
    """Returns the user's directory for what can be made again; one that cannot be written for who has no home."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # no HOME, and nobody of this id among the users, as in a container
        return Path(os.devnull)


def _on_one_line(error: TargetError) -> str:
    """Returns the text of an error that may quote the target, which has no say in where lines end."""
    from workloads_reports.escaping import one_line  # noqa: PLC0415 - `--help` has to be fast

    return one_line(str(error))


def _tell(sentence: str) -> None:
    tell(f"workloads-conformance: {sentence}", error=True)


def entry_point() -> None:
    """The console script."""
    sys.exit(main())
