"""Reports to test with: strategies that draw any report that a run could write, and small ones made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from workloads_reports import (
    Changed,
    Circumstance,
    Durations,
    Element,
    Finding,
    Implementation,
    Leftovers,
    Message,
    RecordedExchange,
    Report,
    RequirementResult,
    Run,
    RunVerdict,
    Since,
    Spec,
    Timing,
    Transition,
    Verdict,
    Waiver,
    apply_waivers,
    rule,
)
from workloads_specs import Level, Requirement, Source, load_catalogue

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CATALOGUE = load_catalogue()
MUST, OTHER_MUST, THIRD_MUST = [one for one in CATALOGUE.values() if one.level is Level.MUST][:3]
SHOULD = next(one for one in CATALOGUE.values() if one.level is Level.SHOULD)
OBSERVE = next(one for one in CATALOGUE.values() if one.level is Level.OBSERVE)
ELEMENTS = (
    Element("create", "operation", (MUST.id, SHOULD.id)),
    Element("create request /: type", "type", (MUST.id,)),
    Element("get: type", "type", (OTHER_MUST.id, OBSERVE.id)),
    Element("A sentence that binds nobody.", "sentence", (), "it tells a purpose"),
)
FEW = (MUST, OTHER_MUST, THIRD_MUST, SHOULD, OBSERVE)


def finding(message: str = "the answer is wrong", code: str = "") -> Finding:
    """A finding of a code; one is made of the message, if empty."""
    return Finding(
        code=code or f"a-get/{message.replace(' ', '-')}",
        test="test_get.test_something",
        case="a case",
        message=message,
        expected="404",
        observed="200",
        reproduce="curl -sS http://x/",
        confirmed="3/3",
    )


def timing(*seconds: float) -> Timing:
    """The distribution of these durations."""
    durations = Durations()
    for one in seconds:
        durations.add(one)
    return durations.timing


def result(requirement: Requirement, verdict: Verdict = Verdict.PASS, *messages: str, cases: int = 4):
    """A result as a run would have it; a failure has a finding of each message, or one."""
    found = tuple(map(finding, messages or ("the answer is wrong",))) if verdict is Verdict.FAIL else ()
    judged = cases if verdict in (Verdict.PASS, Verdict.FAIL) else 0
    reason = {Verdict.FAIL: f"violated in 1 of {cases} cases", Verdict.PASS: f"satisfied in {cases} cases"}
    return RequirementResult(
        requirement=requirement,
        verdict=verdict,
        reason=reason.get(verdict, "for a reason"),
        cases=judged,
        violated=len(found) and 1,
        findings=found,
    )


def report(
    *verdicts: RequirementResult,
    waivers: Sequence[Waiver] = (),
    run_id: str = "aaaaaa",
    complete: bool = True,
    **changes: object,
) -> Report:
    """A report on `FEW`, all passed but for the results given; `changes` replace members of it."""
    given = {one.requirement.id: one for one in verdicts}
    found = tuple(given.get(one.id, result(one)) for one in FEW)
    finished = STARTED + timedelta(seconds=3)
    results, uses = apply_waivers(found, waivers, on=finished.date())
    verdict, reason = rule(results, complete=complete)
    made = Report(
        verdict=verdict,
        reason=reason,
        suite_version="1.2.3",
        spec=Spec(title="Workloads", version="2.24", sha256="a" * 64),
        target_url="https://runai.example.com",
        implementation=Implementation(project="x"),
        run=Run(
            id=run_id, started=STARTED, finished=finished, seed=7, profile="smoke", mode="full", concurrency=4,
            complete=complete,
        ),
        exchanges=10,
        requirements=results,
        observations={OBSERVE.id: {"404": 3}},
        timings={"GET": timing(0.001, *[0.002] * 36, 0.004, 0.004, 0.1)},
        leftovers=Leftovers(created=2, removed=2),
        waivers=uses,
        elements=ELEMENTS,
    )  # fmt: skip
    return replace(made, **changes)


def waiver(
    requirement: Requirement, *, expires: str = "2026-01-02", finding: str = "", code: str = "", owner: str = "ops"
):
    """A waiver that by default holds until the day on which `report` ran, and no longer."""
    return Waiver(
        requirement=requirement.id,
        owner=owner,
        reason="the fix is on its way",
        link="https://issues.example.com/1",
        expires=date.fromisoformat(expires),
        finding=finding,
        code=code,
    )


# -- any report -------------------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
counts = st.integers(0, 10**9)
_names = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=6)
_seconds = st.floats(0, 1e6, allow_nan=False)

_messages = st.builds(
    Message,
    start=texts,
    headers=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    body=texts,
    size=counts,
    cut=st.booleans(),
)
findings = st.builds(
    Finding,
    code=texts.filter(bool),
    test=texts,
    case=texts,
    message=texts,
    expected=texts,
    observed=texts,
    reproduce=texts,
    confirmed=st.integers(0, 3).map(lambda times: f"{times}/3"),
    occurrences=counts,
    reproduce_httpx=texts,
    reproduce_http=texts,
    exchange=st.none()
    | st.builds(RecordedExchange, request=_messages, response=st.none() | _messages, failure=texts, seconds=_seconds),
)
requirements = st.builds(
    Requirement,
    id=st.from_regex(r"\AWV2-[A-Z]{1,3}-[0-9]{3}\Z"),
    title=texts,
    level=st.sampled_from(Level),
    operation=st.sampled_from(["create", "get", "update", "delete", "any"]),
    area=texts,
    source=st.builds(Source, document=texts, location=texts, quote=texts),
    rationale=texts,
)


@st.composite
def results(draw: st.DrawFn, requirement: Requirement) -> RequirementResult:
    verdict = draw(st.sampled_from([one for one in Verdict if one is not Verdict.WAIVED]))
    failed = verdict is Verdict.FAIL
    cases = draw(st.integers(1 if verdict in (Verdict.PASS, Verdict.FAIL) else 0, 10**9))
    most = {Verdict.FAIL: cases, Verdict.INCONCLUSIVE: cases}.get(verdict, 0)
    return RequirementResult(
        requirement=requirement,
        verdict=verdict,
        reason=draw(texts),
        cases=cases,
        violated=draw(st.integers(int(failed), most)),
        findings=tuple(draw(st.lists(findings, min_size=1, max_size=3, unique_by=lambda one: one.code)))
        if failed
        else (),
    )


@st.composite
def _timings(draw: st.DrawFn) -> Timing:
    return timing(*draw(st.lists(_seconds, min_size=1, max_size=30)))


@st.composite
def _runs(draw: st.DrawFn) -> Run:
    started = draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    return Run(
        id=draw(_names),
        started=started,
        finished=started + draw(st.timedeltas(timedelta(0), timedelta(days=3))),
        seed=draw(st.integers(0, 2**64 - 1)),
        profile=draw(st.sampled_from(["smoke", "standard", "thorough"])),
        mode=draw(st.sampled_from(["read-only", "dry-run", "full"])),
        concurrency=draw(st.integers(1, 256)),
        complete=draw(st.booleans()),
    )


_elements = st.builds(
    Element,
    name=texts,
    kind=texts,
    requirements=st.lists(st.from_regex(r"\AWV2-[A-Z]{1,3}-[0-9]{3}\Z"), max_size=3).map(tuple),
    non_normative=texts,
)


@st.composite
def _since(draw: st.DrawFn, judged: Sequence[RequirementResult]) -> Since:
    chosen = draw(st.lists(st.sampled_from(judged), unique_by=lambda one: one.requirement.id)) if judged else []
    return Since(
        run=draw(_names),
        finished=draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
        verdict=draw(st.sampled_from(RunVerdict)),
        circumstances=tuple(draw(st.lists(st.builds(Circumstance, texts, texts, texts), max_size=2))),
        changes=tuple(
            Changed(
                requirement=one.requirement.id,
                change=draw(st.sampled_from(Transition)),
                before=draw(st.none() | st.sampled_from(Verdict)),
                after=one.verdict,
                regression=draw(st.booleans()),
            )
            for one in chosen
        ),
    )


@st.composite
def reports(draw: st.DrawFn, judged: Sequence[Requirement] | None = None) -> Report:
    """Any report, on any requirements or on those given."""
    if judged is None:
        judged = draw(st.lists(requirements, max_size=5, unique_by=lambda one: one.id))
    run = draw(_runs())
    waivers = draw(
        st.lists(
            st.builds(
                Waiver,
                requirement=st.sampled_from([one.id for one in judged]),
                owner=texts.filter(bool),
                reason=texts.filter(bool),
                link=st.just("https://issues.example.com/1"),
                expires=st.sampled_from([run.finished.date() + timedelta(days=days) for days in (-1, 0, 1)]),
                finding=st.sampled_from(["", "a", "0"]),
            ),
            max_size=3,
        )
        if judged
        else st.just([])
    )
    found, uses = apply_waivers([draw(results(one)) for one in judged], waivers, on=run.finished.date())
    verdict, reason = rule(found, complete=run.complete)
    leaked, unknown = draw(st.lists(texts, max_size=3)), draw(st.lists(texts, max_size=3))
    removed = draw(counts)
    return Report(
        verdict=verdict,
        reason=reason,
        suite_version=draw(texts),
        spec=Spec(title=draw(texts), version=draw(texts), sha256=draw(st.from_regex(r"\A[0-9a-f]{64}\Z"))),
        target_url=draw(texts),
        implementation=draw(st.builds(Implementation, organization=texts, project=texts, contact=texts)),
        run=run,
        exchanges=draw(counts),
        requirements=found,
        observations={
            one.id: draw(st.dictionaries(texts, counts, max_size=3)) for one in judged if draw(st.booleans())
        },
        timings=draw(st.dictionaries(texts, _timings(), max_size=3)),
        leftovers=Leftovers(
            created=removed + len(leaked) + len(unknown),
            removed=removed,
            leaked=tuple(leaked),
            unknown=tuple(unknown),
        ),
        waivers=uses,
        elements=tuple(draw(st.lists(_elements, max_size=4))),
        since=draw(st.none() | _since(found)),
    )
