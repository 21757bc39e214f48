"""`putar serve`: the same documents over HTTP, and what it survives."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import putar
from putar.cli import main
from putar.errors import UsageError
from putar.study import shipped_rows
from putar.workbench.serve_questions import QUESTIONS, Limits
from tests.flywheels.bakery import write
from tests.house import tree
from tests.workbench.serving import Server, serving

pytest.importorskip("starlette", reason="the extra 'server' is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the shipped flywheels, a bakery and a model that never ends."""
    with serving(tmp_path_factory.mktemp("served")) as found:
        yield found


# ---------------------------------------------------------------- what it says


def test_first_page_lists_what_is_served_in_both_languages(server: Server) -> None:
    """Titles and questions, each leading to its page; no script, nothing loaded."""
    status, headers, raw = server.ask("GET", "/?lang=id")
    text = raw.decode()

    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Roda penggerak komputasi OpenAI" in text
    assert [*re.findall(r'<h2><a href="/([\w-]+)/\?lang=id">', text)] == [
        *("openai-compute", "tesla-xai-spacex", "bakery", "endless")
    ]
    assert "Flywheels on this machine" in server.ask("GET", "/")[2].decode()
    assert "<script" not in text


def test_models_are_listed_as_the_command_lists_them(server: Server, tmp_path: Path) -> None:
    """Name, title and sizes of every model, own ones too."""
    status, _, raw = server.ask("GET", "/api/models")
    rows = {row["name"]: row for row in json.loads(raw)["flywheels"]}
    shipped = next(row for row in shipped_rows() if row["name"] == "openai-compute")

    assert status == 200
    assert {key: rows["openai-compute"][key] for key in shipped} == shipped
    assert rows["bakery"]["title"] == "A bakery"


def test_answer_is_the_document_of_the_command_line(server: Server, tmp_path: Path) -> None:
    """The same numbers, under the same settings."""
    body = {"set": {"oven.ploughback": 0.4, "oven.ploughback@7": 0.2}, "members": 20, "seed": 3}
    status, found = server.question("bakery", "links", body)
    study = putar.load(write(tmp_path / "bakery"))
    asked = study.links(set=["oven.ploughback=0.4", "oven.ploughback=0.2@7"], members=20, seed=3).as_json()

    assert status == 200
    assert [row["shapley"] for row in found["links"]] == [row["shapley"] for row in asked["links"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name not in ("table", "moat")])
def test_every_question_has_the_keys_that_openapi_promises(server: Server, name: str) -> None:
    """The description is true."""
    status, found = server.question("bakery", name, {"members": 30} if name == "sensitivity" else {})
    described = json.loads(server.ask("GET", "/openapi.json")[2])
    answer = described["paths"][f"/api/models/{{model}}/{name}"]["post"]["responses"]["200"]
    wanted = answer["content"]["application/json"]["schema"]["required"]

    assert status == 200, found
    assert set(wanted) - set(found) == set()


def test_questions_a_model_has_no_answer_to_are_refused_in_its_words(server: Server) -> None:
    """As on the command line: a table that is not declared, rivals that are not named."""
    assert server.question("bakery", "table", {"table": "nothing"})[0] == 422
    status, found = server.question("bakery", "moat")

    assert status == 422
    assert "rival" in found["error"]


def test_changed_model_gives_a_new_answer(server: Server) -> None:
    """An answer is kept only while the files stay as they are."""
    before = server.question("bakery", "links")[1]
    file = server.bakery / "parameters.toml"
    text = file.read_text(encoding="utf-8")
    try:
        file.write_text(re.sub(r"value = 0\.3\b", "value = 0.35", text), encoding="utf-8")
        after = server.question("bakery", "links")[1]
    finally:
        file.write_text(text, encoding="utf-8")

    assert before["all"] != after["all"]


