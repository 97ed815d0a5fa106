"""The mutants of the reference server: how they are made, judged, reviewed and counted."""

from __future__ import annotations

import pytest
from judged import Changed, Judged, Verdict, judge_all
from making import BESIDE, MODULES, Mutant, all_mutants, mutants_of
from reviews import Kind, Review, ReviewError, load_reviews, stale
from score import Result, rate, survivors, table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mutants():
    return all_mutants()


def with_line(mutants, line):
    return next(mutant for mutant in mutants if mutant.line == line)


def verdicts(mutants, requirement):
    changed = [Changed(module=mutant.module, source=mutant.source) for mutant in mutants]
    return [judged for _, judged in sorted(judge_all(changed, 1, (requirement,)), key=lambda numbered: numbered[0])]


def test_every_mutant_has_a_name_of_its_own_and_compiles(mutants):
    assert len({mutant.name for mutant in mutants}) == len(mutants)
    assert {mutant.module for mutant in mutants} == set(MODULES)
    assert not {mutant.name.partition(":")[0] for mutant in mutants} & BESIDE
    for mutant in mutants:
        assert mutant.diff
        compile(mutant.source, mutant.name, "exec")


def test_only_what_runs_is_changed():
    source = '''
LIMIT = 3

class Api:
    """The handlers."""

    size: int = 1

    @cached("no")
    def get(self, at: Literal["x"] = 1) -> list["y"]:
        """Returns one."""
        if at > LIMIT:
            raise bad_request("at: is too large")
        raise RefusalError(404, "not found", {"A": "b"})
'''
    made = list(mutants_of("app", source))
    assert [mutant.name for mutant in made] == [f"app.Api.get:{number}" for number in range(1, len(made) + 1)]
    assert made[0].diff == ("-        if at > LIMIT:", "+        if at >= LIMIT:")
    assert all(mutant.line.startswith(("if at", "raise RefusalError")) for mutant in made)
    assert 'raise RefusalError(405, "not found", {"A": "b"})' in {mutant.line for mutant in made}
    assert not any("NOT FOUND" in mutant.line for mutant in made)


def test_a_line_that_is_left_out_is_told():
    made = mutants_of("app", "def f():\n    g(\n        1,\n        h,\n    )\n")
    assert {"without 1,", "without h, )"} <= {mutant.line for mutant in made}


def test_a_mutant_is_killed_and_one_that_nobody_can_tell_survives(mutants):
    unread = with_line(mutants, 'return _one_of(metadata, "XXpriorityXX", PRIORITIES)')
    alike = with_line(mutants, 'principal = self.tokens.verify(request.headers.get("AUTHORIZATION"))')
    refused = with_line(mutants, 'principal = self.tokens.verify(request.headers.get("XXauthorizationXX"))')
    broken, same, none = verdicts([unread, alike, refused], "WV2-CREATE-008")
    assert (broken.verdict, broken.reason, broken.profile) == (Verdict.KILLED, "WV2-CREATE-008", "smoke")
    assert (same.verdict, same.reason, same.profile) == (Verdict.SURVIVED, "", "standard")
    assert none.verdict is Verdict.REFUSED
    assert "refuses the token" in none.reason


def test_a_module_that_cannot_be_loaded_is_no_server():
    (judged,) = [judged for _, judged in judge_all([Changed(module="store", source="raise OSError('no')")], 1)]
    assert (judged.verdict, judged.reason) == (Verdict.REFUSED, "OSError: no")


def test_every_review_is_of_a_mutant_as_it_is(mutants):
    assert stale(load_reviews(), mutants) == []


def test_a_stale_review_is_told(mutants):
    first = mutants[0]
    reviews = {first.name: Review("x = 1", Kind.OPEN, "because"), "app.gone:1": Review("", Kind.OPEN, "because")}
    assert stale(reviews, mutants) == [
        f"{first.name}: is now {first.line!r}",
        "app.gone:1: there is no such mutant any more",
    ]


ENTRY = '[[reviewed]]\nkind = "{kind}"\n{why}\nmutants."app.f:1" = "x"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENTRY.format(kind="fine", why='why = "because"'), "'fine' is not a valid Kind"),
        (ENTRY.format(kind="open", why=""), "needs kind, why and mutants: 'why'"),
        (ENTRY.format(kind="open", why='why = "because"') * 2, "app.f:1 is reviewed twice"),
    ],
)
def test_a_wrong_review_is_refused(tmp_path, text, words):
    file = tmp_path / "reviewed.toml"
    file.write_text(text)
    with pytest.raises(ReviewError, match=words):
        load_reviews(file)


def result(verdict, kind=None, module="app"):
    mutant = Mutant(name=f"{module}.f:1", source="", diff=("-a", "+b"))
    review = Review("b", kind, "a reason") if kind else None
    return Result(mutant, Judged(verdict=verdict, reason="", profile="smoke", seconds=1), review)


def test_what_nobody_need_find_is_not_counted():
    results = [
        result(Verdict.KILLED),
        result(Verdict.REFUSED),
        result(Verdict.TIMED_OUT),
        result(Verdict.SURVIVED, Kind.EQUIVALENT),
        result(Verdict.SURVIVED, Kind.OPEN),
        result(Verdict.SURVIVED, Kind.KNOWN, "store"),
    ]
    assert rate(results) == 75
    assert list(table(results))[2:] == [
        "| `app` | 5 | 3 | 1 | 1 | 1 | 1 | 0 | 100.0 % |",
        "| `store` | 1 | 0 | 0 | 0 | 0 | 0 | 1 | 0.0 % |",
        "| all | 6 | 3 | 1 | 1 | 1 | 1 | 1 | 75.0 % |",
    ]
    assert list(survivors(results)) == ["\nstore.f:1: a reason", "-a", "+b"]


def test_a_review_that_the_suite_contradicts_is_told():
    assert result(Verdict.KILLED, Kind.EQUIVALENT).contradicts
    assert not result(Verdict.KILLED, Kind.KNOWN).contradicts
    assert not result(Verdict.SURVIVED, Kind.EQUIVALENT).contradicts
