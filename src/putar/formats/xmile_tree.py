"""XML as a plain tree with line numbers: no entities, no doctype, bounded depth and size.

Source: Expat, as Python's standard library brings it; a document type or an entity is refused before it
can do anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from putar.errors import ModelError, Where
from putar.formats.model_file import bytes_of

__all__ = ["Element", "read_tree"]

KEPT = ("header", "views", "style")  # elements whose text is remembered as it stands

EQUATION = re.compile(rb"<(?:\w+:)?(?:eqn|init_eqn)\b[^<>]*>")
BARE = re.compile(rb"<(?!!\[CDATA\[|!--)|&(?![#\w]+;)")

DEEPEST = 200
MOST = 2_000_000  # elements


@dataclass(slots=True)
class Element:
    """One element: its name without the namespace, attributes, text, children, and its line."""

    tag: str
    attributes: dict[str, str]
    line: int
    prefix: str = ""
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    file: str = ""
    source: str = ""  # how it is written in the file; only of what is kept as it stands

    @property
    def text(self) -> str:
        """The text directly in the element."""
        return "".join(self.parts)

    def find(self, tag: str) -> Element | None:
        """Return the first child of a name, or None."""
        for child in self.children:
            if child.tag == tag and not child.prefix:
                return child
        return None

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield the children of some names, vendors' own elements left out."""
        return (child for child in self.children if child.tag in tags and not child.prefix)


def read_tree(path: Path) -> Element:
    """Return the root element of a file.

    Raises
    ------
    UsageError
        If the file cannot be read.
    ModelError
        If it is no well-formed XML, declares entities, or is absurdly large or deep.
    """
    return _Builder(path.name).read(bytes_of(path))


class _Builder:
    def __init__(self, path: str) -> None:
        self.path = path
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.XmlDeclHandler = self._declared
        self.encoding = "utf-8"
        self.raw = b""
        self.begun: list[int] = []  # where each open element begins, in bytes
        self.open: list[Element] = []
        self.root: Element | None = None
        self.count = 0
        self.plain = ""

    def read(self, raw: bytes) -> Element:
        self.raw = raw
        self.encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(raw[:2], "utf-8")
        try:
            self.parser.Parse(raw, True)
        except expat.ExpatError as error:
            where = Where(self.path, error.lineno, error.offset + 1)
            self._refuse_bare(raw, self.parser.ErrorByteIndex)
            what = f"this is no well-formed XML ({expat.ErrorString(error.code)})"
            raise ModelError(what, where, "save the model again") from None
        except (ValueError, LookupError) as error:
            raise ModelError(f"this is no XML ({error})", Where(self.path), "save it as UTF-8") from None
        assert self.root is not None  # Expat has seen to it
        return self.root

    def _refuse_bare(self, raw: bytes, broken: int) -> None:
        """Refuse a bare sign of an equation, which a parser trips over only further on."""
        if self.encoding.startswith("utf-16"):
            return
        before = list(EQUATION.finditer(raw, 0, broken + 1))
        bare = BARE.search(raw, before[-1].end(), broken + 1) if before else None
        if bare is None or raw.startswith(b"</", bare.start()):
            return
        at = bare.start()
        line = raw.count(b"\n", 0, at) + 1
        where = Where(self.path, line, at - raw.rfind(b"\n", 0, at))
        sign, written = ("<", "&lt;") if bare[0] == b"<" else ("&", "&amp;")
        raise ModelError(f"a bare `{sign}` stands in this equation", where, f"write `{written}`") from None

    def _refuse(self, what: str, fix: str) -> NoReturn:
        raise ModelError(what, Where(self.path, self.parser.CurrentLineNumber), fix, "unsupported")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        prefix, _, tag = name.rpartition(":")
        if self.root is None:
            self.plain = prefix  # a file may give XMILE's own names a prefix as well
        prefix = "" if prefix == self.plain else prefix
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > MOST:
            self._refuse("this XML is nested too deep, or has too many elements", "a model needs neither")
        element = Element(tag, attributes, self.parser.CurrentLineNumber, prefix, file=self.path)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.begun.append(self.parser.CurrentByteIndex)

    def _end(self, name: str) -> None:
        element, begun = self.open.pop(), self.begun.pop()
        if element.tag in KEPT and not element.prefix:
            closing = self.parser.CurrentByteIndex  # of the closing tag, or behind an empty element
            text = self.raw[begun:closing].decode(self.encoding, "replace")
            empty = text.endswith("/>") and text.count("<") == 1
            element.source = text if empty else f"{text}</{name}>"

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and self.encoding == "utf-8":
            self.encoding = encoding

    def _text(self, text: str) -> None:
        if self.open:
            self.open[-1].parts.append(text)

    def _doctype(self, *_: object) -> None:
        self._refuse("a document type or an entity is declared", "remove it; a model needs none")
