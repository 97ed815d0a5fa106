"""The catalogue of faults and variants: complete, in step with the clauses, and in step with the reference server."""

from __future__ import annotations

import fnmatch
import inspect
import sys
import types
from pathlib import Path

import pytest

from workloads_conformance import reference
from workloads_conformance.reference import (
    app,
    documents,
    errors,
    rendering,
    serving,
    store,
    tokens,
    validation,
    workload_types,
)
from workloads_conformance.selfcheck import judging
from workloads_conformance.selfcheck.catalogue import chosen, combinations, load_faults, load_variants, sample
from workloads_conformance.selfcheck.patching import PatchError, put
from workloads_conformance.session.collected import suite_tests
from workloads_specs import Level, load_catalogue

DOCS = Path(__file__).parents[2] / "docs"
FAULTS, VARIANTS = load_faults(), load_variants()
CLAUSES = load_catalogue()
MODULES = (app, documents, errors, rendering, serving, store, tokens, validation, workload_types)


def snapshot() -> dict[tuple[object, str], object]:
    """What a patch can change: the attributes of the server's modules and of their classes."""
    classes = [
        value
        for module in MODULES
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__.startswith(reference.__name__)
    ]
    return {
        (owner, name): value
        for owner in (*MODULES, *classes)
        for name, value in vars(owner).items()
        if not isinstance(value, types.MemberDescriptorType)
    }


@pytest.fixture
def untouched():
    """The reference server as it was, whatever a test does to it."""
    before = snapshot()
    yield before
    for (owner, name), value in before.items():
        if vars(owner).get(name) is not value:
            setattr(owner, name, value)


def test_every_binding_clause_has_a_fault():
    named = {name for fault in FAULTS.values() for name in fault.requirements}
    binding = {clause.id for clause in CLAUSES.values() if clause.level is not Level.OBSERVE}
    assert not binding - named


def test_faults_name_clauses_that_there_are():
    binding = {clause.id for clause in CLAUSES.values() if clause.level is not Level.OBSERVE}
    for fault in FAULTS.values():
        assert fault.requirements, fault.name
        assert set(fault.requirements) <= binding, fault.name
        assert set(fault.provoked_by) <= CLAUSES.keys(), fault.name
        assert all(fnmatch.filter(CLAUSES, glob) for glob in fault.also), fault.name


@pytest.fixture
def score(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(DOCS), *sys.path])
    import make_score  # noqa: PLC0415 - a script beside the page that it makes

    return make_score


def test_the_published_score_is_of_this_catalogue(score):
    text = score.PAGE.read_text(encoding="utf-8")
    assert score.page(text) == text
    assert f"of {len(VARIANTS) + score.COMBINATIONS} honest servers" in text


def area(name: str, *, killed: int = 0) -> dict:
    """What self-check.json says of an area, one fault of which was not found unless all were `killed`."""
    faults = sum(fault.area == name for fault in FAULTS.values())
    killed = killed or faults - 1
    return {"area": name, "faults": faults, "killed": killed, "unclean": 0, "survived": faults - killed,
            "notJudged": 0, "seconds": 1.0, "exchanges": 1}  # fmt: skip


def test_the_area_that_was_judged_again_is_published_anew(score):
    text = score.PAGE.read_text(encoding="utf-8")
    result = {"areas": [area("races")], "variants": [], "total": {"faults": 1}, "faults": []}
    made = score.page(text, [result])
    faults = area("races")["faults"]
    assert f"| races | {faults} | {faults - 1} | 0 | 1 | 0 |" in made
    assert f"| all | {len(FAULTS)} | {len(FAULTS) - 1} | 0 | 1 | 0 |" in made
    assert f"{len(FAULTS) - 1} of {len(FAULTS)} faults were found" in made
    assert score.page(made, [{**result, "areas": [area("races", killed=faults)]}]) == text


def test_an_area_that_was_judged_in_part_is_not_published(score):
    text = score.PAGE.read_text(encoding="utf-8")
    part = {**area("races"), "faults": 1}
    with pytest.raises(
        ValueError, match=r"the area races has .* run workloads-conformance self-check --faults 'races/"
    ):
        score.page(text, [{"areas": [part], "variants": [], "total": {"faults": 1}, "faults": []}])


def test_every_fault_has_tests_that_can_show_it():
    assert not [name for name, fault in FAULTS.items() if not judging.tests_for(judging.bearing_on(fault))]


@pytest.mark.parametrize("name", [*FAULTS, *VARIANTS])
def test_a_patch_changes_the_server(name, untouched):
    subject = FAULTS.get(name) or VARIANTS[name]
    assert subject.sentence.endswith((".", "?"))
    subject.patch()
    after = snapshot()
    assert any(after[place] is not value for place, value in untouched.items())


@pytest.mark.usefixtures("untouched")
def test_a_patch_of_what_is_not_there_is_refused():
    with pytest.raises(PatchError, match="has no MAX_NAMES"):
        put(validation, "MAX_NAMES", 1)


def test_clashes_name_variants():
    known = {name.partition("/")[2] for name in VARIANTS}
    assert {clash for variant in VARIANTS.values() for clash in variant.clashes} <= known


def test_combinations_follow_the_seed_and_have_no_clash():
    variants = list(VARIANTS.values())
    first = combinations(variants, 20, 7)
    assert [one.name for one in first] == [one.name for one in combinations(variants, 20, 7)]
    assert [one.name for one in first] != [one.name for one in combinations(variants, 20, 8)]
    assert len(first) == 20
    for one in first:
        names = {variant.name.partition("/")[2] for variant in one.variants}
        assert len(names) == 3
        assert not any(names & set(variant.clashes) for variant in one.variants)


def test_a_sample_follows_the_seed():
    whole = list(range(100))
    assert sample(whole, 10, 1) == sample(whole, 10, 1) != sample(whole, 10, 2)
    assert sample(whole, 1000, 1) == whole


def test_globs_choose():
    assert {fault.area for fault in chosen(FAULTS, ["races/*", "life/*"], "fault")} == {"races", "life"}


def test_all_tests_of_the_suite_are_found():
    assert len(suite_tests()) > 50
    assert all(test.requirements for test in suite_tests().values())
