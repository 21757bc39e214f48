"""House rules for the catalogue of texts: both languages, the same places, no hole, no left-over."""

import re
from collections.abc import Iterator

from putar.words.catalogue import SOURCE, languages, texts
from tests.house import tree

STATIC = tree.SOURCE / "workbench" / "static"
PLACE = re.compile(r"\{(\w+)\}")
FILES = sorted((tree.SOURCE / "words").glob("*.po"))


def said_by_scripts() -> Iterator[str]:
    """The keys that the page's scripts say, as patterns: a key with a hole fits several."""
    for path in sorted(STATIC.glob("*.js")):
        text = path.read_text(encoding="utf-8")
        for quote, key in re.findall(r"\bsay(?:Or|Count)?\(\s*([\"`])(.+?)\1", text, flags=re.DOTALL):
            yield re.sub(r"\\\$\\{.+?\\}", "[^.]*", re.escape(key)) if quote == "`" else re.escape(key)
        for key in re.findall(r"[?:|] \"([a-z_]+(?:\.[a-z_]+)+)\"", text):
            yield re.escape(key)
        for key in re.findall(r"TEXTS\[each\]\[\"([a-z._]+)\"\]", text):
            yield re.escape(key)


def said_in_python() -> Iterator[str]:
    """The keys that Python files say, as patterns."""
    for path in tree.python_files("src"):
        text = path.read_text(encoding="utf-8")
        for hole, key in re.findall(
            r"\b(?:words|say\w*|Said|said)[\[(]\s*(f?)\"([a-z_]+(?:\.[^\"]+)+)\"", text
        ):
            yield re.sub(r"\\{.+?\\}", "[^.]*", re.escape(key)) if hole else re.escape(key)


def test_every_text_is_said_somewhere_and_every_said_text_is_there() -> None:
    """Each key that is said is in the catalogue, and each entry of the catalogue is said."""
    known = texts(SOURCE)
    said = [re.compile(rf"{key}(\.one|\.many)?") for key in {*said_by_scripts(), *said_in_python()}]

    assert [key.pattern for key in said if not any(key.fullmatch(word) for word in known)] == []
    assert [word for word in known if not any(key.fullmatch(word) for key in said)] == []


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
