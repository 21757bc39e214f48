"""Settings of the whole suite: the same examples on every machine, compiled programs beside the tests."""

import os
from pathlib import Path

from hypothesis import settings

# A shared machine may pause any test, so time says nothing about an example; a fixed order of examples means
# that what passes for one person passes for all.
settings.register_profile("putar", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("putar")

# Compiled programs are kept within the repository, so that tests neither use nor fill the cache of the user;
# command lines that tests start inherit this.
os.environ["PUTAR_CACHE"] = str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "putar")
