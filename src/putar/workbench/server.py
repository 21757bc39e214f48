"""`putar serve`: the same pages on this machine, with heavier questions asked of Python over HTTP.

Only this module knows the web framework. It listens on 127.0.0.1 and answers nobody but the pages that it
serves itself and programs on this machine: a request under another host's name, or from another site's
page, is refused. No part of an address becomes a path: models are found by their names in a table that is
made when the server starts. What a question may cost is in `serve_questions.Limits`.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from putar.errors import PutarError, UsageError, nearest
from putar.flywheels.catalogue import find, names
from putar.flywheels.story import read_story
from putar.words.catalogue import SOURCE, languages
from putar.workbench.serve_index import index_text
from putar.workbench.serve_openapi import REFUSALS, openapi
from putar.workbench.serve_questions import QUESTIONS, Limits, words_of
from putar.workbench.serve_work import Busy, TooLong, Workers

__all__ = ["Served", "application", "models", "serve"]

HOSTS = ("127.0.0.1", "localhost", "[::1]")

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A model that is served: its name in addresses, what commands call it, its files if it does not ship."""

    name: str
    asked: str
    path: Path | None
    row: Mapping[str, object]


def models(own: Sequence[str]) -> dict[str, Served]:
    """Return what is served by name: the shipped flywheels, and models by their paths.

    Raises
    ------
    UsageError
        If a path leads to no model, or two models have one name.
    """
    found: dict[str, Served] = {}
    for asked in (*names(), *own):
        flywheel = find(asked)
        shipped = asked.replace("_", "-") in names()
        name = re.sub(r"[^a-z0-9]+", "-", flywheel.name.lower()).strip("-") or "model"
        if name in found and (shipped or found[name].asked == asked):
            continue  # a shipped one that was named as well
        if name in found:
            raise UsageError(f"two models are called {name!r}", "rename one of their folders")
        row = {
            "name": name,
            "title": flywheel.title or flywheel.name,
            "subsystems": len(flywheel.model.subsystems),
            "variables": sum(v.kind != "constant" for v in flywheel.model.variables),
            "links": len(flywheel.links),
            "claims": len(read_story(flywheel).claims),
            "facts": len(flywheel.facts),
            "question": flywheel.question,
            "texts": {each: dict(_told(flywheel.texts(each), flywheel)) for each in languages()},
        }
        path = None if shipped else Path(asked).expanduser().resolve()
        found[name] = Served(name, flywheel.name if shipped else str(path), path, row)
    return found


def _told(table: Mapping[str, str], flywheel: Any) -> list[tuple[str, str]]:
    return [(text, table[text]) for text in (flywheel.title, flywheel.question) if text in table]