def test_all_files_that_a_model_may_read_make_its_answers_old(tmp_path: Path) -> None:
    """What a file includes from its folder counts, hidden folders do not, and too many are never the same."""
    from putar.workbench import serve_work

    model = tmp_path / "model.xmile"
    for name in ("model.xmile", "parts/included.xmile", ".git/HEAD"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one", encoding="utf-8")
    before = serve_work.signature(model)
    (tmp_path / ".git/HEAD").write_text("another", encoding="utf-8")
    same = serve_work.signature(model)
    (tmp_path / "parts/included.xmile").write_text("another", encoding="utf-8")
    after = serve_work.signature(model)
    for number in range(serve_work.MOST_FILES):
        (tmp_path / f"{number}.csv").touch()

    assert before == same
    assert before != after
    assert serve_work.signature(model) != serve_work.signature(model)


def test_kept_answers_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest leave when all together are too many bytes."""
    from putar.workbench import serve_work

    monkeypatch.setattr(serve_work, "KEPT_BYTES", 25)
    workers = serve_work.Workers(Limits(), 1)

    async def ten() -> bytes:
        return b"0123456789"

    async def ask() -> None:
        for wanted in "abc":
            assert await workers._once(wanted, ten) == b"0123456789"
        await asyncio.sleep(0)

    asyncio.run(ask())

    assert [*workers.kept] == ["b", "c"]


@pytest.mark.browser
def test_python_is_asked_with_the_readers_cut_date(server: Server, browser: Any) -> None:
    """The date goes with the question, and the answer is the one for that date."""
    tab = browser.new_page()
    tab.goto(f"http://127.0.0.1:{server.port}/bakery/#cut=own_oven&cut_from=7")
    tab.locator("#ask input").fill("20")
    with tab.expect_response("**/api/models/bakery/run") as answered:
        tab.locator("#ask .ask-button").click()
    said = answered.value.json()
    tab.close()
    body = answered.value.request.post_data_json
    _, usual = server.question("bakery", "run", {**body, "cut_from": 5.0})

    assert (body["cut"], body["cut_from"]) == (["own_oven"], 7)
    assert said["headline"] == server.question("bakery", "run", body)[1]["headline"]
    assert said["headline"] != usual["headline"]


# ---------------------------------------------------------------- what it survives


def test_two_hundred_clients_at_once(server: Server) -> None:
    """Everybody gets the whole answer; who asks the same waits for the same run."""

    def client(number: int) -> tuple[int, str]:
        if number % 2:
            return server.ask("GET", "/")[0], "page"
        status, found = server.question("bakery", "links", {"seed": number % 8})
        return status, f"{found['all']:.9g}"

    server.question("bakery", "links")
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(client, range(200)))

    assert {status for status, _ in answers} == {200}
    assert len({what for _, what in answers}) == 2  # the first page, and one number


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("POST", "/api/models/bakery/links", b'{"members": 1}' + b" " * 70_000, "application/json", 413),
        ("POST", "/api/models/bakery/links", b"{", "application/json", 400),
        ("POST", "/api/models/bakery/links", b"\xff\xfe", "application/json", 400),
        ("POST", "/api/models/bakery/links", b"[" * 60_000, "application/json", 400),
        ("POST", "/api/models/bakery/links", b'{"members": NaN}', "application/json", 400),
        ("POST", "/api/models/bakery/links", b"[]", "application/json", 422),
        ("POST", "/api/models/bakery/links", b"{}", "text/plain", 415),
        ("POST", "/api/models/bakery/links", b'{"members": 501}', "application/json", 422),
        ("POST", "/api/models/bakery/links", b'{"members": -1}', "application/json", 422),
        ("POST", "/api/models/bakery/links", b'{"members": true}', "application/json", 422),
        ("POST", "/api/models/bakery/links", b'{"from": 1' + b"0" * 400 + b"}", "application/json", 422),
        ("POST", "/api/models/bakery/links", b'{"scenario": "--out=/"}', "application/json", 422),
        ("POST", "/api/models/bakery/links", b'{"output": "x; rm -r"}', "application/json", 422),
        ("POST", "/api/models/bakery/links", b'{"data": ["/etc/passwd"]}', "application/json", 422),
        ("GET", "/api/models/bakery/links", None, "", 405),
        ("DELETE", "/bakery/", None, "", 405),
        ("POST", "/api/models/bakery/delete", b"{}", "application/json", 404),
    ],
)
def test_oversized_and_malformed_requests_are_refused(
    server: Server, method: str, path: str, body: bytes | None, kind: str, status: int
) -> None:
    """Each with its status and a sentence; nothing is computed."""
    found, headers, raw = server.ask(method, path, body, content_type=kind)

    assert found == status
    assert headers["content-type"] == "application/json"
    assert json.loads(raw)["error"]


def test_nonsense_on_the_wire_is_survived(server: Server) -> None:
    """Neither noise nor an endless head takes the server down."""
    for noise in (b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\nx: " + b"y" * 100_000):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
            line.sendall(noise)
            assert b" 400 " in line.recv(100) or not line.recv(100)

    assert server.ask("GET", "/")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd/",
        "/bakery/../../etc/passwd",
        "/bakery/flywheel.toml",
        "//etc/passwd",
        "/static/page.html",
        "/api/models/..%2fbakery/links",
        "/%00/",
    ],
)
def test_no_path_leads_outside(server: Server, path: str) -> None:
    """An address is no path: what is not in the table does not exist."""
    method = "POST" if path.startswith("/api") else "GET"
    status, _, raw = server.ask(method, path)

    assert status == 404
    assert "error" in json.loads(raw)


def test_slow_client_is_left_and_holds_nobody_up(server: Server) -> None:
    """A head that does not end, and a body that does not come, cost their patience and no more."""
    began = time.monotonic()
    lines = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(30)]
    for place, line in enumerate(lines):
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        if place % 2:
            line.sendall(f".0.0.1:{server.port}\r\n".encode())

    assert server.ask("GET", "/")[0] == 200
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        head = f"POST /api/models/bakery/links HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert b" 408 " in line.recv(4000).split(b"\r\n")[0] + b" "
    for line in lines:
        assert line.recv(100) == b""  # closed by the server
        line.close()
    assert time.monotonic() - began < 18


def test_model_that_never_ends_is_stopped(server: Server) -> None:
    """The question fails when its time is over, its process is gone, and the server answers on."""
    began = time.monotonic()
    status, found = server.question("endless", "loops")

    assert status == 504
    assert "was stopped after 20 s" in found["error"]
    assert time.monotonic() - began < 60
    assert [line for line in children(server.process) if "loops" in line] == []
    assert server.question("bakery", "links", {"seed": 99})[0] == 200


def children(process: int) -> list[str]:
    """The command lines of a process's children."""
    shown = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    return shown.stdout.splitlines()


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1"},
        {"host": "127.0.0.1.evil.example:80"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
    ids=lambda headers: "".join(f"{key} {value}" for key, value in headers.items()),
)
def test_other_sites_and_other_names_are_refused(server: Server, headers: dict[str, str]) -> None:
    """A page of another site can neither read nor start anything, under no name of this machine."""
    for method, path in (("GET", "/"), ("GET", "/openapi.json"), ("POST", "/api/models/bakery/links")):
        status, found, raw = server.ask(method, path, **headers)

        assert status == 403
        assert json.loads(raw)["fix"]
        assert "access-control-allow-origin" not in found


def test_every_answer_has_the_safety_headers(server: Server) -> None:
    """Not framed, not sniffed, not kept, not read by others."""
    for path in ("/", "/openapi.json", "/nothing/at/all"):
        headers = server.ask("GET", path)[1]

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"


# ---------------------------------------------------------------- the page, and the command


def test_served_page_may_ask_its_server_and_nobody_else(server: Server) -> None:
    """The page is the one that `putar run` writes, with one more section and one more right."""
    status, _, raw = server.ask("GET", "/bakery/?lang=id")
    text = raw.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)

    assert status == 200
    assert policy is not None
    assert "default-src 'none'; connect-src 'self'; " in policy[1]
    assert '<html lang="id">' in text
    assert server.ask("GET", "/bakery")[1]["location"] == "/bakery/"
    assert server.ask("GET", "/bakry/")[0] == 404


