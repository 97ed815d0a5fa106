"""The result model: what one run found, as frozen values. Every rendering is made from it and computes nothing.

`Report` holds one `RequirementResult` for each requirement of the catalogue, each with its `Finding`s.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from workloads_specs import Level, Requirement

from .changes import Since
from .elements import Element, ElementCoverage
from .plan import Extent
from .verdicts import RunVerdict, Verdict

FORMAT = "workloads-conformance-report/2"
"""The value of a report's `format` member; the number rises when a report of the old form lacks what the new one needs,
or would be misread."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    r"""A request or a response as text, without secrets.

    Attributes:
        start: the request line or the status line.
        headers: names and values, in the order in which they were sent.
        body: the body, or its beginning; bytes that are not UTF-8 as `\xNN`.
        size: the length of the whole body, in bytes.
        cut: whether `body` is not all of it.
    """

    start: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    size: int = 0
    cut: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedExchange:
    """The exchange that showed a finding, which took `seconds`.

    `failure` says what came instead of a response, or why its body could not be read as sent; it is empty otherwise.
    """

    request: Message
    response: Message | None
    failure: str
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One way in which the target violated (or may have violated) a requirement.

    All texts are redacted already, and may hold any character the target sent: each renderer escapes them.

    Attributes:
        code: what it is known by, among the findings of its requirement, from run to run, however it is worded:
            `delete/still-there`.
        test: the name of the test that showed it, with its module.
        case: the case of the test, in words; empty where the test has one only.
        drawn: the case as JSON, where it was drawn and is not too long, so that it can be run again.
        message: what is wrong, in one sentence.
        expected: what the clause asks for.
        observed: what the target did; where values differ, a line for each place.
        reproduce: shell commands that show it, the token as `$NAME`; empty if no request shows it.
        confirmed: repetitions that showed it again, as "3/3".
        occurrences: how many cases of the run showed it.
        reproduce_httpx: the same requests as a Python script that uses httpx, the token from the environment.
        reproduce_http: the same requests as they went over the wire, the token as `$NAME`.
        exchange: the last of these exchanges, as the run saw it; None if it was not stored.
    """

    code: str
    test: str
    case: str
    message: str
    expected: str
    observed: str
    reproduce: str
    confirmed: str
    occurrences: int = 1
    reproduce_httpx: str = ""
    reproduce_http: str = ""
    exchange: RecordedExchange | None = None
    drawn: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementResult:
    """The verdict on one requirement, with the number of cases that judged it and the reason in words.

    `violated` is the number of those cases in which the target violated it; `findings` says in which ways. `seconds` is
    the time that the exchanges of all these cases took; a case that judges several requirements counts for each.
    """

    requirement: Requirement
    verdict: Verdict
    reason: str
    cases: int = 0
    violated: int = 0
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """Somebody's word that a requirement may fail for a while, so that its failure does not hold up a release.

    Attributes:
        requirement: the id of the requirement.
        owner: who answers for it.
        reason: why the failure is accepted.
        link: where it is being dealt with.
        expires: the last day, in UTC, on which it waives.
        finding: a part of the message of the findings that it covers, as reports show it; empty for all of them.
        code: the code of the findings that it covers, in place of `finding`; empty for all of them.
    """

    requirement: str
    owner: str
    reason: str
    link: str
    expires: date
    finding: str = ""
    code: str = ""

    def __str__(self) -> str:
        return f"waived by {self.owner} until {self.expires}: {self.reason} ({self.link})"