def application(served: Mapping[str, Served], limits: Limits, at_once: int | None = None) -> ASGIApp:
    """Return the application: routes, and before them the guard that every request passes."""
    workers = Workers(limits) if at_once is None else Workers(limits, at_once)

    def model_of(request: Request) -> Served:
        name = request.path_params["model"]
        if name not in served:
            near = nearest(name[:100], served)
            raise Refused(
                404, f"no model {name[:100]!r} is served", f"did you mean {near!r}?" if near else ""
            )
        return served[name]

    async def index(request: Request) -> Response:
        return HTMLResponse(index_text([each.row for each in served.values()], _language(request)))

    async def page(request: Request) -> Response:
        model = model_of(request)
        return HTMLResponse(await workers.page(model.asked, model.path, _language(request)))

    async def listed(_: Request) -> Response:
        rows = [{k: v for k, v in each.row.items() if k != "texts"} for each in served.values()]
        return JSONResponse({"flywheels": rows})

    async def described(_: Request) -> Response:
        return JSONResponse(openapi(limits))

    def asked(name: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            model = model_of(request)
            words = words_of(name, await _body(request, limits), limits)
            document = await workers.ask(words, model.asked, model.path)
            return Response(document, media_type="application/json")

        return answer

    routes = [
        Route("/", index),
        Route("/openapi.json", described),
        Route("/api/models", listed),
        *(Route(f"/api/models/{{model}}/{name}", asked(name), methods=["POST"]) for name in QUESTIONS),
        Route("/{model}", lambda request: RedirectResponse(f"/{model_of(request).name}/", 308)),
        Route("/{model}/", page),
    ]
    refusals: dict[Any, Callable[[Request, Exception], Response]] = {
        Refused: lambda _, error: _refusal(*error.args),
        PutarError: lambda _, error: _refused_question(error),
        Busy: lambda _, __: _refusal(503, REFUSALS[503], "ask again in some seconds", {"retry-after": "5"}),
        TooLong: lambda _, __: _refusal(504, f"{REFUSALS[504]} after {limits.seconds:g} s", "ask for less"),
        404: lambda _, __: _refusal(404, REFUSALS[404], "see /openapi.json"),
        405: lambda _, __: _refusal(405, REFUSALS[405], "see /openapi.json"),
        500: lambda _, __: _refusal(500, "the server failed; its terminal says more", ""),
    }
    return Guard(Starlette(routes=routes, exception_handlers=refusals))


class Refused(Exception):
    """A request that is not answered: status, why, and what would put it right."""


class Guard:
    """Lets only this machine's own requests through, and puts the safety headers on every answer."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                fixed = [(key.encode(), value.encode()) for key, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *fixed]
            await send(message)

        why = foreign(Request(scope))
        if why:
            await _refusal(403, REFUSALS[403], why)(scope, receive, sent)
            return
        await self.inner(scope, receive, sent)


def foreign(request: Request) -> str:
    """Return why a request is not one of this machine's own, or nothing."""
    server = request.scope.get("server") or ("127.0.0.1", None)
    hosts = {f"{name}:{server[1]}" for name in HOSTS}
    host = request.headers.get("host", "")
    if host.lower() not in hosts:
        return f"the host is {host[:100]!r}; use one of {', '.join(sorted(hosts))}"
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return f"the request comes from {origin[:100]!r}"
    site = request.headers.get("sec-fetch-site", "none")
    if site not in ("none", "same-origin"):
        return f"the browser says that it comes from elsewhere ({site[:40]})"
    return ""


async def _body(request: Request, limits: Limits) -> object:
    """Return the JSON of a body; nothing that is too large or too slow is read to its end."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = bytearray()
    try:
        async with asyncio.timeout(limits.patience):
            async for part in request.stream():
                raw += part
                if len(raw) > limits.body:
                    raise Refused(413, REFUSALS[413], f"{limits.body} bytes is the most")
    except TimeoutError:
        raise Refused(408, REFUSALS[408], f"{limits.patience:g} s is the most") from None
    except ClientDisconnect:
        raise Refused(400, REFUSALS[400], "") from None
    if not raw:
        return {}
    if kind != "application/json":
        raise Refused(415, REFUSALS[415], "set content-type: application/json")
    try:
        return json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(400, REFUSALS[400], 'send {} or {"members": 100}') from None


def _no_number(word: str) -> float:
    raise ValueError(word)


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", SOURCE)
    return asked if asked in languages() else SOURCE


def _refusal(status: int, error: str, fix: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    document = {"error": error, "fix": fix} if fix else {"error": error}
    return JSONResponse(document, status, dict(headers or {}))


def _refused_question(error: Exception) -> JSONResponse:
    if isinstance(error, UsageError):
        return _refusal(422, error.what, error.fix)
    return _refusal(422, str(error), "")


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that closes on who does not finish the head of a request in time."""

    patience = Limits().patience
    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; wait on for the head of a request that is not whole."""
        super().data_received(data)
        if self._answering():
            self._stop_waiting()
        elif self.deadline is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self.deadline = self.loop.call_later(self.patience, self._give_up)

    def _stop_waiting(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _give_up(self) -> None:
        self.deadline = None
        if not self._answering():
            self.transport.close()

    def _answering(self) -> bool:
        """Return whether a request is whole and its answer is not."""
        cycle: Any = self.cycle  # typed as always there, but it is not before the first request
        return cycle is not None and not cycle.response_complete


def serve(own: Sequence[str], port: int, limits: Limits, ready: Callable[[str], None]) -> None:
    """Serve the shipped flywheels and own models until the process is interrupted.

    Parameters
    ----------
    port : on 127.0.0.1; 0 for any that is free
    ready : called with the address when the server listens

    Raises
    ------
    UsageError
        If a model cannot be read, or the port is in use.
    """
    app = application(models(own), limits)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        what = f"port {port} of 127.0.0.1 cannot be had: {error.strerror or error}"
        raise UsageError(what, "choose another: --port 0 takes any that is free") from None
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        http=type("Patient", (PatientProtocol,), {"patience": limits.patience}),
        ws="none",
        lifespan="off",
        server_header=False,
        timeout_keep_alive=max(1, int(limits.patience)),
        timeout_graceful_shutdown=2,
        limit_concurrency=2000,
        h11_max_incomplete_event_size=32_768,
    )
    listening.listen(config.backlog)  # who hears the address may ask at once
    ready(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    uvicorn.Server(config).run(sockets=[listening])