@pytest.mark.browser
def test_reader_asks_python_from_the_page(server: Server, browser: Any) -> None:
    """The answer comes back as a table, without an error on the console."""
    tab = browser.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.goto(f"http://127.0.0.1:{server.port}/bakery/")
    tab.locator("#ask select").select_option("links")
    tab.locator("#ask input").fill("20")
    tab.locator("#ask .ask-button").click()
    tab.locator("#ask table").wait_for(timeout=60_000)

    assert "Own oven" in tab.inner_text("#ask table")
    assert troubles == []
    tab.close()


def test_port_in_use_is_said(server: Server) -> None:
    """With another that would do."""
    done = subprocess.run(
        [sys.executable, "-c", "from putar.cli import main; main()", "serve", f"--port={server.port}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"port {server.port} of 127.0.0.1 cannot be had: ")
    assert "--port 0" in done.stderr


@pytest.mark.parametrize("option", ["--port=99999", "--port=-1", "--members=-5", "--seconds=0"])
def test_limits_that_are_none_are_refused(option: str) -> None:
    """Before anything is served."""
    found = CliRunner().invoke(main, ["serve", option])

    assert found.exit_code == 2
    assert "is not in the range" in found.output


def test_without_the_extra_the_install_line_is_said() -> None:
    """The command is there for everybody, the web framework is not."""
    script = "import sys; sys.modules['starlette'] = None; sys.modules['uvicorn'] = None\n"
    script += "from putar.cli import main; main(['serve'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr == 'putar serve needs uvicorn\n  fix: pip install "putar[server]"\n'


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    """An address must lead to one model."""
    from putar.workbench.server import models

    folders = [str(write(tmp_path / name / "bakery")) for name in "ab"]
    with pytest.raises(UsageError) as caught:
        models(folders)

    assert "two models are called 'bakery'" in str(caught.value)
    assert [*models(folders[:1])][-1] == "bakery"


def test_limits_have_the_defaults_that_the_page_names() -> None:
    """docs/server.md is made from them."""
    limits = Limits()

    assert (limits.members, limits.seconds, limits.body, limits.waiting) == (10_000, 60.0, 64_000, 64)


def test_one_module_knows_the_web_framework() -> None:
    """No other imports it, so that everything else works without the extra."""
    pattern = re.compile(r"^\s*(?:from|import) (?:starlette|uvicorn)\b", re.MULTILINE)
    users = [tree.name(path) for path in tree.python_files("src") if pattern.search(path.read_text("utf-8"))]

    assert users == ["src/putar/workbench/server.py"]
