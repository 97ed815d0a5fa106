"""The requests of a finding as a Python script that uses httpx, and as they go over the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import indent
from urllib.parse import urlsplit

from workloads_conformance.http import Exchange, Request, sent_headers

from .steps import Step, carried, steps
from .subject import Subject


class Snippets:
    """Writes requests to one target in forms other than the shell's; the token as `$NAME`."""

    def __init__(self, subject: Subject) -> None:
        self._subject, self._way = subject, subject.way

    def httpx(self, exchanges: Sequence[Exchange]) -> str:
        """Returns a Python script that repeats these exchanges in order and prints the last answer.

        Tokens are read from the environment; an id that an answer gives is carried in a variable. What was sent at the
        same time is sent by threads, and if it is the last, each of the answers is printed.
        """
        made = steps(exchanges, self._subject.given)
        used = {"os": True, "ssl": self._way.ca_bundle, "time": any(together[0].pause for together in made)}
        lines = [f"import {name}" for name, is_used in used.items() if is_used]
        if any(len(together) > 1 for together in made):
            lines.append("from concurrent.futures import ThreadPoolExecutor")
        lines += ["", "import httpx", ""]
        lines += self._way.httpx_lines
        if self._way.token is not None and any(exchange.request.authorization is None for exchange in exchanges):
            lines.append(self._way.httpx_token(self._subject.target, self._subject.token_name))
        lines += map(self._call, made)
        if made and len(made[-1]) > 1:
            lines.append("for answer in answers:\n    print(answer.status_code, answer.text)")
        else:
            lines.append("print(answer.status_code, answer.text)")
        return "\n".join(lines)

    def http(self, exchanges: Sequence[Exchange]) -> str:
        """Returns the requests as they go over the wire (HTTP/1.1), an empty line and a rule between them.

        The rule says how long to wait, where that is a second or more, and what is sent at the same time. An id that an
        answer gives stands as `$ID1`; a body that a text cannot hold stands as the file that holds it.
        """
        text = ""
        for together in steps(exchanges, self._subject.given):
            for step in together:
                when = " at the same time" if step is not together[0] else f" {step.pause} s later" * bool(step.pause)
                text += (f"\n\n---{when}\n\n" if text else "") + self._wire(step)
        return text

    def headers(self, request: Request) -> list[tuple[str, str]]:
        """Returns the headers but Host and Content-Length, in the order in which they are sent, without secrets."""
        given, redactor = request.authorization, self._subject.redactor
        authorization = f"Bearer ${self._subject.token_name}" if given is None else given.shell
        return [(name, redactor.text(value)) for name, value in sent_headers(request, authorization)]

    def _call(self, together: Sequence[Step]) -> str:
        first = together[0]
        waited = f"time.sleep({first.pause})\n" if first.pause else ""
        if len(together) > 1:
            made = "requests = [\n" + "".join(f"{indent(self._request(step), '    ')},\n" for step in together) + "]\n"
            return (
                f"{made}{waited}with ThreadPoolExecutor(len(requests)) as pool:\n"
                f"    answers = list(pool.map({self._way.httpx_client}.send, requests))\n"
            )
        taken = "".join(f"[{name!r}]" for name in self._subject.given.path)
        sent = f"request = {self._request(first)}\n{waited}answer = {self._way.httpx_client}.send(request)\n"
        return sent + (f"{first.gives} = answer.json(){taken}\n" if first.gives else "")

    def _request(self, step: Step) -> str:
        """Returns the expression for a request of its own, which unlike a client's has no headers but those given."""
        request = step.request
        arguments = [repr(request.method), _python_url(self._subject.target + request.target, step.known)]
        # A list of pairs keeps repeated headers; expandvars puts the token in.
        headers = [
            f"        ({name!r}, os.path.expandvars({value!r})),"
            if name == "Authorization"
            else f"        {(name, value)!r},"
            for name, value in self.headers(request)
        ]
        arguments.append("headers=[\n" + "\n".join(headers) + "\n    ]")
        if request.body is not None:
            text = self._subject.bodies.inline(request.body)
            content = (
                f"{text!r}.encode()"
                if text is not None
                else f"open({str(self._subject.bodies.stored(request.body))!r}, 'rb').read()"
            )
            arguments.append(f"content={content}")
        return "httpx.Request(\n    " + ",\n    ".join(arguments) + ",\n)"

    def _wire(self, step: Step) -> str:
        request = step.request
        url = urlsplit(self._subject.target + request.target)
        target = url.path + (f"?{url.query}" if url.query else "")
        if found := carried(target, step.known):
            target = f"{found.head}${found.variable}{' in upper case' * found.is_upper}{found.tail}"
        headers = [("Host", url.netloc), *self.headers(request)]
        body = ""
        if request.body is not None:
            headers.append(("Content-Length", str(len(request.body))))
            bodies = self._subject.bodies
            text = bodies.inline(request.body)
            body = text if text is not None else f"({len(request.body)} bytes: {bodies.stored(request.body)})"
        lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
        return "\n".join(lines) + "\n\n" + body


def _python_url(url: str, known: Mapping[str, str]) -> str:
    """Returns the expression for a URL, each known id in it by the variable that carries it."""
    found = carried(url, known)
    if found is None:
        return repr(url)
    value = f"{found.variable}.upper()" if found.is_upper else found.variable
    return f"{found.head!r} + {value} + {found.tail!r}" if found.tail else f"{found.head!r} + {value}"
