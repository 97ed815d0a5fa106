"""Finds each place of the packages at which something leaves the process by itself: on a terminal, in a file, in a log.

What goes through a door of ours (`tell`, `write_text`, `write_private`, …) is seen where the door itself lets it out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "conformance/workloads_conformance",
    "reports/workloads_reports",
    "specs/workloads_specs",
    "strategies/workloads_strategies",
)
BARE = {"print", "open", "Console", "breakpoint", "NamedTemporaryFile", "mkstemp"}
METHODS = {"write", "writelines", "write_text", "write_bytes", "print", "print_exc", "print_exception", "print_stack",
           "warn", "fdopen", "mkstemp", "NamedTemporaryFile", "sendfile", "symlink_to"}  # fmt: skip
STREAMS = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
MODULES = {"logging", "warnings", "syslog"}
WRITING = set("wax+")


def sinks() -> set[tuple[str, str]]:
    """Returns each file with what it lets something leave by."""
    return {
        ("/".join((package.split("/")[0], path.relative_to(ROOT / package).as_posix())), name)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in _in(ast.parse(path.read_text(encoding="utf-8")))
    }


def _in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in STREAMS:
            yield ast.unparse(node)


def _call(node: ast.Call) -> Iterator[str]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in BARE:
        yield function.id
    if not isinstance(function, ast.Attribute):
        return
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if function.attr in METHODS or owner in MODULES:
        yield f"{owner}.{function.attr}" if owner in MODULES | {"os", "traceback"} else f".{function.attr}"
    elif function.attr == "open" and (owner == "os" or _writes(node)):
        yield "os.open" if owner == "os" else ".open"


def _writes(node: ast.Call) -> bool:
    """True if the call names a mode in which a file is written, or one that only the run knows."""
    given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
    modes = [argument.value for argument in given if isinstance(argument, ast.Constant)]
    return any(isinstance(mode, str) and bool(WRITING & set(mode)) for mode in modes)
