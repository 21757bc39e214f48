"""Files that an XMILE file includes: their parts are put behind its own, which win.

An included file lies in the model's folder or below; nothing is fetched from a network.

Source: XMILE 1.0 (OASIS), section 2.11.
"""

from __future__ import annotations

from pathlib import Path

from putar.errors import ModelError, Where
from putar.formats.xmile_tree import Element, read_tree

__all__ = ["read_whole"]

MOST = 200  # files
MERGED = ("macro", "model", "dimensions", "model_units", "behavior", "style")


def read_whole(path: Path) -> Element:
    """Return the root element of a file with the parts of all files that it includes.

    Raises
    ------
    UsageError
        If the file cannot be read.
    ModelError
        If a file is no well-formed XML, or an include names one that is not in the model's folder.
    """
    root = read_tree(path)
    folder = path.parent.resolve()
    met = {path.resolve()}
    waiting = [(path.resolve(), element) for element in root.all("include")]
    while waiting:
        source, include = waiting.pop(0)
        where = Where(include.file or path.name, include.line)
        wanted = include.attributes.get("resource", "").strip()
        if "://" in wanted or not wanted:
            what = f"{wanted!r} is included from a network, which is not read"
            raise ModelError(what, where, "put the file beside the model", "source")
        file = (source.parent / wanted.replace("\\", "/")).resolve()
        if not file.is_relative_to(folder):
            what = f"{wanted!r} is outside of the model's folder and is not read"
            raise ModelError(what, where, "put the file into the model's folder", "source")
        if not file.is_file():
            raise ModelError(f"there is no file {wanted!r} to include", where, "put it there", "source")
        if file in met:
            continue
        met.add(file)
        if len(met) > MOST:
            raise ModelError(f"more than {MOST} files are included", where, "include fewer", "source")
        other = read_tree(file)
        root.children.extend(child for child in other.children if child.tag in MERGED and not child.prefix)
        waiting.extend((file, element) for element in other.all("include"))
    return root
