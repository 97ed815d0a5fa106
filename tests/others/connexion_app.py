"""A server by connexion that checks requests and answers with examples: python connexion_app.py DOCUMENT PORT."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvicorn
from connexion import AsyncApp
from connexion.mock import MockResolver

BEARER = {"bearerAuth": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": "connexion_app.known"}}


def known(token: str) -> dict[str, str] | None:
    """Takes any token for somebody's."""
    return {"sub": "somebody"} if token else None


if __name__ == "__main__":
    document, port = sys.argv[1:]
    app = AsyncApp(__name__)
    described = json.loads(Path(document).read_text())
    described["components"]["securitySchemes"] = BEARER
    app.add_api(described, resolver=MockResolver(mock_all=True))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error")
