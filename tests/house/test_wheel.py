"""The package as it would be published holds every file of the source folder, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.house import tree


def test_wheel_holds_the_whole_package(tmp_path: Path) -> None:
    """Models, pages and the type marker travel with the code."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    done = subprocess.run(build, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = [path for path in tree.files() if path.is_relative_to(tree.SOURCE)]
    wanted = {tree.name(path).removeprefix("src/") for path in sources}

    assert packed == wanted
