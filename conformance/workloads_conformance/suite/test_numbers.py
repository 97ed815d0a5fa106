"""The tenth workload is like the first, and so are the hundredth and the thousandth."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial

from workloads_conformance.api import GONE, Answer, WorkloadTrial, is_gone
from workloads_conformance.runner import InTurn, judges
from workloads_conformance.settings import Profile, Settings
from workloads_strategies.stories import Act

from .stories import REQUIREMENTS, StoryRun

MANY = {Profile.SMOKE: 4, Profile.STANDARD: 12, Profile.THOROUGH: 1000}
"""Workloads, by profile."""

_TOGETHER = 4
"""How many are alive at a time."""

_FEW, _SPREAD = 10, 4
"""Numbers that tell a count from chance, and how far apart those of a count are, at most: others make names, too."""

_STORY = (Act.CREATE, Act.UPDATE_PRIORITY, Act.UPDATE_MANIFEST, Act.DELETE)
"""What the tenth, the hundredth and the thousandth go through."""


def _how_many(settings: Settings) -> Sequence[tuple[int, str]]:
    return [(MANY[settings.profile], settings.kinds[0])]


@judges(*REQUIREMENTS, over=InTurn((), on=_how_many))
async def test_the_last_of_many_is_like_the_first(trial: WorkloadTrial, many: int) -> None:
    """Names made of one prefix do not come again, but for chance; each power of ten is written to and read."""
    prefix, names = trial.name(), list[str]()
    while len(names) < many:
        created = await trial.at_once(*(_create(trial, prefix) for _ in range(min(_TOGETHER, many - len(names)))))
        names += [str(answer.metadata.get("name")) for answer in created]
        await trial.at_once(*(trial.delete(answer.id) for answer in created))
        # So that there are never many; whether what is deleted goes away is judged elsewhere.
        await trial.eventually(GONE, partial(trial.get, created[-1].id), is_gone, needed=False)
        if any(len(names) - len(created) < 10**power <= len(names) for power in range(1, 4)):
            await StoryRun(trial, None, _STORY).run()
    again = len(names) - len(set(names))
    trial.judge(
        "WV2-CREATE-014",
        again <= max(1, many // 100),  # five random characters may, in a thousand names, come once more
        message=f"of {many} names made of one prefix many are the same",
        code="create-by-prefix/names-come-again",
        expected="the prefix and random characters",
        observed=f"{again} of {many} had been given before, such as {max(names, key=names.count)}",
    )
    counted = _is_counted([name.removeprefix(prefix) for name in names])
    trial.judge(
        "WV2-CREATE-014",
        not counted,
        message="names made of one prefix are counted, and nothing in them is random",
        code="create-by-prefix/counted",
        expected="the prefix and random characters",
        observed=", ".join(names[:4]),
    )


def _is_counted(suffixes: Sequence[str]) -> bool:
    """True if texts end in the numbers of a count, decimal or hexadecimal."""
    if len(suffixes) < _FEW:
        return False
    digits = [suffix.rpartition("-")[2] for suffix in suffixes]
    for base in (10, 16):
        with contextlib.suppress(ValueError):
            numbers = sorted(int(text, base) for text in digits)
            if max(numbers) - min(numbers) < _SPREAD * len(numbers):
                return True
    return False


async def _create(trial: WorkloadTrial, prefix: str) -> Answer:
    answer = await trial.create(trial.body(name=prefix, useGivenNameAsPrefix=True))
    trial.need_accepted(answer, "a create by prefix")
    await trial.visible(answer.id)
    return answer
