"""Write docs/page.png: the page of `putar run openai-compute`, as a browser shows its first screen.

Needs a Chromium. The picture is not checked against the page, since fonts differ from machine to machine;
make it anew with `make picture` when the page's look has changed.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).with_name("page.png")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SILENT = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"
)


def main() -> None:
    """Run the model, open its page without a screen, and keep what is seen."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise SystemExit("no Chromium was found; install one to make the picture")
    with tempfile.TemporaryDirectory() as folder:
        putar = Path(sys.executable).with_name("putar")
        subprocess.run(
            [str(putar), "run", "openai-compute", "--out", folder], check=True, stdout=subprocess.DEVNULL
        )
        page = (Path(folder) / "openai-compute.html").as_uri()
        look = ["--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1440,1000"]
        keep = ["--virtual-time-budget=8000", f"--screenshot={PICTURE}", f"--user-data-dir={folder}/browser"]
        subprocess.run([browser, *SILENT.split(), *look, *keep, page], check=True, stderr=subprocess.DEVNULL)
    print(f"wrote {PICTURE.name}")


if __name__ == "__main__":
    main()
