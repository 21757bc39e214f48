"""The rules of XMILE 1.0 that a written file must keep, looked at without the writer and the reader."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from itertools import product

from putar.formats.xmile_names import FILE, word_of
from putar.language.expr import Call, Index, Name, walk
from putar.language.parse import parse_expression

SPACE = "{http://docs.oasis-open.org/xmile/ns/XMILE/v1.0}"
MADE = "{https://putar.dev/xmile/1}made"
BUILT_IN = {
    "abs",
    "arccos",
    "arcsin",
    "arctan",
    "cos",
    "exp",
    "int",
    "ln",
    "log10",
    "max",
    "min",
    "sin",
    "sqrt",
}
BUILT_IN |= {
    "tan",
    "exprnd",
    "lognormal",
    "normal",
    "poisson",
    "random",
    "delay",
    "delay1",
    "delay3",
    "delayn",
}
BUILT_IN |= {"forcst", "smth1", "smth3", "smthn", "trend", "pulse", "ramp", "step", "init", "previous"}
BUILT_IN |= {"mean", "rank", "size", "stddev", "sum"}
WORDS = {"time", "dt", "starttime", "stoptime", "pi", "inf", "self"}


def broken(text: str) -> list[str]:
    """Every rule that a file breaks, with the place."""
    root = ET.fromstring(text)  # noqa: S314 - our own text
    return list(_whole(root))


def _all(parent: ET.Element, *tags: str) -> list[ET.Element]:
    return [child for child in parent if child.tag in {SPACE + tag for tag in tags}]


def _whole(root: ET.Element) -> Iterator[str]:
    if root.tag != f"{SPACE}xmile" or root.get("version") != "1.0":
        yield "the root is no XMILE 1.0"
    for tag in ("header", "sim_specs", "model"):
        if not _all(root, tag):
            yield f"there is no <{tag}>"
    header, specs = _all(root, "header")[0], _all(root, "sim_specs")[0]
    for holder, tags in ((header, ("vendor", "product")), (specs, ("start", "stop", "dt"))):
        for tag in tags:
            if len(_all(holder, tag)) != 1:
                yield f"<{holder.tag.removeprefix(SPACE)}> has not one <{tag}>"
    order = [child.tag.removeprefix(SPACE) for child in root if child.tag.startswith(SPACE)]
    wanted = ["header", "sim_specs", "model_units", "dimensions", "model"]
    if [tag for tag in dict.fromkeys(order) if tag in wanted] != [tag for tag in wanted if tag in order]:
        yield f"the parts stand in the order {order}"
    dims: dict[str, list[str]] = {}
    for dim in (d for holder in _all(root, "dimensions") for d in _all(holder, "dim")):
        names = [word_of(e.get("name", "")) for e in _all(dim, "elem")]
        if bool(names) == ("size" in dim.attrib):
            yield f"dimension {dim.get('name')} has not one of size and elements"
        dims[word_of(dim.get("name", ""))] = names or [str(i + 1) for i in range(int(dim.get("size", "0")))]
    models = {word_of(m.get("name", "")): m for m in _all(root, "model")}
    if len(models) != len(_all(root, "model")) or "" not in models:
        yield "models have one name, or there is no main one"
    for name, model in models.items():
        yield from (f"{name or 'main'}: {rule}" for rule in _model(model, models, dims))


def _variables(model: ET.Element) -> list[ET.Element]:
    return [v for holder in _all(model, "variables") for v in holder]


def _inside(model: ET.Element, models: dict[str, ET.Element]) -> Iterator[str]:
    """The names of a model's variables, and of those in its modules, at any depth."""
    for variable in _variables(model):
        word = word_of(variable.get("name", ""))
        yield word
        if variable.tag == f"{SPACE}module":
            inner = models[word_of(variable.get("model") or variable.get("name", ""))]
            yield from (f"{word}.{name}" for name in _inside(inner, models))


def _model(model: ET.Element, models: dict[str, ET.Element], dims: dict[str, list[str]]) -> Iterator[str]:
    variables = _variables(model)
    names = Counter(word_of(v.get("name", "")) for v in variables)
    yield from (f"{name} is there twice" for name, count in names.items() if count > 1)
    yield from (f"{name} is a word of XMILE" for name in names if name in BUILT_IN | WORDS)
    flows = {word_of(v.get("name", "")) for v in variables if v.tag == f"{SPACE}flow"}
    moved = Counter((f.tag, word_of(f.text or "")) for v in variables for f in _all(v, "inflow", "outflow"))
    yield from (f"{name} is on one side of two stocks" for (_, name), count in moved.items() if count > 1)
    yield from (f"{name} is no flow of this model" for _, name in moved if name not in flows)
    seen = set(names)
    tables = {word_of(v.get("name", "")) for v in variables if v.tag == f"{SPACE}gf" or _all(v, "gf")}
    for module in (v for v in variables if v.tag == f"{SPACE}module"):
        word = word_of(module.get("name", ""))
        inner = models.get(word_of(module.get("model") or module.get("name", "")))
        if inner is None:
            yield f"the module {word} has no model"
            continue
        seen |= {f"{word}.{name}" for name in _inside(inner, models)}
        inputs = {
            f"{word}.{word_of(v.get('name', ''))}" for v in _variables(inner) if v.get("access") == "input"
        }
        given = [connect.get("to", "").lower() for connect in _all(module, "connect")]
        if set(given) != inputs or len(set(given)) != len(given):
            yield f"the module {word} has inputs {sorted(inputs)}, connected are {sorted(given)}"
    for module in (v for v in variables if v.tag == f"{SPACE}module"):
        for connect in _all(module, "connect"):
            source = connect.get("from", "").lower()
            if source.startswith("."):
                continue
            if source not in seen:
                yield f"{source} is connected and is not there"
    for views in _all(model, "views"):
        for view in _all(views, "view") if views.get(MADE) else []:  # an author's shows what he likes
            yield from _view(view, variables)
    for variable in variables:
        if variable.tag != f"{SPACE}module":
            name = word_of(variable.get("name", ""))
            yield from (f"{name}: {rule}" for rule in _variable(variable, seen, tables, dims))


