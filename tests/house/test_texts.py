"""House rules for the catalogue of texts: both languages, the same places, no hole, no left-over."""

import ast
import re
from collections.abc import Iterable, Iterator

from putar.words.catalogue import SOURCE, languages, texts
from tests.house import tree

STATIC = tree.SOURCE / "workbench" / "static"
PLACE = re.compile(r"\{(\w+)\}")
KEY = re.compile(r"[a-z]+(\.[\w-]+)+")
SAYERS = {"Said", "say"}
FILES = sorted((tree.SOURCE / "words").glob("*.po"))


def said_by_scripts() -> Iterator[str]:
    """The keys that the page's scripts say, as patterns: a key with a hole fits several."""
    for path in sorted(STATIC.glob("*.js")):
        text = path.read_text(encoding="utf-8")
        for quote, key in re.findall(r"\bsay(?:Or|Count)?\(\s*([\"`])(.+?)\1", text, flags=re.DOTALL):
            yield re.sub(r"\\\$\\{.+?\\}", "[^.]*", re.escape(key)) if quote == "`" else re.escape(key)


def named_by_scripts() -> Iterator[str]:
    """Any text of a script that has the form of a key: it may be said where it is handed to."""
    for path in sorted(STATIC.glob("*.js")):
        for key in re.findall(r"\"([a-z_]+(?:\.[\w-]+)+)\"", path.read_text(encoding="utf-8")):
            yield re.escape(key)


def said_in_python() -> Iterator[str]:
    """The keys that Python files give to the functions that say them."""
    for path in tree.python_files("src"):
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Call) and node.args:
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                first = node.args[0]
                if name in SAYERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield re.escape(first.value)


def named_in_python() -> Iterator[str]:
    """Any text of a Python file that has the form of a key; a hole in it fits several keys."""
    for path in tree.python_files("src"):
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[^.]*"
                    for part in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                yield re.escape(node.value)


def fits(pattern: str, known: Iterable[str]) -> bool:
    """Whether a pattern of keys fits one of them, counted or not."""
    found = re.compile(rf"(?:{pattern})(\.one|\.many)?")
    return any(found.fullmatch(key) for key in known)


def test_every_text_that_is_said_is_there() -> None:
    """Each key that is said is in the catalogue."""
    known = texts(SOURCE)

    assert [key for key in {*said_by_scripts(), *said_in_python()} if not fits(key, known)] == []


def test_every_text_that_is_there_is_said() -> None:
    """Each entry of the catalogue is named somewhere."""
    literal = {*said_by_scripts(), *named_by_scripts(), *said_in_python(), *named_in_python()}
    plain = {re.sub(r"\\(.)", r"\1", key) for key in literal if "[^.]*" not in key}
    holes = re.compile("|".join(sorted(key for key in literal if "[^.]*" in key and "\\." in key)))
    found = {key: re.sub(r"\.(one|many)$", "", key) for key in texts(SOURCE)}

    assert [
        key
        for key, short in found.items()
        if not {key, short} & plain and not holes.fullmatch(key) and not holes.fullmatch(short)
    ] == []


def test_every_text_is_there_in_every_language() -> None:
    """No language lacks a text, and none has one that the others do not have."""
    missing = {
        language: [key for key in texts(SOURCE) if not texts(language).get(key)] for language in languages()
    }

    assert missing == {language: [] for language in languages()}
    assert [one for one in languages() if set(texts(one)) != set(texts(SOURCE))] == []


def test_translations_have_the_same_places() -> None:
    """A {place} of the English text stands in every other language, and no other does."""
    different = [
        (language, key)
        for language in languages()
        for key, text in texts(language).items()
        if set(PLACE.findall(text)) != set(PLACE.findall(texts(SOURCE)[key]))
    ]

    assert different == []


def test_no_entry_is_there_twice_or_doubted() -> None:
    """Within a file a key is used once, and no entry is marked as fuzzy."""
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        keys = re.findall(r"^msgctxt \"(.+)\"$", text, re.MULTILINE)

        assert len(keys) == len(set(keys))
        assert "#, fuzzy" not in text


def test_english_is_the_same_in_every_file() -> None:
    """Each language translates the same English texts."""
    english = [
        re.findall(r"^(msgctxt|msgid|msgid_plural) (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        for file in FILES
    ]

    assert english
    assert all(each == english[0] for each in english)


def test_scripts_say_nothing_while_they_load() -> None:
    """Texts are taken inside functions only, so that the page can change its language."""
    early = [
        f"{path.name}: {line}"
        for path in sorted(STATIC.glob("*.js"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"(const|let) .*\bsay(Or|Count)?\(", line) and "=>" not in line
    ]

    assert early == []
