"""The mutants: the reference server's request handling with one place changed, by mutmut's operators."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

from workloads_conformance import reference

MODULES = ("app", "validation", "documents", "store", "rendering", "tokens", "errors", "workload_types")
BESIDE = frozenset(
    {
        "app.Api.list",
        "app.Api.types",
        "app.Api.token_v1",
        "app.Api.token_v2",
        "app._basic",
        "app._filter",
        "app._matches",
        "rendering.listed",
        "store.Store.listed",
        "tokens.Tokens.client",
        "tokens.oauth_error",
        "workload_types.WorkloadType.described",
    }
)
"""Functions of the endpoints that the platform has beside the contract: the suite uses them and judges none of them."""

_NOT_CHANGED = frozenset({"len", "isinstance", "bad_request", "ValueError"})
"""Calls that stay as they are: mutmut itself changes no argument of the first two, and what the others are given is the
text of a refusal, for people, whose words the contract leaves to the server."""
_SPEAKING = frozenset({"RefusalError", "_object", "_text"})
"""Calls of which arguments are such texts too, where they are literals."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """A reference server of which one module is changed.

    Attributes:
        name: the module, the function and a running number within it, as in `validation.path_id:3`.
        source: the whole of the changed module.
        diff: the lines that differ, the old ones after `-` and the new ones after `+`.
    """

    name: str
    source: str
    diff: tuple[str, ...]

    @property
    def module(self) -> str:
        """The module that is changed, without its package."""
        return self.name.partition(".")[0]

    @property
    def line(self) -> str:
        """The new lines as one; the old ones, after `without`, where the new ones hold nothing but brackets."""
        new, old = (" ".join(line[1:].strip() for line in self.diff if line.startswith(sign)) for sign in "+-")
        return new if any(map(str.isalnum, new)) else f"without {old}"


def all_mutants() -> list[Mutant]:
    """Returns all, in the order in which the code that they change stands in its modules."""
    package = files(reference)
    return [
        mutant
        for module in MODULES
        for mutant in mutants_of(module, (package / f"{module}.py").read_text(encoding="utf-8"))
    ]


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Yields the mutants of a module's function bodies, of those that serve what the contract is about."""
    tree = cst.parse_module(source)
    for top in tree.body:
        before = tree.code_for_node(top)
        for function, body in _bodies((top,), module):
            seen = {before}
            for old, new in _changes(body) if function not in BESIDE else ():
                replaced = top.deep_replace(old, new)
                assert isinstance(replaced, cst.CSTNode)
                after = tree.code_for_node(replaced)
                if after not in seen:
                    name = f"{function}:{len(seen)}"
                    seen.add(after)
                    yield Mutant(name=name, source=source.replace(before, after), diff=_diff(before, after))


def _bodies(statements: Sequence[cst.CSTNode], within: str) -> Iterator[tuple[str, cst.BaseSuite]]:
    """Yields the functions among these statements and in classes among them, by name."""
    for statement in statements:
        if isinstance(statement, cst.FunctionDef):
            yield f"{within}.{statement.name.value}", statement.body
        elif isinstance(statement, cst.ClassDef):
            yield from _bodies(statement.body.body, f"{within}.{statement.name.value}")


def _changes(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """Yields the nodes at and under this one that an operator changes, each with what it becomes."""
    if _stays(node):
        return
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from ((node, changed) for changed in operator(node))
    for child in node.children:
        if not (_calls(node, _SPEAKING) and isinstance(child, cst.Arg) and _is_text(child.value)):
            yield from _changes(child)


def _stays(node: cst.CSTNode) -> bool:
    """True for annotations, docstrings, logging, and texts for people."""
    if isinstance(node, cst.Annotation) or (isinstance(node, cst.Expr) and _is_text(node.value)):
        return True
    logs = isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "exception"
    return logs or _calls(node, _NOT_CHANGED)


def _calls(node: cst.CSTNode, names: frozenset[str]) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in names


def _is_text(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString)


def _diff(before: str, after: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))
