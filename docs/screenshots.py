"""The pictures of the web page in docs/images: `make screenshots` starts the page, visits it and takes them.

It needs what `make install-browser` installs. The pictures are the page as it is, nothing is drawn into them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
QUESTION = "Vad gör NOA?"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


def main() -> int:
    """Take the pictures."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("screenshots: playwright is not installed; run `make install-browser`", file=sys.stderr)
        return 1
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "--port", "18990"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = ""
        while not (found := re.search(r"Öppna (\S+)", said)):
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                print(f"screenshots: the page did not start: {said}", file=sys.stderr)
                return 1
            said += line
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for suffix, size in (("", DESKTOP), ("-phone", PHONE)):
                _visit(browser, found[1], suffix, size)
            browser.close()
    finally:
        process.terminate()
        process.wait(20)
    return 0


def _visit(browser: Any, address: str, suffix: str, size: dict[str, int]) -> None:  # noqa: ANN401 - no types at hand
    """Take the pictures of one width."""
    page = browser.new_context(viewport=size, locale="sv-SE", reduced_motion="reduce").new_page()
    page.goto(address)
    page.wait_for_selector("#reply .waiting", state="visible")
    page.locator("#question").get_by_role("textbox").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#reply .who")
    page.wait_for_timeout(1_000)
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"page{suffix}.png")
    page.locator("nav [data-view=who]").click()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.screenshot(path=IMAGES / f"who{suffix}.png")
    page.locator("nav [data-view=map]").click()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.screenshot(path=IMAGES / f"map{suffix}.png")


if __name__ == "__main__":
    sys.exit(main())
