"""Answers for what a run sends: what may leave, what is written down before it does, and what came of it."""

from __future__ import annotations

from workloads_conformance.errors import NotPermittedError
from workloads_conformance.http import Exchange, Request

from .inventory import Inventory
from .ledger import LedgerError
from .routes import creates, item_of
from .safety import Safety


class WorkloadCustody:
    """Has every request judged by `safety`, and every create written down in `inventory` before it leaves.

    Attributes:
        no_more_creates: why nothing is created any more, in a sentence.
    """

    def __init__(self, safety: Safety, inventory: Inventory) -> None:
        self.safety, self.inventory = safety, inventory
        self.no_more_creates: str | None = None

    def check(self, request: Request) -> None:
        """Raises NotPermittedError if the request must not leave."""
        self.safety.check(request)

    def sending(self, request: Request) -> int | None:
        """Writes down a create that is about to be sent; returns its number, None for what is not a create.

        Raises:
            NotPermittedError: nothing is created any more.
        """
        if not creates(request):
            return None
        if self.no_more_creates is not None:
            raise NotPermittedError(self.no_more_creates)
        try:
            return self.inventory.sending(request)
        except LedgerError as error:
            self.no_more_creates = str(error)
            raise NotPermittedError(self.no_more_creates) from None

    def learn(self, exchange: Exchange, number: int | None) -> None:
        """Tells the inventory what an exchange says of the run's workloads."""
        request, answer = exchange.request, exchange.response
        if number is not None:
            if answer is None and not exchange.unanswered:
                self.inventory.not_sent(number)
            else:
                self.inventory.answered(number, answer, exchange.ended)
        identifier = item_of(request.path)
        # What is shown to others, or taken from them, may be wrong, and says nothing of what is there.
        if answer is None or identifier is None or request.authorization is not None:
            return
        if request.method == "GET":
            self.inventory.read(identifier, answer)
        elif request.method == "DELETE" and 200 <= answer.status < 300:
            self.inventory.accepted_delete(identifier)
