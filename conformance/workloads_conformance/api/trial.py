"""A trial of this API: what tests need before they can judge, and what they judge by the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from workloads_conformance.http import Authorization
from workloads_conformance.runner import Contrast, UndecidedError, UntestableError, identical, is_success
from workloads_specs import added_statuses

from .answers import Answer, is_gone, is_settled, marks_of_deletion
from .checks import Flaw, methods_of
from .comparing import apart, differing, nested, path_of, value_of
from .requests import RequestingTrial

_OK, _BAD_REQUEST, _NOT_FOUND = 200, 400, 404


class WorkloadTrial(RequestingTrial):
    """What the tests of the suite are given: requests, controls, waiting, and the short forms of `judge`."""

    @property
    def forbidden(self) -> Authorization | None:
        """Credentials that are genuine and lack the rights, if some were given."""
        return self._api.identity.forbidden

    @property
    def expired(self) -> Authorization | None:
        """Credentials that have run out, if some were given."""
        return self._api.identity.expired

    def request_flaws(self, operation: str, body: object) -> list[Flaw]:
        """Returns what is wrong with a request's body on every reading of the contract."""
        return self._api.shapes.request_flaws(operation, body)

    def refusals(self, operation: str) -> tuple[int, ...]:
        """Returns the statuses that refuse a wrong request of `operation`.

        Raises:
            UntestableError: the contract, as it is read in this run, documents none.
        """
        if _BAD_REQUEST not in self._api.contract.operations[operation].statuses:
            raise UntestableError(f"the fragments alone document no status with which {operation} refuses a request")
        return (_BAD_REQUEST,)

    # -- preconditions ----------------------------------------------------------------------------------------------

    def need_accepted(self, answer: Answer, what: str) -> Answer:
        """Returns `answer` if it is a success with an id; otherwise the case judges nothing.

        Any 2xx will do: that it has to be 202 is a requirement of its own, judged on every exchange.
        """
        if not is_success(answer) or not answer.id:
            raise UndecidedError(f"{what} returned {str(answer)[:160]}")
        return answer

    def need_refused(self, answer: Answer) -> Answer:
        """Returns `answer` if it is a refusal; that it is one is judged elsewhere, and without it there is no case."""
        if is_success(answer):
            raise UntestableError("the target accepts what it should refuse; what a refusal leaves cannot be told")
        return answer

    async def existing(self, body: Mapping[str, Any] | None = None) -> Answer:
        """Creates a workload, waits until it can be read, and returns the answer to its POST."""
        created = self.need_accepted(await self.create(body or self.body()), "the create that this case needs")
        await self.visible(created.id)
        return created

    async def control(self, *, form: str = "json", dry_run: str | None = None, **metadata: Any) -> None:
        """Makes sure that this target accepts, in this test, the create that a negative case is a mutation of.

        `metadata` is what that has beside what it has to have.
        """

        async def accept(trial: Self) -> str:
            body = trial.body(form=form, **metadata)
            made = self.need_accepted(await trial.probe(body, dry_run=dry_run), "the control").id
            await trial.tidy()  # what there is room for is wanted, and nothing builds on it but that it was accepted
            return made

        await self.shared(("create", form, dry_run, self.kind, *metadata), accept)

    async def updatable(self, *, form: str = "json") -> str:
        """Returns the id of a workload on which this target has accepted, in this test, an update in this form."""

        async def accept(trial: Self) -> str:
            created = await trial.existing()
            same = trial.body(form=form, name=created.metadata.get("name"))  # some let no update rename a manifest
            update = {key: value for key, value in same.items() if key != "metadata"}
            trial.need_accepted(await trial.update(created.id, update), "the control")
            return created.id

        return await self.shared(("update", form, self.kind), accept)

    async def newer(self) -> None:
        """Creates one more workload, for servers that take the newest for the one that was asked for."""
        self.need_accepted(await self.create(self.body()), "the create of another workload")

    async def visible(self, identifier: str) -> Answer:
        """Returns the reading that shows a workload whose create or update was accepted, which is judged.

        Raises:
            UndecidedError: it cannot be read within the settle time.
        """
        seen = await self.eventually("visible after create", lambda: self.get(identifier), is_success)
        if not is_success(seen):
            if seen.status == _NOT_FOUND:  # a 5xx, say, is judged on every exchange
                self.status("WV2-GET-003", seen, _OK, "GET of a created workload")
            raise UndecidedError(f"the workload that this case needs cannot be read: {str(seen)[:160]}")
        return seen

    async def settled(self, identifier: str) -> Answer:
        """Returns the first reading in which the platform is done with a workload, or the last before patience ends.

        Raises:
            UndecidedError: that is none that shows the workload.
        """
        seen = await self.eventually("synced after create", lambda: self.get(identifier), is_settled, needed=False)
        if not is_success(seen):
            raise UndecidedError(f"the workload that this case needs cannot be read: {str(seen)[:160]}")
        return seen

    # -- judging ----------------------------------------------------------------------------------------------------

    def status(self, requirement: str, answer: Answer, expected: int | Sequence[int], what: str) -> bool:
        """Judges the status of an answer; `what` says what was sent, and is the first part of the finding's code.

        What rests on an erratum is marked as such.
        """
        allowed = (expected,) if isinstance(expected, int) else tuple(expected)
        operation = methods_of(self._api.contract, answer.exchange.request).get(answer.exchange.request.method)
        errata = [added_statuses().get((operation.name, status)) if operation else None for status in allowed]
        note = f" (by an erratum: {errata[0]} The fragments document no such status.)" if all(errata) else ""
        return self.judge(
            requirement,
            answer.status in allowed,
            message=f"{what} returned {answer.status}",
            expected=" or ".join(map(str, allowed)) + note,
            observed=str(answer),
            answer=answer,
            way=what,
            code=f"{what.rstrip(',')}/answered:{answer.status}",
        )

    def same(self, requirement: str, expected: Any, observed: Any, what: str, answer: Answer) -> bool:
        """Judges that a value is, in type too, the expected one.

        `what` names it, its path first if it has one, and is the first part of the finding's code.
        """
        satisfied = identical(expected, observed)
        found = self.contrast(expected, observed, path_of(what)) if not satisfied else None
        return self.judge(
            requirement,
            satisfied,
            message=f"{what} is not what it should be",
            expected=found.expected if found else "",
            observed=found.observed if found else "",
            answer=answer,
            code=f"{what.rstrip(',')}/different",
        )

    def compared(self, members: Iterable[str], before: Answer, after: Answer) -> Contrast:
        """Returns what differs between two answers in the named members, as the texts of a judgement.

        Where they do not differ it is that the second is marked as deleted; or it is the answers, and their beginnings.
        """
        changed = differing(members, before, after) if is_success(after) else []
        if not changed and is_success(after) and is_gone(after):
            return Contrast("a workload that is not marked as deleted", marks_of_deletion(after))
        if not changed:
            return Contrast(str(before), str(after))
        return self.contrast(*apart(changed, before, after))

    def against(self, asked: Mapping[str, Any], seen: Answer) -> Contrast:
        """Returns what differs between the named members that were asked for and those that an answer shows.

        Where it shows no workload, it is the beginning of the answer.
        """
        if not is_success(seen) or is_gone(seen):
            return Contrast(self.contrast(nested(asked), None).expected, str(seen))
        tells = {name: value for name in asked if (value := value_of(seen, name)) is not None}
        return self.contrast(nested(asked), nested(tells))
