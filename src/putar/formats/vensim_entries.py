"""A Vensim `.mdl` file as entries: left side, sign, right side, units, comment, each with its place.

Entries end with `|`, their fields with `~`; quoted names may hold both. Groups, macros, the sketch and
the settings behind it are told apart here; what an entry means is read by `vensim_read`.

Source: Vensim Reference Manual, "Model (.mdl) format"; public models.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field

from putar.errors import ModelError, Where

__all__ = ["Entry", "Macro", "Source", "read_source"]

SKETCH = re.compile(r"^\\\\\\---///", re.MULTILINE)
_ENDING = re.compile(r"(?<![\\\s])[\\\s]++\Z|\A[\\\s]++\Z")  # blanks, and a line that goes on to nothing
CHECK = re.compile(r"\A:[A-Z ]+:|:\s*(?:IMPLIES|TEST[ _]INPUT|THE[ _]CONDITION)\s*:", re.IGNORECASE)
_EQUATION_END = re.compile(r'[~|"{]')
_FIELD_END = re.compile(r"(?<!\\)[~|]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_GOES_ON = re.compile(r"\\\s*\n")
_MACRO = re.compile(r":MACRO:\s*", re.IGNORECASE)
_MACRO_END = re.compile(r":END[ _]OF[ _]MACRO:", re.IGNORECASE)
_BLANKS = re.compile(r"[\s|\ufeff]*")
NAME = r"""(?:"(?:[^"\\]|\\.)*"|[^"\[\]=:(){}|~<!,;+*/^-][^"\[\]=:(){}|~<!,;+*/^]*?)"""
_LEFT = re.compile(
    rf"""\s*+(?P<name>{NAME})(?<!\s)\s*+
        (?P<subs>\[[^\]]*\])?\s*+
        (?P<except>:EXCEPT:\s*+(?:\[[^\]]*\][\s,]*+)+)?
        (?P<keyword>:INTERPOLATE:|:RAW:|:HOLD[ _]BACKWARD:|:LOOK[ _]FORWARD:)?\s*+
        (?P<sign>==|:=|=|<->|\(|:(?!\s*[A-Za-z ]+:)|$)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `name[subs] :EXCEPT: [..] :RAW: = body ~ units ~ comment ~ flags |`.

    `sign` is "=", "==", ":=", ":" (a range), "<->" (an alias), "(" (a lookup) or "" (data); a lookup's
    body begins with its bracket.
    """

    name: str
    subscripts: tuple[str, ...]
    excepted: tuple[tuple[str, ...], ...]
    keyword: str
    sign: str
    body: str
    units: str
    comment: str
    where: Where
    at: Where  # of the body
    supplementary: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro's name, inputs, further outputs and entries."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    entries: tuple[Entry, ...]
    where: Where


@dataclass(slots=True)
class Source:
    """A whole file, told apart; `checks` are reality checks, which no run uses."""

    entries: list[Entry] = field(default_factory=list)
    macros: list[Macro] = field(default_factory=list)
    checks: list[Where] = field(default_factory=list)
    sketch: str = ""
    settings: dict[str, str] = field(default_factory=dict)


def read_source(text: str, path: str) -> Source:
    """Return the parts of a file.

    Raises
    ------
    ModelError
        If a quote, a bracket or an entry is never closed.
    """
    return _Scanner(text, path).scan()


class _Scanner:
    def __init__(self, text: str, path: str) -> None:
        sketch = SKETCH.search(text)
        self.text, self.path = text, path
        self.end = sketch.start() if sketch else len(text)
        self.lines = [0, *[m.end() for m in re.finditer("\n", text)]]
        self.source = Source(sketch=text[self.end :])
        self.group = ""
        self.shown = (-1, "")

    def where(self, at: int, width: int = 1) -> Where:
        line = bisect.bisect_right(self.lines, at)
        start = self.lines[line - 1]
        if self.shown[0] != line:  # one text for all places of a line, which may be very long
            stop = self.text.find("\n", start)
            self.shown = (line, self.text[start : stop if stop >= 0 else len(self.text)])
        shown = self.shown[1]
        return Where(self.path, line, at - start + 1, max(1, min(width, len(shown) - (at - start))), shown)

    def scan(self) -> Source:
        at = 0
        header = re.match(r"\s*\{UTF-8\}", self.text, re.IGNORECASE)
        if header:
            at = header.end()
        inside: list[Entry] | None = None
        head: tuple[str, tuple[str, ...], tuple[str, ...], Where] | None = None
        while True:
            at = self._blank(at)
            if at >= self.end:
                break
            begun = _MACRO.match(self.text, at)
            ended = _MACRO_END.match(self.text, at)
            if begun:
                head, at = self._macro(at, begun.end())
                inside = []
            elif ended:
                if head is not None and inside is not None:
                    name, inputs, outputs, where = head
                    self.source.macros.append(Macro(name, inputs, outputs, tuple(inside), where))
                head, inside, at = None, None, ended.end()
            else:
                at = self._entry(at, self.source.entries if inside is None else inside)
        if head is not None:
            raise ModelError("this macro is never ended", head[3], "end it with :END OF MACRO:")
        self._settings()
        return self.source

    def _blank(self, at: int) -> int:
        """Return the next place that is no blank and no comment."""
        while True:
            match = _BLANKS.match(self.text, at, self.end)
            at = self.end if match is None else match.end()
            if at >= self.end or self.text[at] != "{":
                return at
            at = self._comment(at)

    def _comment(self, at: int) -> int:
        depth = 0
        for match in re.compile(r"[{}]").finditer(self.text, at, self.end):
            depth += 1 if match.group() == "{" else -1
            if depth == 0:
                return match.end()
        raise ModelError("this comment is never closed", self.where(at), "close it with '}'")

    def _macro(self, start: int, at: int) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...], Where], int]:
        found = re.compile(r"([^(]*)\(([^)]*)\)").match(self.text, at, self.end)
        if not found:
            fix = ":MACRO: NAME(input : output)"
            raise ModelError("a macro needs a name and inputs", self.where(start), fix)
        inputs, _, outputs = found[2].partition(":")
        split = re.compile(r"\s*,\s*")
        names = tuple(word for word in split.split(inputs.strip()) if word)
        more = tuple(word for word in split.split(outputs.strip()) if word)
        return (found[1].strip(), names, more, self.where(start)), found.end()

    def _equation_end(self, at: int) -> int:
        """Return where an equation ends; quotes and comments hide what would end it."""
        while True:
            found = _EQUATION_END.search(self.text, at, self.end)
            if found is None:
                return self.end
            sign = found.group()
            if sign in "~|":
                return found.start()
            if sign == "{":
                at = self._comment(found.start())
                continue
            closed = _QUOTED.match(self.text, found.start(), self.end)
            if closed is None or closed.end() - found.start() > 4000:
                what, fix = "this quote is never closed", 'close it with "'
                raise ModelError(what, self.where(found.start()), fix)
            at = closed.end()

    def _entry(self, start: int, into: list[Entry]) -> int:
        stop = self._equation_end(start)
        fields: list[str] = []
        at = stop
        while at < self.end and self.text[at] == "~":
            following = _FIELD_END.search(self.text, at + 1, self.end)
            here = following.start() if following else self.end
            fields.append(self.text[at + 1 : here])
            at = here
        units, comment, flags = (*fields, "", "", "")[:3]
        body = self.text[start:stop]
        if body.startswith("*"):
            name = re.sub(r"[*\s]+", " ", body).strip()
            self.group = name.lstrip(".")
        elif ":" in body and CHECK.search(body):
            self.source.checks.append(self.where(start, len(body)))
        elif body.strip():
            into.append(self._told(start, body, units, comment, flags))
        return at + 1

    def _told(self, start: int, body: str, units: str, comment: str, flags: str) -> Entry:
        plain = _without_comments(body)
        match = _LEFT.match(plain)
        if match is None:
            what, fix = "this is no equation", "name = equation ~ units ~ comment |"
            raise ModelError(what, self.where(start, len(body.partition("\n")[0])), fix)
        sign = match["sign"]
        at = match.start("sign") if sign == "(" else match.end("sign")
        groups = re.findall(r"\[([^\]]*)\]", match["except"]) if match["except"] else ()
        excepted = tuple(split_names(group) for group in groups)
        keyword = re.sub(r"[\s_]+", " ", match["keyword"].lower()) if match["keyword"] else ""
        return Entry(
            match["name"].strip(),
            split_names(match["subs"][1:-1]) if match["subs"] else (),
            excepted,
            keyword,
            sign,
            _ENDING.sub("", plain[at:]),
            _flat(units),
            _flat(comment),
            self.where(start + match.start("name"), len(match["name"])),
            self.where(start + at),
            ":SUP" in flags.upper(),
            self.group,
        )

    def _settings(self) -> None:
        found = re.search(r"^///---\\\\\\(.*)", self.source.sketch, re.MULTILINE | re.DOTALL)
        for line in found[1].split("\n") if found else ():
            key, sign, value = line.partition(":")
            if sign:
                kept = self.source.settings.get(key)
                self.source.settings[key] = value.strip() if kept is None else f"{kept}\n{value.strip()}"


def _flat(text: str) -> str:
    """Return a field in one line, without what lets lines go on and signs stand for themselves."""
    if "\\" in text:
        text = _GOES_ON.sub(" ", text).replace("\\~", "~").replace("\\|", "|")
    return " ".join(text.split())


def _without_comments(text: str) -> str:
    """Return a text with blanks in place of its {comments}, so that places stay right."""
    if "{" not in text:
        return text
    found, depth, quoted = [], 0, False
    for sign in text:
        quoted ^= sign == '"' and not depth
        depth += sign == "{" and not quoted
        found.append(" " if depth and sign != "\n" else sign)
        depth -= sign == "}" and not quoted and depth > 0
    return "".join(found)


def split_names(text: str) -> tuple[str, ...]:
    """Return the names between commas, as they were written, without line breaks."""
    parts = re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+', re.sub(r"\\?\s*\n\s*", " ", text))
    return tuple(part.strip() for part in parts if part.strip())
