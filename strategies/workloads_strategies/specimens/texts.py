"""Texts: line ends, white space, control characters, all of Unicode, other languages inside a text, and sizes."""

from __future__ import annotations

from typing import Final

from .model import JSON_ONLY, Specimen

_FREE_TEXT: Final = ("annotation", "env", "arg", "command")
_LABELS: Final = ("label", "annotation", "env", "arg")
_LARGE: Final = ("arg", "env")

_WRITTEN: Final[dict[str, tuple[str, str]]] = {
    "empty": ("", "charts whose value is not set"),
    "one-space": (" ", "a separator, as IFS and awk take it"),
    "two-spaces-inside": ("a  b", "hand-aligned arguments"),
    "leading-spaces": ("  a", "indented scripts"),
    "trailing-spaces": ("a  ", "Markdown's line break"),
    "trailing-spaces-in-a-line": ("a  \nb", "editors that keep white space"),
    "tab": ("a\tb", "TSV, makefiles"),
    "leading-tab": ("\ta", "here-documents with <<-"),
    "line-end-none": ("set -e\ntrue", "YAML's |-"),
    "line-end-one": ("set -e\ntrue\n", "YAML's |"),
    "line-end-two": ("set -e\ntrue\n\n", "YAML's |+"),
    "line-ends-only": ("\n\n", "templates that leave nothing"),
    "leading-line-end": ("\na", "templates"),
    "crlf": ("a\r\nb\r\n", "files saved on Windows"),
    "carriage-return": ("10%\r20%", "progress bars in messages"),
    "indented-first-line": ("  a\nb\n", "scripts cut out of others"),
    "script": ("#!/bin/sh\nset -eu\nfor i in 1 2; do\n\techo \"$i\" 'x' `date`\ndone\n", "everybody's jobs"),
    "here-document": ("python - <<'EOF'\nprint({'a': [1, 2]})  # {}\nEOF\n", "jobs with Python inside"),
    "shell-variables": ("$HOME ${HOME:-/} $$ $(date) $(NAME)", "shells, and Kubernetes' own expansion"),
    "json": ('{"a": [1, "b\\n", null], "c": {"d": 1e3}}', "configuration in variables"),
    "yaml": ("a: 1\nb:\n- c # d\n---\n...\n", "configuration in variables"),
    "template": ('{{ .Values.x | default "y" }} {% if a %} <%= b %> {{workflow.name}}', "Helm, Jinja, ERB, Argo"),
    "html": ("<a href=\"x\">&amp;</a> 'b'", "descriptions written in a form"),
    "url": ("https://a:b@c.invalid:8443/d%20e/?f=g+h&i=%2F#j", "endpoints"),
    "sql": ("'; DROP TABLE workloads; -- \" \\", "tests, and people called O'Neil"),
    "path-upwards": ("../../etc/../x", "relative paths"),
    "windows-path": ("C:\\new\\table\\u0041", "paths on Windows"),
    "backslash-at-the-end": ("a\\", "shell continuation"),
    "regular-expression": ("^(a|b)*\\d{2,}[^\\]]+$", "filters"),
    "format-signs": ("%s %d %(a)s {0} {a} %%", "log formats"),
    "quotes": ("'a' \"b\" `c` ''d'' \"\"e\"\"", "nested shells"),
    "comment-sign": ("a #b", "passwords and anchors of pages"),
    "colon-and-space": ("a: b", "headers of HTTP"),
    "dash-and-space": ("- a", "lists in notes"),
    "question-mark": ("? a", "notes"),
    "alias-sign": ("*a", "globs"),
    "anchor-sign": ("&a", "shells"),
    "tag-sign": ("!t", "shells"),
    "percent-first": ("%d", "formats"),
    "at-first": ("@x", "files given to curl"),
    "document-marker": ("---", "separators"),
    "document-end": ("...", "placeholders"),
    "merge-sign": ("<<", "here-documents"),
    "equals-sign": ("=", "padding"),
    "looks-like-flow": ("{a: [b]}", "templates"),
    "looks-like-an-empty-map": ("{}", "serialized defaults"),
    "looks-like-an-empty-list": ("[]", "serialized defaults"),
    "looks-like-null-tilde": ("~", "home directories"),
    "looks-like-infinity": (".inf", "limits"),
    "looks-like-a-time-of-day": ("1:30", "limits in Slurm's notation"),
    "looks-like-a-timestamp": ("2024-01-31T00:00:00Z", "schedules"),
    "looks-like-hexadecimal": ("0x1F", "masks"),
    "looks-like-octal-1.2": ("0o17", "file modes"),
    "looks-like-base64": ("aGVsbG8=", "encoded values"),
    "looks-like-a-signed-number": ("+1", "offsets"),
    "no-break-space": ("a\u00a0b", "text pasted from a page"),
    "zero-width-space": ("a\u200bb", "text pasted from a page"),
    "soft-hyphen": ("a\u00adb", "text pasted from a page"),
    "byte-order-mark-inside": ("a\ufeffb", "concatenated files"),
    "line-separator": ("a\u2028b", "JavaScript, rich text"),
    "paragraph-separator": ("a\u2029b", "rich text"),
    "private-use": ("a\ue0b0b", "prompts with Powerline's signs"),
    "latin-1": ("é ü ß Å", "names of people"),
    "cjk": ("漢字 かな 한글", "names of people"),
    "non-bmp": ("🚀 \U0001d4b3 𠮷", "release notes, names"),
    "joined-emoji": ("👩\u200d💻👍🏽", "release notes"),
    "combining": ("e\u0301 o\u0308", "file names of macOS"),
    "composed": ("\u00e9 \u00f6", "file names of others"),
    "compatibility": ("ﬁ ① Å K", "text pasted from a document"),
    "right-to-left": ("אבג \u202eabc\u202c \u0627", "names of people"),
    "turkish-i": ("\u0130 \u0131 I i", "names of people"),
    "1-kib": ("x" * 1024, "tokens, keys"),
    "256-characters": ("y" * 256, "long descriptions"),
    "long-line": ("word " * 400 + "end", "arguments of training runs"),
}
"""Texts, and who sends them. Kubernetes takes any text for an annotation's or a variable's value and as argument."""

