"""What is written and what is read back: values that change, vanish or move on their way through storage.

The answer to the write is right; only reading shows what became of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from workloads_conformance.reference.store import Store
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import edit_stored, edit_told, edit_workload, wrap
from workloads_conformance.selfcheck.values import of_texts, without

_READ_BACK = ("WV2-MANIFEST-009", "WV2-GET-006", "WV2-LIFE-008")


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@fault(*_READ_BACK)
def integers_become_texts() -> None:
    """Integers in the manifest are stored as texts."""
    edit_stored(lambda value: str(value) if _number(value) else value)


@fault(*_READ_BACK)
def numeric_texts_become_numbers() -> None:
    """A text such as "012" is stored as a number: a variable of the container changes."""
    edit_stored(of_texts(lambda text: int(text) if text.isascii() and text.isdigit() else text))


@fault(*_READ_BACK)
def integers_beyond_32_bits_wrap() -> None:
    """Integers beyond 32 bits wrap round on their way to storage."""
    edit_stored(lambda value: (value + 2**31) % 2**32 - 2**31 if _number(value) else value)


@fault(*_READ_BACK)
def booleans_become_numbers() -> None:
    """true is stored as 1."""
    edit_stored(lambda value: int(value) if isinstance(value, bool) else value)


@fault(*_READ_BACK)
def false_is_dropped() -> None:
    """Members that are false are not stored: suspend: false is gone."""
    edit_stored(without(lambda value: value is False))


@fault(*_READ_BACK)
def zero_is_dropped() -> None:
    """Members that are 0 are not stored: replicas: 0 becomes the default of one."""
    edit_stored(without(lambda value: _number(value) and value == 0))


@fault(*_READ_BACK)
def empty_texts_are_dropped() -> None:
    """Members that are empty texts are not stored."""
    edit_stored(without(lambda value: value == ""))


@fault(*_READ_BACK)
def empty_maps_are_dropped() -> None:
    """Empty maps are not stored: emptyDir: {} leaves a volume of no kind."""
    edit_stored(without(lambda value: value == {}))


@fault(*_READ_BACK)
def empty_lists_are_dropped() -> None:
    """Empty lists are not stored: args: [] becomes the image's own arguments."""
    edit_stored(without(lambda value: value == []))


@fault(*_READ_BACK)
def lists_are_sorted() -> None:
    """Lists of texts are stored sorted: a command runs with its arguments in another order."""
    edit_stored(
        lambda value: sorted(value) if isinstance(value, list) and all(isinstance(i, str) for i in value) else value
    )


@fault(*_READ_BACK)
def lists_are_sets() -> None:
    """What is duplicated in a list is stored once."""
    edit_stored(
        lambda value: (
            list(dict.fromkeys(value))
            if isinstance(value, list) and all(isinstance(item, str) for item in value)
            else value
        )
    )


@fault(*_READ_BACK)
def second_container_is_lost() -> None:
    """Of several containers only the first is stored."""

    def first(value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("containers"), list):
            value["containers"] = value["containers"][:1]
        return value

    edit_stored(first)


@fault(*_READ_BACK)
def annotations_are_lost() -> None:
    """Annotations are not stored."""

    def strip(value: Any) -> Any:
        return {key: item for key, item in value.items() if key != "annotations"} if isinstance(value, dict) else value

    edit_stored(strip)


@fault(*_READ_BACK)
def texts_are_cut_at_255() -> None:
    """Texts are cut at 255 characters, as a column of that width does."""
    edit_stored(of_texts(lambda text: text[:255]))


@fault(*_READ_BACK)
def texts_are_trimmed() -> None:
    """White space around texts is lost."""
    edit_stored(of_texts(str.strip))


@fault(*_READ_BACK)
def line_ends_become_spaces() -> None:
    """Line ends in texts become spaces."""
    edit_stored(of_texts(lambda text: text.replace("\n", " ")))


@fault(*_READ_BACK)
def unicode_is_mangled() -> None:
    """Texts are written in UTF-8 and read in Latin-1."""
    edit_stored(of_texts(lambda text: text.encode("utf-8", "replace").decode("latin-1")))


@fault(*_READ_BACK)
def unicode_is_replaced() -> None:
    """Letters outside ASCII become question marks."""
    edit_stored(of_texts(lambda text: text.encode("ascii", "replace").decode()))


