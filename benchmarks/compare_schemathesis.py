"""Compares the suite with schemathesis on the same faulty and honest servers.

    python benchmarks/compare_schemathesis.py [--faults-per-area N | --faults GLOBS]
        [--variants N] [--examples N]

Prints Markdown tables. `schemathesis run` gets the contract, the settings and the hooks of `schemathesis_setup.py` and
`schemathesis_hooks.py`. Both tools run on a server until they see something wrong, or to their end. What schemathesis
says about the honest reference server does not count; of what it says about a faulty one, anything else counts, the
right reason or not. The suite has to name a requirement that the fault breaks.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from measure_detection import AT_ONCE, SEED, add_options, chosen_faults
from schemathesis_setup import document, settings

from workloads_conformance.selfcheck.catalogue import load_variants, patch_of, sample
from workloads_conformance.selfcheck.declare import Fault, Variant
from workloads_conformance.selfcheck.judging import Job, ServerOutcome, judge, settings_for
from workloads_conformance.selfcheck.pool import run_each
from workloads_conformance.selfcheck.server import ServerError, served
from workloads_conformance.selfcheck.space.points import Point
from workloads_conformance.selfcheck.space.standing import between
from workloads_strategies import smallest_manifest

HERE = Path(__file__).parent
SCHEMATHESIS = [sys.executable, "-m", "schemathesis.cli"]
HONEST_RUNS = 3
LASTING = 4
MORTAL = 36
"""Workloads that are there before schemathesis begins: to be read and updated, and to be deleted."""
LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class SchemathesisJob:
    """One `schemathesis run`.

    Attributes:
        patches: what is wrong with the server, by name.
        examples: bounds the cases per operation.
        stop: whether it ends at the first failure.
        point: of the fault space: what a proxy before the server is wrong in.
    """

    patches: tuple[str, ...] = ()
    examples: int
    seed: int
    stop: bool
    point: Point | None = None


def run_schemathesis(job: SchemathesisJob) -> ServerOutcome:
    """Returns what schemathesis found: by check and operation, the failure's title."""
    started = time.monotonic()
    try:
        with contextlib.ExitStack() as stack:
            access = stack.enter_context(served([patch_of(name) for name in job.patches]))
            directory = stack.enter_context(tempfile.TemporaryDirectory())
            if job.point is not None:
                behind, _ = settings_for(Job(patches=()), access, directory)
                access = {**access, "url": stack.enter_context(between(job.point, access["url"], behind)).url}
            report = _report(job, access, Path(directory))
    except (ServerError, subprocess.TimeoutExpired, FileNotFoundError, httpx.HTTPError) as error:
        return ServerOutcome(problem=f"{type(error).__name__}: {error}", seconds=time.monotonic() - started)
    return ServerOutcome(
        failed={
            f"{failure['type']} {operation}": failure["title"]
            for failure in report["failures"]
            for operation in failure["operations"]
        },
        undecided={str(error): "error" for error in report["errors"]},
        exchanges=report["test_cases"]["generated"],
        seconds=time.monotonic() - started,
    )


