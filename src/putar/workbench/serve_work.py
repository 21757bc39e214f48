"""The work behind `putar serve`: each question is answered by a process of its own, which can be stopped.

The process is the command line itself with `--json`, so an answer is what a person in a terminal gets. A
model that never ends costs its seconds and is then killed with all that it started; the server lives on. The
same question asked by many at once is computed once, and answers are kept until the model's files change.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from putar.errors import UsageError
from putar.workbench.serve_questions import Limits

__all__ = ["Busy", "TooLong", "Workers", "signature"]

COMMAND = "import sys; from putar.cli import main; main(prog_name='putar')"
KEPT = 64  # answers
KEPT_BYTES = 256_000_000  # of all of them together
MOST_FILES = 2000  # that are looked at before an answer is taken for a model's latest
READ = 1 << 16


class Busy(Exception):
    """Too many questions wait already."""


class TooLong(Exception):
    """A question took longer, or its answer is longer, than it may be."""


def signature(path: Path | None) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a model's files do; of a shipped flywheel, nothing ever does.

    A file of a model may read any file of its folder, so all of them count, but for hidden folders. Where
    that is more than MOST_FILES, no two signatures are the same.
    """
    if path is None:
        return ()
    found: list[tuple[str, int, int]] = []
    for folder, inner, names in os.walk(path if path.is_dir() else path.parent):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder) / name
            with contextlib.suppress(OSError):  # gone since it was listed
                stat = file.stat()
                found.append((str(file), stat.st_mtime_ns, stat.st_size))
        if len(found) + len(inner) > MOST_FILES:
            return (("", time.monotonic_ns(), 0),)
    return tuple(found)


@dataclass
class Workers:
    """Answers questions, so many at a time, and remembers the latest answers."""

    limits: Limits
    at_once: int = field(default_factory=lambda: max(1, (os.cpu_count() or 2) // 2))
    running: dict[object, asyncio.Future[bytes]] = field(default_factory=dict)
    kept: OrderedDict[object, bytes] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        """Make the turnstile."""
        self.turn = asyncio.Semaphore(self.at_once)

    async def ask(self, words: Sequence[str], model: str, path: Path | None) -> bytes:
        """Return the JSON document that a command prints for a model.

        Parameters
        ----------
        words : of the command, without the model
        model : the name or path that the command gets
        path : of a model that is no shipped one, whose changes make an answer old

        Raises
        ------
        UsageError
            With the command's own message, where it refuses the question.
        Busy, TooLong
            If too many wait, or it takes too long.
        """
        wanted = (tuple(words), model, signature(path))
        return await self._once(wanted, lambda: self._document(words, model))

    async def page(self, model: str, path: Path | None, language: str) -> bytes:
        """Return the page that `putar run` writes for a model, as bytes of HTML."""

        async def made() -> bytes:
            with tempfile.TemporaryDirectory(prefix="putar-") as folder:
                await self._run(
                    ["run", f"--out={folder}", f"--lang={language}", "--served", "--json", "--", model]
                )
                (file,) = Path(folder).glob("*.html")
                return file.read_bytes()

        return await self._once(("page", model, language, signature(path)), made)

    async def _document(self, words: Sequence[str], model: str) -> bytes:
        if words[0] != "run" or any(word.startswith("--table") for word in words):
            return await self._run([*words, "--json", "--", model])
        with tempfile.TemporaryDirectory(prefix="putar-") as folder:
            raw = await self._run([*words, f"--out={folder}", "--json", "--", model])
            return json.dumps({**_object(raw), "files": []}, ensure_ascii=False).encode()

    async def _once(self, wanted: object, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return what is kept, wait for who computes it, or compute it; never the same twice at a time."""
        if wanted in self.kept:
            self.kept.move_to_end(wanted)
            return self.kept[wanted]
        found = self.running.get(wanted)
        if found is None:
            if len(self.running) >= self.limits.waiting:
                raise Busy
            found = asyncio.ensure_future(make())
            self.running[wanted] = found
            found.add_done_callback(lambda done: self._keep(wanted, done))
        return await asyncio.shield(found)  # one who leaves does not stop it for the others

    def _keep(self, wanted: object, done: asyncio.Future[bytes]) -> None:
        self.running.pop(wanted, None)
        if not done.cancelled() and done.exception() is None:
            self.kept[wanted] = done.result()
            while len(self.kept) > KEPT or sum(map(len, self.kept.values())) > KEPT_BYTES:
                self.kept.popitem(last=False)

    async def _run(self, words: Sequence[str]) -> bytes:
        """Return what a command prints; kill it, and all that it started, when its time is over."""
        async with self.turn:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # no module is taken from the folder that the server was started in
                "-c",
                COMMAND,
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, "PUTAR_LANG": "en", "NO_COLOR": "1"},
                start_new_session=os.name == "posix",
            )
            try:
                async with asyncio.timeout(self.limits.seconds):
                    printed, said = await asyncio.gather(
                        self._read(process.stdout), self._read(process.stderr)
                    )
                    code = await process.wait()
            except (TimeoutError, TooLong):
                raise TooLong from None
            finally:
                await _end(process)
        if code == 2:
            what, _, fix = said.decode(errors="replace").strip().rpartition("\n  fix: ")
            raise UsageError(what or fix, fix if what else "")
        if code not in (0, 1) or not printed:
            raise UsageError("the question failed in the model's process", _last_line(said))
        return printed

    async def _read(self, stream: asyncio.StreamReader | None) -> bytes:
        """Return all of a stream that is not longer than an answer may be."""
        assert stream is not None
        parts, size = [], 0
        while part := await stream.read(READ):
            size += len(part)
            if size > self.limits.answer:
                raise TooLong
            parts.append(part)
        return b"".join(parts)


def _object(raw: bytes) -> Mapping[str, object]:
    found = json.loads(raw)
    assert isinstance(found, dict)
    return found


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a process and what it started, and wait until it is gone."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
    await process.wait()
