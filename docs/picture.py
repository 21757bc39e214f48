"""Write docs/page.png: the page of `putar run openai-compute`, as a browser shows its first screen.

Needs a Chromium. The picture is not checked against the page, since fonts differ from machine to machine;
make it anew with `make picture` when the page's look has changed.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).with_name("page.png")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Run the model, open its page without a screen, and keep what is seen once the members are drawn."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise SystemExit("no Chromium was found; install one to make the picture")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        putar = Path(sys.executable).with_name("putar")
        subprocess.run(
            [str(putar), "run", "openai-compute", "--out", folder], check=True, stdout=subprocess.DEVNULL
        )
        running = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        tab = running.new_page(viewport={"width": 1440, "height": 900})
        tab.goto((Path(folder) / "openai-compute.html").as_uri())
        tab.locator(".chart-note").get_by_text("300 members").wait_for(timeout=120_000)
        tab.screenshot(path=PICTURE)
        running.close()
    print(f"wrote {PICTURE.name}")


if __name__ == "__main__":
    main()