@fault(*_READ_BACK)
def astral_characters_are_lost() -> None:
    """Characters of four bytes in UTF-8, emoji among them, are lost, as in a database of three."""
    edit_stored(of_texts(lambda text: "".join(letter for letter in text if ord(letter) < 0x10000)))


@fault(*_READ_BACK)
def texts_are_escaped_for_html() -> None:
    """Quotes and angle brackets come back as HTML entities."""
    edit_stored(of_texts(lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")))


@fault(*_READ_BACK)
def dots_in_keys_make_levels() -> None:
    """Dots in keys become levels: the label example.com/x is a map."""

    def nested(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        result: dict[str, Any] = {}
        for key, item in value.items():
            head, dot, rest = key.partition(".")
            result[head] = {rest: item} if dot else item
        return result

    edit_stored(nested)


@fault(*_READ_BACK)
def keys_are_lower_cased() -> None:
    """Keys of variables and labels come back in lower case."""
    edit_stored(lambda value: {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else value)


@fault(*_READ_BACK)
def dollar_signs_are_expanded() -> None:
    """$HOME in a script is expanded, on the server."""
    edit_stored(of_texts(lambda text: text.replace("$HOME", "/root")))


@fault(*_READ_BACK)
def deep_values_are_lost() -> None:
    """What is nested more than eight levels deep is not stored."""

    def cut(value: Any, level: int = 0) -> Any:
        if level > 8 and isinstance(value, dict | list):
            return type(value)()
        if isinstance(value, dict):
            return {key: cut(item, level + 1) for key, item in value.items()}
        return [cut(item, level + 1) for item in value] if isinstance(value, list) else value

    edit_workload(lambda workload: workload.update(rawManifest=cut(workload["rawManifest"])), "get")


@fault("WV2-UPDATE-004", "WV2-UPDATE-005", also=("WV2-MANIFEST-009", "WV2-LIFE-008", "WV2-RACE-003"))
def updated_manifest_is_read_from_the_cache() -> None:
    """Reading shows the manifest of the create forever; updates only reach the answer to PUT."""
    first: dict[str, dict[str, Any]] = {}

    def remember(workload: dict[str, Any]) -> None:
        manifests = {key: workload[key] for key in ("rawManifest", "workloadManifest")}
        workload.update(first.setdefault(workload["metadata"]["id"], copy.deepcopy(manifests)))

    edit_workload(remember, "create", "get")


@fault("WV2-GET-006")
def name_is_read_in_capitals() -> None:
    """GET shows the name in capitals, POST did not."""
    edit_told(lambda told: told.update(name=told["name"].upper()), "get")


@fault("WV2-GET-006")
def created_by_is_the_system() -> None:
    """GET shows the system as creator: nobody can find out whose workload it is."""
    edit_told(lambda told: told.update(createdBy="system"), "get")


@fault("WV2-GET-006")
def gvk_is_read_from_another_kind() -> None:
    """GET shows another group than POST did."""
    edit_told(lambda told: told["gvk"].update(group="extensions"), "get")


@fault("WV2-GET-006")
def project_is_read_from_another() -> None:
    """GET shows another project than POST did."""
    edit_told(lambda told: told.update(projectId="4500002", projectName="language"), "get")


@fault("WV2-CREATE-016", "WV2-GET-006", also=("WV2-UPDATE-*", "WV2-LIFE-008"))
def category_is_not_stored() -> None:
    """POST returns the category that was asked for; reading shows Other for all."""
    edit_told(lambda told: told.update(category="Other"), "get")


@fault("WV2-CREATE-016", "WV2-GET-006", also=("WV2-UPDATE-*", "WV2-LIFE-008"))
def priority_is_not_stored() -> None:
    """POST returns the priority that was asked for; reading shows the type's default."""
    edit_told(lambda told: told.update(priority="low"), "get")


@fault("WV2-CREATE-016", "WV2-CREATE-028", "WV2-GET-006", also=("WV2-UPDATE-015", "WV2-LIFE-008"))
def preemptibility_is_not_stored() -> None:
    """POST returns the preemptibility that was asked for; reading shows preemptible for all."""
    edit_told(lambda told: told.update(preemptibility="preemptible"), "get")


@fault("WV2-LIFE-001")
def created_at_is_stamped_late() -> None:
    """createdAt is stamped after updatedAt: the workload was updated before it was created."""

    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def late(self: Store, *arguments: object) -> object:
            made = make(self, *arguments)
            made.created_at += timedelta(milliseconds=3)
            return made

        return late

    wrap(Store, "_new", around)
