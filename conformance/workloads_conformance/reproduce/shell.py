"""A request as a curl command to paste: the token as `$NAME`, an odd body from a file beside the report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from workloads_conformance.http import Exchange, Request

from .steps import Step, carried, steps
from .subject import Subject


class Shell:
    """Writes commands against one target. Bodies that a command line cannot carry are named as files."""

    def __init__(self, subject: Subject) -> None:
        self._subject, self._way = subject, subject.way

    def script(self, exchanges: Sequence[Exchange]) -> str:
        """Returns the commands that repeat these exchanges in order, and at the same time what was.

        An id that an answer gave and a later path uses is carried in a shell variable, for the target will give
        another one next time. Needs curl, and jq where an id is carried, or a token got for client credentials.
        """
        made = steps(exchanges, self._subject.given)
        lines = [line for together in made for line in self._lines(together, are_last=together is made[-1])]
        if self._way.token is not None and any(exchange.request.authorization is None for exchange in exchanges):
            lines.insert(0, self._way.curl_token(self._subject.target, self._subject.token_name))
        return "\n".join(lines)

    def _lines(self, together: Sequence[Step], *, are_last: bool) -> Iterator[str]:
        first = together[0]
        if first.pause:
            yield f"sleep {first.pause}"
        commands = [self.command(step.request, step.known, shows_status=are_last) for step in together]
        if first.gives:
            yield f"{first.gives}=$({commands[0]} | jq -r .{'.'.join(self._subject.given.path)})"
        elif len(commands) == 1:
            yield from commands
        else:
            # Each answer is printed whole, and none amid another.
            yield from (f"printf '%s\\n' \"$({command})\" &" for command in commands)
            yield "wait"

    def command(self, request: Request, variables: Mapping[str, str], *, shows_status: bool = False) -> str:
        """Returns one curl command; `variables` maps ids in the path to shell variables.

        `shows_status` is for the one that shows what is wrong: its status and its headers may be what is.
        """
        target = request.target
        url = shlex.quote(self._subject.target + target)
        if found := carried(target, variables):
            value = f'$(printf %s "${found.variable}" | tr a-f A-F)' if found.is_upper else f"${found.variable}"
            tail = shlex.quote(found.tail) if found.tail else ""
            url = f'{shlex.quote(self._subject.target + found.head)}"{value}"{tail}'
        words = [self._way.curl]
        if shows_status and request.method != "HEAD":
            words.append("-i")
        if request.method == "HEAD":
            words.append("-I")
        elif request.method != "GET" or request.body is not None:
            words.append(f"-X {shlex.quote(request.method)}")
        words.append(url)
        shell = f"Bearer ${self._subject.token_name}" if request.authorization is None else request.authorization.shell
        if shell is not None:
            words.append(f'-H "Authorization: {shell}"')
        headers = list(request.headers)
        given = {name.lower() for name, _ in request.headers} | request.without
        if request.body is not None and "content-type" not in given:
            headers.append(("Content-Type", "application/json"))
        words += [f"-H {shlex.quote(f'{name}:')}" for name in sorted(request.without)]
        words += [f"-H {shlex.quote(self._subject.redactor.text(f'{name}: {value}'))}" for name, value in headers]
        if request.body is not None:
            words.append(f"--data-binary {self._body(request.body)}")
        return " ".join(words)

    def _body(self, body: bytes) -> str:
        text = self._subject.bodies.inline(body)
        if text is None or text.startswith("@"):
            text = f"@{self._subject.bodies.stored(body)}"
        return shlex.quote(text)
