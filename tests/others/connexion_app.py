"""A server by connexion that checks requests and answers with examples: python connexion_app.py DOCUMENT PORT."""

from __future__ import annotations

import sys

import uvicorn
from connexion import AsyncApp
from connexion.mock import MockResolver


def known(token: str) -> dict[str, str] | None:
    """Takes any token for somebody's."""
    return {"sub": "somebody"} if token else None


if __name__ == "__main__":
    document, port = sys.argv[1:]
    app = AsyncApp(__name__)
    app.add_api(document, resolver=MockResolver(mock_all=True), security_map={"bearerAuth": known})
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error")
