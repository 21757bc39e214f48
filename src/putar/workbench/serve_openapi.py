"""The OpenAPI document of `putar serve`, made from the table of questions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from putar.workbench.serve_questions import FIELDS, QUESTIONS, Field, Limits, Question

__all__ = ["REFUSALS", "openapi"]

REFUSALS = {
    400: "the body is not JSON",
    403: "the request comes from another site, or under another host's name",
    404: "there is no such address or model",
    405: "the address does not take this method",
    408: "the request was not sent in time",
    413: "the body is too large",
    415: "the body is not sent as application/json",
    422: "the question cannot be answered as asked; the text says why and what would put it right",
    503: "too many questions wait; ask again later",
    504: "the question took longer than it may, and was stopped",
}

TYPES: Mapping[str, Mapping[str, object]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "strings": {"type": "array", "items": {"type": "string"}},
    "numbers": {"type": "object", "additionalProperties": {"type": "number"}},
}


def openapi(limits: Limits) -> dict[str, object]:
    """Return the document that /openapi.json answers with."""
    paths: dict[str, object] = {
        "/api/models": {
            "get": {
                "operationId": "models",
                "summary": "The flywheels that are served",
                "responses": {"200": _answer("the document of `putar list --json`", ("flywheels",))},
            }
        }
    }
    for name, question in QUESTIONS.items():
        paths[f"/api/models/{{model}}/{name}"] = {"post": _operation(name, question, limits)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "putar",
            "version": version("putar"),
            "description": "Questions to flywheels; every answer is the document of the command with --json.",
        },
        "paths": paths,
        "components": {
            "schemas": {
                "Refusal": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {"error": {"type": "string"}, "fix": {"type": "string"}},
                }
            }
        },
    }


def _operation(name: str, question: Question, limits: Limits) -> dict[str, object]:
    needs = ["table"] if name == "table" else []
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": needs,
        "properties": {key: _field(key, FIELDS[key], limits) for key in question.fields},
    }
    refused = {
        str(code): {"description": says, "content": _json({"$ref": "#/components/schemas/Refusal"})}
        for code, says in REFUSALS.items()
    }
    answer = _answer(f"the document of `putar {question.command} --json`", question.keys)
    return {
        "operationId": name,
        "summary": question.says[:1].upper() + question.says[1:],
        "parameters": [
            {
                "name": "model",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "description": "a name that /api/models lists",
            }
        ],
        "requestBody": {"required": bool(needs), "content": _json(schema)},
        "responses": {"200": answer, **refused},
    }


def _field(key: str, field: Field, limits: Limits) -> dict[str, object]:
    most = {"maximum": limits.members} if key == "members" else {}
    return {**TYPES[field.type], **most, "description": field.says}


def _answer(says: str, keys: tuple[str, ...]) -> dict[str, object]:
    schema = {"type": "object", "required": list(keys), "properties": {key: {} for key in keys}}
    return {"description": says, "content": _json(schema)}


def _json(schema: Mapping[str, object]) -> dict[str, object]:
    return {"application/json": {"schema": dict(schema)}}
