"""Write docs/server.md from the OpenAPI document that `putar serve` answers with; `--check` only compares."""

from pathlib import Path
from typing import Any

from make_cli import write_or_check

PAGE = Path(__file__).with_name("server.md")
HEAD = """# The server

Made by `make docs` from the description that the server itself gives at `/openapi.json`; do not edit.

    $ pip install "putar[server]"
    $ putar serve ./my-flywheel
    Serving on http://127.0.0.1:8321/ (stop with Ctrl-C)

`/` lists the shipped flywheels and the models that were named; `/NAME/` is the page that `putar run`
writes, with one section more: it puts heavier questions to Python, with the reader's settings. Programs ask
the same way, one JSON object in and one out:

    $ curl -H 'content-type: application/json' -d '{"members": 1000}' \\
        http://127.0.0.1:8321/api/models/openai-compute/links

Each question is answered by a process of its own, the command line with `--json`, so an answer is that
command's document. The same question of many at once is computed once, and an answer is kept until the
model's files change.

## Who is answered

Only this machine: the server listens on 127.0.0.1. A request is refused with 403 if its `Host` is not
127.0.0.1 or localhost with the server's port (so that no other name can be made to lead here), if it has an
`Origin` other than the server's own, or if the browser says in `Sec-Fetch-Site` that another site made it.
No answer carries a CORS header. No part of an address becomes a path.

## What a question may cost

"""


def page() -> str:
    """The whole page."""
    from putar.workbench.serve_openapi import REFUSALS, openapi
    from putar.workbench.serve_questions import Limits

    limits = Limits()
    document: dict[str, Any] = openapi(limits)
    parts = [HEAD, "| | at most | changed by |\n|---|---|---|\n"]
    parts += [
        f"| time of one question, then its process is killed | {limits.seconds:g} s | `--seconds` |\n",
        f"| members | {limits.members:,} | `--members` |\n",
        f"| bytes of a request's body | {limits.body:,} | |\n",
        f"| bytes of an answer | {limits.answer:,} | |\n",
        f"| questions that are computed or wait | {limits.waiting} | |\n",
        f"| time to send a request | {limits.patience:g} s | |\n",
        "\n## Questions\n\nAn answer has at least the keys that are named.\n",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts += _operation(method.upper(), path, operation)
    parts += ['\n## Refusals\n\nA refusal is `{"error": ..., "fix": ...}`.\n\n| status | |\n|---|---|\n']
    parts += [f"| {code} | {says} |\n" for code, says in REFUSALS.items()]
    return "".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    answer = operation["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    keys = ", ".join(f"`{key}`" for key in schema["required"])
    parts = [f"\n### `{method} {path}`\n\n{operation['summary']}: {answer['description']}, with {keys}.\n"]
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        parts.append("\n| field | type | |\n|---|---|---|\n")
        for name, field in body["properties"].items():
            needed = ", required" if name in body["required"] else ""
            parts.append(f"| `{name}` | {_type(field)}{needed} | {field['description']} |\n")
    return parts


def _type(field: dict[str, Any]) -> str:
    if field["type"] == "array":
        return "list of strings"
    return "object of numbers" if field["type"] == "object" else str(field["type"])


if __name__ == "__main__":
    write_or_check(PAGE, page())