class WaiverState(StrEnum):
    """What became of a waiver in a run."""

    APPLIED = "applied"
    UNDECIDED = "undecided"
    UNNEEDED = "unneeded"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class WaiverUse:
    """A waiver and what became of it.

    It is `applied` to a failure; `undecided` where the requirement was not judged; `unneeded` where nothing failed that
    it covers; `expired` whatever failed, for then it waives nothing.
    """

    waiver: Waiver
    state: WaiverState

    @property
    def objection(self) -> str:
        """Why a gate must not pass with this waiver, in one sentence; empty if it may."""
        waiver = self.waiver
        named = f"the waiver of {waiver.requirement} by {waiver.owner}"
        if self.state is WaiverState.EXPIRED:
            return f"{named} expired on {waiver.expires}; fix the failure, or have the waiver renewed."
        if self.state is WaiverState.UNNEEDED:
            what = f"no finding says {waiver.finding!r}" if waiver.finding else "the requirement passed"
            what = f"no finding has the code {waiver.code!r}" if waiver.code else what
            return f"{named} is no longer needed: {what}; remove it."
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """How the run was made. `complete` is false when it was interrupted or the target was lost on the way.

    The id of a merged run is those of its parts, sorted and joined by `+`. `config` is the configuration file, relative
    to the root of its repository, or the place where one is looked for.
    """

    id: str
    started: datetime
    finished: datetime
    seed: int
    profile: str
    mode: str
    concurrency: int
    complete: bool = True
    config: str = "conformance.toml"

    @property
    def seconds(self) -> float:
        """Wall-clock time of the run, in seconds; 0 if the clock was set back meanwhile."""
        return max(0.0, (self.finished - self.started).total_seconds())


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """The contract that was judged: title, version, and the sha256 (hex) of the bundled document."""

    title: str
    version: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Implementation:
    """Who made the product under test and what it is called, as the person who ran the suite states it."""

    organization: str = ""
    project: str = ""
    version: str = ""
    url: str = ""
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """A distribution of durations, in seconds; `median` and `p95` are within 1 %, everything else is exact.

    Attributes:
        sketch: the number of durations by bin, as `sketch.Durations` counts them: those of a run's parts add up to
            that of the whole.
    """

    count: int
    minimum: float
    median: float
    p95: float
    maximum: float
    sketch: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftovers:
    """What became of the workloads that the run created, or may have created.

    Attributes:
        created: how many there are in all.
        removed: how many were seen to be gone.
        leaked: the ids of the run's own that are still there.
        unknown: the ids, or where there is none the names, of what may be there: the target answered a create with it,
            or did not answer one, and nothing has shown it to be the run's own, or gone.
    """

    created: int = 0
    removed: int = 0
    leaked: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Everything one run found.

    Attributes:
        reason: one sentence saying why the verdict is what it is.
        observations: for each requirement of level OBSERVE, the answers seen and how often each.
        timings: durations by name: an operation's id, or `visible after create` and its like.
        waivers: the waivers that the run was given, and what became of each.
        elements: the elements of the contract, in its order, each with the requirements that judge it.
        since: what changed since an earlier run; None if the run was not compared with one.
        plan: how much of the suite's plan was run; the gate stays closed unless all of it was.
        embedded: whether the embedded reference server was judged, and no target of the user's.
    """

    verdict: RunVerdict
    reason: str
    suite_version: str
    spec: Spec
    target_url: str
    implementation: Implementation
    run: Run
    exchanges: int
    requirements: tuple[RequirementResult, ...]
    observations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    timings: Mapping[str, Timing] = field(default_factory=dict)
    leftovers: Leftovers = field(default_factory=Leftovers)
    waivers: tuple[WaiverUse, ...] = ()
    elements: tuple[Element, ...] = ()
    since: Since | None = None
    plan: Extent = field(default_factory=Extent)
    embedded: bool = False

    @property
    def subject(self) -> str:
        """Whom the verdict is about, where it is not the target of the user's; empty otherwise."""
        return "the embedded reference server, no target of yours" if self.embedded else ""

    @property
    def objections(self) -> tuple[str, ...]:
        """Why a release gate does not pass: the verdict unless conformant, and each waiver that is not in order."""
        verdict = () if self.verdict is RunVerdict.CONFORMANT else (f"{self.verdict}: {self.reason}",)
        return (*verdict, *(use.objection for use in self.waivers if use.objection))

    @property
    def is_sound_part(self) -> bool:
        """True if other shards have to be judged yet, and nothing in this one will keep the whole from conforming.

        A waiver that nothing in this shard needs may be needed in another.
        """
        shards = self.plan.shards
        if shards is None or not shards.absent or self.plan.selected or self.plan.missing or not self.run.complete:
            return False
        against = (*self.having(Verdict.FAIL, Level.MUST), *self.having(Verdict.ERROR, Level.MUST))
        undecided = [
            result
            for result in self.having(Verdict.INCONCLUSIVE, Level.MUST)
            if result.requirement.id not in shards.unreached
        ]
        return not (against or undecided or any(use.state is WaiverState.EXPIRED for use in self.waivers))

    @property
    def counts(self) -> dict[Verdict, int]:
        """The number of requirements by verdict, every verdict named."""
        seen = Counter(result.verdict for result in self.requirements)
        return {verdict: seen[verdict] for verdict in Verdict}

    @property
    def selected(self) -> str:
        """What of the suite was asked for, and what was found of it; empty for a run of the whole suite."""
        if self.plan.selected is None:
            return ""
        asked = set(self.plan.selected.requirements)
        seen = Counter(result.verdict for result in self.requirements if result.requirement.id in asked)
        found = ", ".join(f"{seen[verdict]} {verdict}" for verdict in Verdict if seen[verdict])
        return f"{self.plan.selected.how}: {found or 'no requirement'}"

    @property
    def matrix(self) -> dict[str, dict[Level, dict[Verdict, int]]]:
        """The number of requirements by area, level and verdict, in catalogue order, without the zeros."""
        cells: dict[str, dict[Level, Counter[Verdict]]] = {}
        for result in self.requirements:
            row = cells.setdefault(result.requirement.area, {level: Counter() for level in Level})
            row[result.requirement.level][result.verdict] += 1
        return {
            area: {
                level: {verdict: seen[verdict] for verdict in Verdict if seen[verdict]} for level, seen in row.items()
            }
            for area, row in cells.items()
        }

    @property
    def covered_elements(self) -> tuple[tuple[Element, ElementCoverage], ...]:
        """Each element of the contract, and what the run showed of it.

        It is violated if one of its requirements is (waived or not), and satisfied if each of them passed.
        """
        verdicts = {result.requirement.id: result.verdict for result in self.requirements}

        def coverage(element: Element) -> ElementCoverage:
            found = {verdicts.get(identifier) for identifier in element.requirements}
            if not found:
                return ElementCoverage.NON_NORMATIVE
            if found & {Verdict.FAIL, Verdict.WAIVED}:
                return ElementCoverage.VIOLATED
            return ElementCoverage.SATISFIED if found == {Verdict.PASS} else ElementCoverage.UNDECIDED

        return tuple((element, coverage(element)) for element in self.elements)

    @property
    def element_coverage(self) -> dict[str, dict[ElementCoverage, int]]:
        """The number of elements by kind and by what the run showed of them, in the contract's order."""
        rows: dict[str, Counter[ElementCoverage]] = {}
        for element, coverage in self.covered_elements:
            rows.setdefault(element.kind, Counter())[coverage] += 1
        return {
            kind: {coverage: seen[coverage] for coverage in ElementCoverage if seen[coverage]}
            for kind, seen in rows.items()
        }

    @property
    def judgements(self) -> int:
        """The number of judgements that the run made, over all requirements."""
        return sum(result.cases for result in self.requirements)

    def having(self, verdict: Verdict, *levels: Level) -> tuple[RequirementResult, ...]:
        """The results with this verdict, of these levels (of all if none is given), in catalogue order."""
        return tuple(
            result
            for result in self.requirements
            if result.verdict is verdict and (not levels or result.requirement.level in levels)
        )

    def reasons(self, verdict: Verdict) -> dict[str, tuple[RequirementResult, ...]]:
        """The results with this verdict by the reason that they share, in catalogue order."""
        by_reason: defaultdict[str, list[RequirementResult]] = defaultdict(list)
        for result in self.having(verdict):
            by_reason[result.reason].append(result)
        return {reason: tuple(results) for reason, results in by_reason.items()}
