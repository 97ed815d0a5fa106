"""Compares the suite with schemathesis on the same faulty and honest servers.

    python benchmarks/compare_schemathesis.py [--faults-per-area N] [--variants N] [--faults GLOBS] [--examples N]

Prints Markdown tables. `schemathesis run` gets the contract, the settings and the hooks of `schemathesis_setup.py` and
`schemathesis_hooks.py`. Both tools run on a server until they see something wrong, or to their end. What schemathesis
says about the honest reference server does not count; of what it says about a faulty one, anything else counts, the
right reason or not. The suite has to name a requirement that the fault breaks.
"""

from __future__ import annotations

import argparse
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
from measure_detection import AT_ONCE, SEED, stratified
from schemathesis_setup import document, settings

from workloads_conformance.selfcheck.catalogue import chosen, load_faults, load_variants, patch_of, sample
from workloads_conformance.selfcheck.declare import Fault, Variant
from workloads_conformance.selfcheck.judging import Job, Outcome, judge
from workloads_conformance.selfcheck.pool import run_each
from workloads_conformance.selfcheck.server import ServerError, served
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
    """One `schemathesis run`. `examples` bounds the cases per operation; `stop` ends it at the first failure."""

    patches: tuple[str, ...]
    examples: int
    seed: int
    stop: bool


def run_schemathesis(job: SchemathesisJob) -> Outcome:
    """Returns what schemathesis found: by check and operation, the failure's title."""
    started = time.monotonic()
    try:
        with served([patch_of(name) for name in job.patches]) as access, tempfile.TemporaryDirectory() as directory:
            report = _report(job, access, Path(directory))
    except (ServerError, subprocess.TimeoutExpired, FileNotFoundError, httpx.HTTPError) as error:
        return Outcome(problem=f"{type(error).__name__}: {error}", seconds=time.monotonic() - started)
    return Outcome(
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
    ours: Mapping[str, Outcome]
    theirs: Mapping[str, Outcome]
    known: frozenset[str]

    def seen_by_us(self, fault: Fault) -> bool:
        """True if a requirement that the fault breaks was found broken."""
        return self.ours[fault.name].first_seen is not None

    def seen_by_them(self, fault: Fault) -> bool:
        """True if there is a failure that the honest server does not show."""
        return bool(self.theirs[fault.name].failed.keys() - self.known)


def compare(faults: Sequence[Fault], variants: Sequence[Variant], examples: int) -> Comparison:
    """Runs both tools on all servers; schemathesis on the honest one first, to know what a failure is worth."""
    honest = SchemathesisJob(patches=(), examples=examples, seed=SEED, stop=False)
    on_honest = _all(run_schemathesis, {f"the reference server, {run}": honest for run in range(HONEST_RUNS)})
    known = frozenset(failure for outcome in on_honest.values() for failure in outcome.failed)
    subjects = [*faults, *variants]
    theirs = {subject.name: replace(honest, patches=(subject.name,), stop=not known) for subject in subjects}
    ours = {fault.name: Job(patches=(fault.name,), until=fault.requirements) for fault in faults}
    ours |= {variant.name: Job(patches=(variant.name,)) for variant in variants}
    return Comparison(
        faults=faults,
        variants=variants,
        ours=_all(judge, ours),
        theirs=on_honest | _all(run_schemathesis, theirs),
        known=known,
    )


def _all(perform: Callable[[Any], Outcome], jobs: Mapping[str, Any]) -> dict[str, Outcome]:
    names, found = list(jobs), {}
    for number, outcome in run_each(perform, list(jobs.values()), AT_ONCE):
        found[names[number]] = outcome
        told = outcome.problem or ", ".join(outcome.failed) or "nothing"
        print(f"{perform.__name__}  {names[number]}: {told} ({outcome.seconds:.1f} s)", file=sys.stderr, flush=True)
    return found


def tables(found: Comparison, examples: int) -> str:
    """Returns the tables: the tools beside each other, and the faults by area."""
    faults, variants = found.faults, found.variants
    ours, theirs = [fault for fault in faults if found.seen_by_us(fault)], [*filter(found.seen_by_them, faults)]
    blamed = [sum(bool(tool[variant.name].failed) for variant in variants) for tool in (found.ours, found.theirs)]
    lines = [
        f"| | this suite | `schemathesis run`, {examples} examples |",
        "| --- | ---: | ---: |",
        f"| faults seen, of {len(faults)} | {_share(len(ours), faults)} | {_share(len(theirs), faults)} |",
        f"| honest variants blamed, of {len(variants)} | {blamed[0]} | {blamed[1]} |",
        f"| failures on the reference server itself | 0 | {len(found.known)} |",
        f"| seconds for a whole run, median | {_calm(found, found.ours)} | {_calm(found, found.theirs)} |",
        f"| seconds until a fault is seen, median | {_median(found.ours, ours)} | {_median(found.theirs, theirs)} |",
        "",
        "| area | faults | this suite | schemathesis |",
        "| --- | ---: | ---: | ---: |",
    ]
    for area, group in groupby(faults, key=lambda fault: fault.area):
        names = list(group)
        seen = [sum(map(sees, names)) for sees in (found.seen_by_us, found.seen_by_them)]
        lines.append(f"| {area} | {len(names)} | {seen[0]} | {seen[1]} |")
    return "\n".join(lines)


def _share(count: int, faults: Sequence[Fault]) -> str:
    return f"{count} ({100 * count / len(faults):.0f} %)"


def _calm(found: Comparison, tool: Mapping[str, Outcome]) -> str:
    """The time of whole runs: on honest variants that were not blamed."""
    return _median(tool, [variant for variant in found.variants if not tool[variant.name].failed])


def _median(tool: Mapping[str, Outcome], subjects: Sequence[Fault | Variant]) -> str:
    return f"{statistics.median(tool[subject.name].seconds for subject in subjects):.1f}" if subjects else "-"


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faults-per-area", type=int, help="so many faults of each area (default: all)")
    parser.add_argument("--faults", metavar="GLOBS", help="the faults whose names one of these fits, by commas")
    parser.add_argument("--variants", type=int, default=1000, help="so many honest variants (default: all)")
    parser.add_argument("--examples", type=int, default=50, help="schemathesis's cases per operation (default: 50)")
    parser.add_argument("--json", type=Path, help="where to write what was found, server by server")
    given = parser.parse_args()
    faults = stratified(given.faults_per_area)
    if given.faults:
        faults = chosen(load_faults(), given.faults.split(","), "fault")
    variants = sample(list(load_variants().values()), given.variants, SEED)
    found = compare(faults, variants, given.examples)
    if given.json:
        tools = {"suite": found.ours, "schemathesis": found.theirs}
        outcomes = {name: {key: asdict(value) for key, value in tool.items()} for name, tool in tools.items()}
        given.json.write_text(json.dumps(outcomes, indent=1, default=dict), encoding="utf-8")
    print(tables(found, given.examples))


if __name__ == "__main__":
    main()
