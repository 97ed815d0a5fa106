"""JSON pointers (RFC 6901) into the contract."""

from __future__ import annotations

from typing import Any


def resolve(document: Any, pointer: str) -> Any:
    """Returns the value that `pointer` names in `document`.

    Raises:
        LookupError: nothing is there; the message names the first step that fails.
    """
    if pointer and not pointer.startswith("/"):
        raise LookupError("a pointer is empty or begins with '/'")
    value = document
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError):
            raise LookupError(f"no {key!r}") from None
    return value