_LABEL_VALUES: Final[dict[str, tuple[str, str]]] = {
    "looks-like-true": ("true", "labels that switch something"),
    "looks-like-no": ("no", "the country code of Norway"),
    "looks-like-yes": ("Yes", "answers of a form"),
    "looks-like-on": ("on", "switches"),
    "looks-like-y": ("y", "coordinates"),
    "looks-like-null": ("null", "scripts with an unset value"),
    "looks-like-a-number": ("8080", "ports"),
    "looks-like-zero": ("0", "indices"),
    "looks-like-octal-1.1": ("012", "numbers with zeros before them"),
    "looks-like-a-float": ("1.0", "versions"),
    "looks-like-a-longer-float": ("1.10", "versions"),
    "looks-like-an-exponent": ("1e3", "commit ids"),
    "looks-like-a-date": ("2024-01-31", "releases"),
    "looks-like-a-large-number": ("12345678901234567890", "account ids"),
    "looks-like-nan": ("NaN", "metrics"),
    "with-underscores": ("1_000", "numbers as Python writes them"),
    "mixed-case": ("A.b_c-D", "names of teams"),
    "63-characters": ("v" * 63, "names at the limit of a label"),
}
"""Texts that are labels' values, too."""

_REFUSABLE: Final[dict[str, tuple[str, str]]] = {
    "nul": ("a\x00b", "binary data by mistake"),
    "escape": ("\x1b[31mred\x1b[0m", "colours of terminals"),
    "bell": ("a\x07b", "prompts"),
    "backspace": ("a\bb", "manual pages"),
    "form-feed": ("a\fb", "listings"),
    "vertical-tab": ("a\vb", "spreadsheets"),
    "unit-separator": ("a\x1fb", "joined values"),
    "delete": ("a\x7fb", "terminals"),
    "next-line": ("a\u0085b", "mainframes"),
    "c1-control": ("a\x9bb", "terminals"),
    "noncharacter": ("a\ufffeb\uffffc", "tests"),
}
"""Control characters and others that JSON carries, and that stores and gateways may refuse."""

TEXTS: Final[tuple[Specimen, ...]] = (
    *(Specimen(f"texts/{name}", text, sender, _FREE_TEXT) for name, (text, sender) in _WRITTEN.items()),
    *(Specimen(f"texts/{name}", text, sender, _LABELS) for name, (text, sender) in _LABEL_VALUES.items()),
    *(
        Specimen(f"texts/{name}", text, sender, ("annotation", "env", "arg"), must_be_taken=False)
        for name, (text, sender) in _REFUSABLE.items()
    ),
    # Nothing promises that a manifest of any size is accepted.
    Specimen("texts/64-kib", "scripts " * 8192, "scripts in an argument", _LARGE, must_be_taken=False, large=True),
    Specimen(
        "texts/64-kib-of-lines", "a: b\n" * 13_107, "files in a variable", _LARGE, must_be_taken=False, large=True
    ),
    # As YAML it would fill the longest manifest that a server has to take.
    Specimen(
        "texts/1-mib",
        "z" * 2**20,
        "models in an argument",
        ("arg", "env"),
        must_be_taken=False,
        large=True,
        forms=JSON_ONLY,
    ),
)