def _report(job: SchemathesisJob, access: Mapping[str, str], directory: Path) -> dict[str, Any]:
    client = httpx.Client(base_url=access["url"], trust_env=False, timeout=5)
    credentials = {"clientId": access["clientId"], "clientSecret": access["clientSecret"]}
    answer = client.post("/api/v1/token", json={"grantType": "client_credentials", **credentials})
    client.headers["Authorization"] = f"Bearer {answer.json()['accessToken']}"
    ids = [_workload(client, access["projectId"], f"before-{number}") for number in range(LASTING + MORTAL)]
    contract, configuration, report = (directory / name for name in ("openapi.json", "schemathesis.toml", "out.json"))
    contract.write_text(json.dumps(document(access["projectId"], access["clusterId"])), encoding="utf-8")
    configuration.write_text(settings(HERE / "schemathesis_hooks.py"), encoding="utf-8")
    command = [
        *SCHEMATHESIS, "--config-file", str(configuration), "run", str(contract), "--url", access["url"],
        "--max-examples", str(job.examples), "--seed", str(job.seed), "--no-shrink", "--continue-on-failure",
        "--request-timeout", "5", "--report", "json", "--report-json-path", str(report),
        *(["--max-failures", "1"] if job.stop else []),
    ]  # fmt: skip
    environ = {
        "TOKEN": client.headers["Authorization"].removeprefix("Bearer "),
        "LASTING_IDS": ",".join(ids[:LASTING]),
        "MORTAL_IDS": ",".join(ids[LASTING:]),
    }
    subprocess.run(
        command, cwd=directory, env=os.environ | environ, timeout=LONGEST, check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return said


def _workload(client: httpx.Client, project_id: str, name: str) -> str:
    """Returns the id of a new workload; of none, where the server is too faulty to make one."""
    body = {"metadata": {"name": name, "projectId": project_id}, "manifest": smallest_manifest("Job")}
    try:
        return str(client.post("/api/v2/workloads", json=body).json()["metadata"]["id"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return str(uuid4())


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What each tool made of the same servers, by name; `known` is what schemathesis says of the reference server."""

    faults: Sequence[Fault]
    variants: Sequence[Variant]
    ours: Mapping[str, ServerOutcome]
    theirs: Mapping[str, ServerOutcome]
    known: frozenset[str]

    def seen_by_us(self, fault: Fault) -> bool:
        """True if a requirement that the fault violates was found violated."""
        return self.ours[fault.name].first_seen is not None

    def seen_by_them(self, fault: Fault) -> bool:
        """True if there is a failure that the honest server does not show."""
        return bool(self.theirs[fault.name].failed.keys() - self.known)


def compare(faults: Sequence[Fault], variants: Sequence[Variant], examples: int) -> Comparison:
    """Runs both tools on all servers; schemathesis on the honest one first, to know what a failure is worth."""
    honest = SchemathesisJob(examples=examples, seed=SEED, stop=False)
    on_honest = on_the_reference_server(honest)
    known = frozenset(failure for outcome in on_honest.values() for failure in outcome.failed)
    subjects = [*faults, *variants]
    theirs = {subject.name: replace(honest, patches=(subject.name,), stop=not known) for subject in subjects}
    ours = {fault.name: Job(patches=(fault.name,), until=fault.requirements) for fault in faults}
    ours |= {variant.name: Job(patches=(variant.name,)) for variant in variants}
    return Comparison(
        faults=faults,
        variants=variants,
        ours=all_outcomes(judge, ours),
        theirs=on_honest | all_outcomes(run_schemathesis, theirs),
        known=known,
    )


def on_the_reference_server(honest: SchemathesisJob) -> dict[str, ServerOutcome]:
    """Returns what schemathesis says of the honest server, which does not count, in a few runs by name."""
    return all_outcomes(run_schemathesis, {f"the reference server, {run}": honest for run in range(HONEST_RUNS)})


def all_outcomes(perform: Callable[[Any], ServerOutcome], jobs: Mapping[str, Any]) -> dict[str, ServerOutcome]:
    """Returns what came of each job, by name; tells each as soon as it is there."""
    names, found = list(jobs), {}
    for number, outcome in run_each(perform, list(jobs.values()), AT_ONCE):
        found[names[number]] = outcome
        told = outcome.problem or ", ".join(outcome.failed) or "nothing"
        print(f"{perform.__name__}  {names[number]}: {told} ({outcome.seconds:.1f} s)", file=sys.stderr, flush=True)
    return found


def tables(found: Comparison, examples: int) -> str:
    """Returns the tables: the tools beside each other, and the faults by area."""
    labels = (
        f"faults seen, of {len(found.faults)}",
        f"honest variants blamed, of {len(found.variants)}",
        "failures on the reference server itself",
        "servers that could not be judged",
        "requests of a whole run, median",
        "seconds of a whole run, median",
        "seconds for a fault that is seen, median",
    )
    ours = _column(found, found.ours, found.seen_by_us, frozenset())
    theirs = _column(found, found.theirs, found.seen_by_them, found.known)
    lines = [f"| | this suite | `schemathesis run`, {examples} examples |", "| --- | ---: | ---: |"]
    lines += [f"| {label} | {one} | {other} |" for label, one, other in zip(labels, ours, theirs, strict=True)]
    lines += ["", "| area | faults | this suite | schemathesis |", "| --- | ---: | ---: | ---: |"]
    for area, group in groupby(found.faults, key=lambda fault: fault.area):
        faults = list(group)
        seen = [sum(map(sees, faults)) for sees in (found.seen_by_us, found.seen_by_them)]
        lines.append(f"| {area} | {len(faults)} | {seen[0]} | {seen[1]} |")
    return "\n".join(lines)


def _column(
    found: Comparison, tool: Mapping[str, ServerOutcome], sees: Callable[[Fault], bool], known: frozenset[str]
) -> tuple[str, ...]:
    """Returns one tool's figures. Whole runs are those on honest variants; on a fault a run ends where it is seen."""
    whole = [tool[variant.name] for variant in found.variants if not tool[variant.name].problem]
    accepted = [outcome for outcome in whole if not outcome.failed.keys() - known]
    caught = [tool[fault.name] for fault in found.faults if sees(fault)]
    return (
        f"{len(caught)} ({100 * len(caught) / len(found.faults):.0f} %)",
        str(len(whole) - len(accepted)),
        str(len(known)),
        str(sum(bool(outcome.problem) for outcome in tool.values())),
        _median([outcome.exchanges for outcome in accepted]),
        _median([outcome.seconds for outcome in accepted]),
        _median([outcome.seconds for outcome in caught]),
    )


def _median(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.4g}" if values else "-"


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--variants", type=int, default=10**6, metavar="N", help="N honest variants (default: all)")
    parser.add_argument("--examples", type=int, default=50, help="schemathesis's cases per operation (default: 50)")
    parser.add_argument("--json", type=Path, help="where to write what was found, server by server")
    given = parser.parse_args()
    faults = chosen_faults(given)
    variants = sample(list(load_variants().values()), given.variants, SEED)
    found = compare(faults, variants, given.examples)
    if given.json:
        tools = {"suite": found.ours, "schemathesis": found.theirs}
        outcomes = {name: {key: asdict(value) for key, value in tool.items()} for name, tool in tools.items()}
        given.json.write_text(json.dumps(outcomes, indent=1, default=dict), encoding="utf-8")
    print(tables(found, given.examples))


if __name__ == "__main__":
    main()
