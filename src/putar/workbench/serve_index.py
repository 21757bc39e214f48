"""The first page of `putar serve`: the flywheels that are served, in the page's own design and languages.

It has no script: a language is chosen by an address, `/?lang=id`.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from putar.words.catalogue import languages, texts
from putar.workbench.page import digest, styles

__all__ = ["index_text"]


def index_text(rows: Sequence[Mapping[str, Any]], language: str) -> str:
    """Return the HTML document that lists models.

    Parameters
    ----------
    rows : of each model its name, title, question, and its texts by language and English wording
    """
    said = texts(language)
    style = styles(served=True)
    policy = (
        f"default-src 'none'; style-src '{digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    current = {language: ' aria-current="true"'}
    switch = "".join(
        f'<a href="/?lang={each}" lang="{each}" aria-label="{html.escape(texts(each)["language.name"])}"'
        f"{current.get(each, '')}>{each.upper()}</a> "
        for each in languages()
    )
    items = "\n".join(_item(row, language) for row in rows)
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(said["serve.title"])} · putar</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header class="bar"><span class="brand">putar</span><span class="model-title"></span>
<nav aria-label="{html.escape(said["bar.language"])}">{switch}</nav></header>
<main class="index">
<h1>{html.escape(said["serve.title"])}</h1>
<ul>
{items}
</ul>
<p class="under">{html.escape(said["serve.api"])} <a href="/openapi.json">/openapi.json</a></p>
</main>
</body>
</html>
"""


def _item(row: Mapping[str, Any], language: str) -> str:
    told = row["texts"].get(language, {})
    title, question = (told.get(row[key], row[key]) for key in ("title", "question"))
    address = f"/{row['name']}/?lang={language}"
    return (
        f'<li><h2><a href="{html.escape(address)}">{html.escape(title)}</a></h2>'
        f'<p>{html.escape(question)}</p><p class="under">{html.escape(row["name"])}</p></li>'
    )