def _view(view: ET.Element, variables: list[ET.Element]) -> Iterator[str]:
    """A view shows each variable once, as what it is, apart from all others, and joins what it shows."""
    wanted = Counter(
        (v.tag.removeprefix(SPACE).replace("gf", "aux"), word_of(v.get("name", ""))) for v in variables
    )
    symbols = _all(view, "stock", "flow", "aux", "module")
    shown = Counter((s.tag.removeprefix(SPACE), word_of(s.get("name", ""))) for s in symbols)
    yield from (f"{name} is shown {shown[tag, name]} times" for tag, name in wanted if shown[tag, name] != 1)
    yield from (f"{name} is shown and is no {tag}" for tag, name in shown if (tag, name) not in wanted)
    middles = Counter(
        (
            float(s.get("x", "")) + float(s.get("width", "0")) / 2,
            float(s.get("y", "")) + float(s.get("height", "0")) / 2,
        )
        for s in symbols
    )
    yield from (f"symbols stand on each other at {at}" for at, count in middles.items() if count > 1)
    names = {name for _, name in shown}
    for connector in _all(view, "connector"):
        for end in _all(connector, "from", "to"):
            if word_of(end.text or "") not in names:
                yield f"a connector to {end.text} is loose"
        if not 0.0 <= float(connector.get("angle", "")) < 360.0:
            yield "a connector has no direction"
    for flow in _all(view, "flow"):
        if len(list(flow.iter(f"{SPACE}pt"))) < 2:
            yield f"{flow.get('name')} has no pipe"


def _variable(
    variable: ET.Element, seen: set[str], tables: set[str], dims: dict[str, list[str]]
) -> Iterator[str]:
    over = [
        word_of(d.get("name", "")) for holder in _all(variable, "dimensions") for d in _all(holder, "dim")
    ]
    yield from (f"unknown dimension {d}" for d in over if d not in dims)
    known = set(product(*(dims.get(d, []) for d in over)))
    given = [
        tuple(word_of(word) for word in part.get("subscript", "").split(","))
        for part in _all(variable, "element")
    ]
    yield from (f"no element {elements}" for elements in given if elements not in known)
    whole = bool(_all(variable, "eqn"))
    if not whole and not given and variable.tag != f"{SPACE}gf":
        yield "it has no equation"
    for holder in (variable, *_all(variable, "element")):
        for gf in [holder] if holder.tag == f"{SPACE}gf" else _all(holder, "gf"):
            yield from _table(gf)
        for eqn in _all(holder, "eqn"):
            yield from _equation(eqn.text or "", seen, tables, dims)


def _table(gf: ET.Element) -> Iterator[str]:
    ys = [float(y) for y in (_all(gf, "ypts")[0].text or "").split(",")]
    xs = _all(gf, "xpts")
    if len(xs) + len(_all(gf, "xscale")) != 1:
        yield "a table has not one of <xscale> and <xpts>"
    if xs and len((xs[0].text or "").split(",")) != len(ys):
        yield "a table has more of x or of y"
    if gf.get("type") == "discrete" and len(ys) > 1 and ys[-1] != ys[-2]:
        yield "the last two y of a discrete table differ"


def _equation(text: str, seen: set[str], tables: set[str], dims: dict[str, list[str]]) -> Iterator[str]:
    elements = {e for listed in dims.values() for e in listed}
    for node in walk(parse_expression(text, None, FILE)):
        if isinstance(node, Call):
            word = node.function.lower()
            array = word == "lookup" and isinstance(node.args[0], Name) and node.args[0].subscripts
            if word not in BUILT_IN | tables and not array:
                yield f"{node.function} is no function"
            if word in ("min", "max") and len(node.args) > 2:
                yield f"{node.function} takes one or two"
        elif isinstance(node, Name):
            if node.name not in seen | WORDS | set(dims):
                yield f"{node.name} is not seen here"
            for subscript in node.subscripts:
                if isinstance(subscript, Index) and subscript.name not in elements | set(dims) | seen:
                    yield f"no element or dimension {subscript.name}"
