"""A server in a process of its own, with the shipped flywheels, a bakery and a model that never ends."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flywheels.bakery import FILES, write

SCRIPT = """
import sys
from putar.workbench.serve_questions import Limits
from putar.workbench.server import serve
limits = Limits(members=500, seconds=20, patience=1.5)
serve(sys.argv[1:], 0, limits, lambda address: print(address, flush=True))
"""


@dataclass(frozen=True)
class Server:
    """Where a server listens, the process that it is, and the folder of its bakery."""

    port: int
    process: int
    bakery: Path

    def ask(
        self, method: str, path: str, body: bytes | None = None, seconds: float = 120, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request; return status, headers and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body, named)
            found = connection.getresponse()
            return found.status, {key.lower(): value for key, value in found.getheaders()}, found.read()
        finally:
            connection.close()

    def question(self, model: str, name: str, body: object = None, **more: Any) -> tuple[int, Any]:
        """Put a question; return status and document."""
        raw = json.dumps({} if body is None else body).encode()
        address = f"/api/models/{model}/{name}"
        status, _, said = self.ask("POST", address, raw, content_type="application/json", **more)
        return status, json.loads(said)


def endless(folder: Path) -> Path:
    """Write a model whose loops take longer than anybody waits: nine million steps, each of them scored."""
    toml = FILES["flywheel.toml"].replace('name = "bakery"', 'name = "endless"')
    toml = toml.replace("stop = 10.0", "stop = 9000.0").replace('step = "1/4"', 'step = "1/1024"')
    return write(folder / "endless", flywheel_toml=toml)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run a server until the tests have asked it everything."""
    bakery = write(folder / "bakery")
    own = [str(bakery), str(endless(folder))]
    with subprocess.Popen([sys.executable, "-c", SCRIPT, *own], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            assert address.startswith("http://127.0.0.1:"), process.poll()
            yield Server(int(address.rstrip("/").rpartition(":")[2]), process.pid, bakery)
        finally:
            process.terminate()
