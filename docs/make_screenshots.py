"""Makes the pictures of report.html in this directory: of a run that passed and of one that failed.

Run it with the project, its test dependencies and Chromium: `python docs/make_screenshots.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from support.browser import chromium  # noqa: E402 - found by the line above
from support.servers import Call, Changed, Reply, serving  # noqa: E402


def forgets_dry_run(call: Call) -> Call:
    """Makes dry runs real creates."""
    return Call(call.method, call.path, b"", call.headers, call.body)


def code_is_one_more(_call: Call, reply: Reply) -> Reply:
    """Makes the code of an error differ from the status."""
    return reply.with_json(reply.json | {"code": reply.status + 1}) if reply.status >= 400 else reply


def run(directory: Path, flags: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Judges a server; the report goes to `directory`."""
    options = [word for key, value in flags.items() for word in (f"--{key}", value)]
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "workloads_conformance", "run", "--profile", "smoke", *options],
        env={**os.environ, **environ, "WORKLOADS_CONFORMANCE_REPORT_DIR": str(directory)},
        check=False,
    )


def picture(report: Path, name: str, *, scheme: Literal["light", "dark"] = "light") -> None:
    """Takes a picture of the upper part of a page."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1100, "height": 1300}, color_scheme=scheme)
        page.goto((report / "report.html").as_uri())
        page.screenshot(path=HERE / name)


def main() -> None:
    """Runs the suite twice and takes the pictures."""
    with tempfile.TemporaryDirectory() as directory:
        passed, failed = Path(directory, "passed"), Path(directory, "failed")
        run(passed, {}, {})
        with serving(Changed(before=forgets_dry_run, after=code_is_one_more)) as target:
            run(failed, target.flags, target.environ)
        picture(passed, "report-passed.png")
        picture(failed, "report-failed.png")
        picture(failed, "report-failed-dark.png", scheme="dark")


if __name__ == "__main__":
    main()
