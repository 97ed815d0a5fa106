"""A changed source in the place of one of the reference server's modules, in the process that asks for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType

PACKAGE = "workloads_conformance.reference"


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        """Returns the changed code, in place of the file's and of what is cached of it."""
        del fullname
        return compile(self._source, self.path, "exec")


class _Finder(MetaPathFinder):
    def __init__(self, module: str, source: str) -> None:
        self._module, self._source = module, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the spec of the one module, found where it is and loaded from the changed source."""
        found = PathFinder.find_spec(fullname, path, target) if fullname == self._module else None
        if found is None or found.origin is None:
            return None
        return spec_from_file_location(fullname, found.origin, loader=_Loader(fullname, found.origin, self._source))


def put_source(module: str, source: str) -> None:
    """Has the next import of the reference server take `source` for the module of this name.

    All of the package is forgotten, for its modules take names from each other.
    """
    for name in list(sys.modules):
        if name == PACKAGE or name.startswith(f"{PACKAGE}."):
            del sys.modules[name]
    sys.meta_path.insert(0, _Finder(f"{PACKAGE}.{module}", source))
