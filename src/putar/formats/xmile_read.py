"""XMILE to Model: `.xmile`, `.stmx`, `.itmx`; what cannot be read right is refused by name and line.

A module becomes a subsystem, its connected inputs references to what they are connected with. Models of
Stella from before the standard, with variables straight under the model, are read as well. Views are
kept. Every problem of a file is reported at once.

Source: XMILE 1.0 (OASIS), chapters 2 to 4; docs/formats.md says what is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

from putar.errors import ModelError, ModelErrors, Problem, Where
from putar.formats.affected import Told, affected_note
from putar.formats.foreign_units import with_units
from putar.formats.pause import no_collecting
from putar.formats.vensim_values import listed
from putar.formats.xmile_belts import Belt, Leak, belt_of, leak_of, refuse_options, with_belts
from putar.formats.xmile_curves import with_curves
from putar.formats.xmile_dimensions import dimensions_of, elements_of
from putar.formats.xmile_include import read_whole
from putar.formats.xmile_kept import with_sources
from putar.formats.xmile_names import declared, path_of, word_of
from putar.formats.xmile_rooms import KINDS, Module, Rooms
from putar.formats.xmile_time import time_spec
from putar.formats.xmile_translate import Context, Translator, is_empty
from putar.formats.xmile_tree import Element
from putar.formats.xmile_variable import (
    UNSUPPORTED,
    as_table,
    curve_points,
    negative_one,
    number_list,
    numbers_of,
    range_of,
    with_flows,
    with_multiplied,
)
from putar.language.expr import Call, Expr, Index, Name, Number
from putar.language.model import Dimension, Equation, Model, Points, Subsystem, Variable

__all__ = ["read_xmile"]

WHOLE = ("conveyor", "queue", "oven", "leak", "overflow", "multiplier", "inflow", "outflow")


@no_collecting()
def read_xmile(path: Path) -> Model:
    """Return the model of an XMILE file.

    Raises
    ------
    UsageError
        If the file cannot be read.
    ModelErrors
        With everything that cannot be read or is not supported, each with its line.
    """
    return _Reader(path, read_whole(path)).model()


class _Reader:
    def __init__(self, path: Path, root: Element) -> None:
        self.path, self.root = path, root
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.rooms = Rooms(root, self.problem)
        vendors = [e.text for h in root.all("header") for e in h.all("vendor", "product")]
        written_by = " ".join(vendors).casefold()
        self.vensim = "ventana" in written_by and "xmutil" not in written_by
        self.stella = "isee" in written_by
        self.dimensions: dict[str, Dimension] = {}
        self.variables: dict[str, Variable] = {}
        self.gained: dict[str, Expr] = {}  # multipliers of flows
        self.belts: dict[str, Belt] = {}
        self.leaks: dict[str, Leak] = {}
        self.driven: frozenset[str] = frozenset()
        macros: dict[str, Element] = {}
        for macro in root.all("macro"):  # the file's own come first, then those of the files it includes
            name = declared(macro.attributes.get("name", ""))
            first = macros.setdefault(name, macro)
            if first is not macro and (first.file == macro.file or first.file != root.file):
                other = "" if first.file == macro.file else f"; the other is in {first.file}"
                self.problem(macro, f"there are two macros {name!r}{other}", "leave one out", "name")
        self.translator = Translator({}, self.rooms.known, macros, self._later, self._points)
        self.calls: list[tuple[Element, str, Context, tuple[Expr, ...], Where]] = []  # of macros

    def where(self, element: Element) -> Where:
        """Return the line an element begins on."""
        return Where(element.file or self.path.name, element.line)

    def problem(self, element: Element, what: str, fix: str, kind: str = "unsupported") -> None:
        """Note what is wrong with an element."""
        self.problems.append(Problem("error", kind, self.where(element), what, fix))

    # the whole ----------------------------------------------------------------------------

    def model(self) -> Model:
        """Return the model, or raise all problems together."""
        if self.rooms.main is None:
            raise ModelError("the file has no model", self.where(self.root), "add <model><variables>")
        for element in [e for m in self.root.all("model") for e in self.rooms.variables_of(m)]:
            for part in (element, *element.all("element")):
                as_table(part)
        self.dimensions = dimensions_of(self.root, self.problem, self.where)
        elements = {name: dimension.elements for name, dimension in self.dimensions.items()}
        macros = self.translator.macros
        self.translator = Translator(
            elements, self.rooms.known, macros, self._later, self._points, stella=self.stella
        )
        self.rooms.find()
        self.translator.elements_of = self.rooms.kinds
        self._noted()
        self.driven = self._driven()
        time = None
        for module in self.rooms.modules:
            for element in self.rooms.variables_of(module.model):
                try:
                    self._variable(module, element)
                except ModelErrors as error:
                    self.problems.extend(error.problems)
        for call in self.calls:  # which grows meanwhile
            self._expand(*call)
        try:
            time = time_spec(self.root, self.rooms.main, self.path.name, self.notes, self.vensim)
        except ModelErrors as error:
            self.problems.extend(error.problems)
        self.problems.extend(self.translator.problems)
        self.notes.extend(self.translator.notes)
        if time is not None and time.method != "euler":
            self.problems.extend(self.translator.by_euler)
        if self.problems or time is None:
            raise ModelErrors((*self.problems, *affected_note(self.translator.refused, self._structure())))
        moved = with_belts(self.variables, self.belts, self.leaks, time, self.dimensions, self.notes)
        told = with_flows(with_multiplied(moved.values(), self.gained))
        variables, time, declared_units = with_units(told, time)
        model = Model(
            self.path.stem,
            time,
            tuple(variables),
            tuple(self.dimensions.values()),
            declared_units,
            subsystems=tuple(
                Subsystem(m.room, m.room.replace("_", " ")) for m in self.rooms.modules if m.room
            ),
            notes=tuple(self.notes),
            kept=self.rooms.kept(),
            origin="xmile",
        )
        if not self.rooms.own:
            return model
        units = [v.unit for v in told]
        model = with_sources(model, self.root, self.rooms.kinds, self.rooms.holders, units)
        return with_curves(model, self.rooms.kinds)

    def _noted(self) -> None:
        """Note what the file says and what is not done with it."""
        for connect, to in self.rooms.loose:
            what = f"a module is connected with {to!r}, which is not there"
            self.notes.append(
                Problem("warning", "name", self.where(connect), what, "connect it with what is")
            )
        for data in (d for holder in self.root.all("data") for d in holder.all("import")):
            if data.attributes.get("enabled", "true").strip().casefold() != "false":
                file = data.attributes.get("resource", "a file")
                what = f"{file!r} is not imported; the numbers that stand in the model run"
                fix = "put the numbers into the model, or read it as data"
                self.notes.append(Problem("warning", "source", self.where(data), what, fix))

    def _structure(self) -> dict[str, Told]:
        """Return what was read, for a note of what refused equations take with them."""
        found = {}
        for name, variable in self.variables.items():
            equations = [variable.equation, *[own for _, own in variable.elements]]
            exprs = tuple(equation.expr for equation in equations if equation is not None)
            found[name] = Told(variable.kind, exprs, (*variable.inflows, *variable.outflows))
        return found

    # variables ----------------------------------------------------------------------------

    def _variable(self, module: Module, element: Element) -> None:
        if element.tag in ("module", "group") or self.rooms.through(module, element):
            return
        name = self.rooms.full(module.room, element)
        if element.tag not in KINDS:
            self.problem(element, f"<{element.tag}> is not supported", "use stocks, flows and auxiliaries")
            return
        for part in element.all(*UNSUPPORTED):
            self.problem(
                part, f"{name}: <{part.tag}> is not supported: {UNSUPPORTED[part.tag]}", "leave it out"
            )
        for part in (inner for e in element.all("element") for inner in e.all(*WHOLE)):
            what = f"{name}: <{part.tag}> of a single element is not supported"
            self.problem(part, what, "say it of the whole array")
        if name in self.variables:
            self.problem(element, f"{name!r} is defined twice", "rename or remove one", "name")
            return
        dims = tuple(
            word_of(d.attributes.get("name", ""))
            for holder in element.all("dimensions")
            for d in holder.all("dim")
        )
        unknown = [d for d in dims if d not in self.dimensions]
        if unknown:
            self.problem(element, f"{name}: unknown dimension {unknown[0]!r}", "declare it", "name")
            return
        unit, doc = element.find("units"), element.find("doc")
        base = Variable(
            name,
            {"gf": "curve"}.get(element.tag, element.tag),
            " ".join(unit.text.split()) if unit is not None else "",
            dimensions=dims,
            reason=" ".join(doc.text.split()) if doc is not None else "",
            nonnegative=negative_one(element, module.model, self.root),
            where=self.where(element),
            spelling=element.attributes.get("name", "").replace("\\n", " "),
            span=range_of(element),
        )
        local = name.rpartition(".")[2]
        if local in module.inputs:
            self._connected(base, element, module.inputs[local])
        else:
            self._told(base, element, module)

    def _connected(self, base: Variable, element: Element, source: str) -> None:
        if source not in self.rooms.kinds:
            module = self.rooms.rooms.get(source.rpartition(".")[0])
            source = module.inputs.get(source.rpartition(".")[2], source) if module else source
        if source not in self.rooms.kinds:
            what = f"{base.name} is connected with {source!r}, which is not there"
            self.problem(element, what, "correct the connection", "name")
            return
        over = tuple(Index(d) for d in base.dimensions)
        reference = self.translator.absolute(base.subsystem, Name(source, over))
        equation = Equation(reference, "", base.where)
        self.variables[base.name] = replace(base, kind="aux", equation=equation)

    def _told(self, base: Variable, element: Element, module: Module) -> None:
        """Add a variable from its own equations and tables."""
        context = Context(module.room, base.name, base.dimensions, vensim=self.vensim)
        if self._listed(base, element):
            return
        if len(list(element.all("eqn"))) > 1:
            self._one_each(base, element, context)
            return
        equation = self._equation(element, context, base)
        pieces: list[tuple[tuple[str, ...], Equation]] = []
        tables: list[tuple[tuple[str, ...], Points]] = []
        for part in element.all("element"):
            for elements in elements_of(part, base, self.dimensions, self.problem):
                own = self._equation(part, replace(context, over=()), base)
                if own is not None:
                    pieces.append((elements, own))
                table = curve_points(part, self.path.name)
                if table is not None:
                    tables.append((elements, table))
        points = curve_points(element, self.path.name)
        multiplier = element.find("multiplier")
        if multiplier is not None:
            times = self.translator.expression(multiplier.text.strip(), self.where(multiplier), context)
            self.gained[base.name] = times or Number(1.0)
        inflows, outflows = self._sides(element, base, module.room)
        variable = replace(
            base, equation=equation, elements=tuple(pieces), inflows=inflows, outflows=outflows
        )
        if equation is None and not pieces and base.name in self.driven:
            variable = replace(variable, equation=Equation(Number(0.0), "", base.where))
        self._belted(variable, element, context)
        if points is not None or tables:
            self._tabled(variable, points, tuple(tables))
        elif variable.equation is None and not pieces:
            what = f"{base.name} has no equation"
            self.problem(element, what, "write <eqn>, or connect the module's input", "name")
        else:
            self.variables[base.name] = numbers_of(self._partial(variable))

    def _belted(self, variable: Variable, element: Element, context: Context) -> None:
        """Remember what a conveyor, a queue or a leak says."""

        def expression(part: Element) -> Expr:
            text = part.text.strip()
            return self.translator.expression(text, self.where(part), context) or Number(0.0)

        for part in element.all("conveyor", "queue"):
            place = self.where(part)
            self.belts[variable.name] = belt_of(part, variable.name, place, expression, self.root)
        refuse_options(element, variable.name, self.where(element), ("spread",))
        for part in element.all("leak", "leakage"):
            whole = variable.equation.expr if variable.equation else Number(0.0)
            self.leaks[variable.name] = leak_of(element, part, self.where(part), whole, expression)

    def _driven(self) -> frozenset[str]:
        """Return the flows that conveyors and queues drive, which need no equation."""
        found: set[str] = set()
        for module in self.rooms.modules:
            for stock in self.rooms.variables_of(module.model):
                if any(True for _ in stock.all("conveyor", "queue")):
                    names = [path_of(flow.text.strip()) for flow in stock.all("outflow")]
                    known = (self.rooms.known(module.room, name) for name in names)
                    found.update(name for name in known if name is not None)
        return frozenset(found)

    def _listed(self, base: Variable, element: Element) -> bool:
        """Add an array whose equation is a list of numbers; return whether it is one."""
        eqn = element.find("eqn")
        numbers = listed(eqn.text) if eqn is not None and base.dimensions else None
        if numbers is None or len(numbers) < 2:
            return False
        tuples = list(product(*(self.dimensions[d].elements for d in base.dimensions)))
        if len(numbers) != len(tuples) or base.kind != "aux":
            what = f"{base.name} has {len(tuples)} elements, {len(numbers)} numbers are given"
            self.problem(element, what, "give one number for each element", "name")
            return True
        self.variables[base.name] = number_list(base, tuples, numbers)
        return True

    def _one_each(self, base: Variable, element: Element, context: Context) -> None:
        """Add an array that has one <eqn> for each element, in their order, as Vensim writes it."""
        tuples = list(product(*(self.dimensions[d].elements for d in base.dimensions)))
        eqns = list(element.all("eqn"))
        if len(eqns) != len(tuples) or not base.dimensions or element.find("gf") is not None:
            what = f"{base.name} has {len(eqns)} <eqn> for {len(tuples)} elements"
            self.problem(element, what, "write one <eqn>, or one for each <element>", "name")
            return
        pieces = []
        for elements, eqn in zip(tuples, eqns, strict=True):
            alone = Element(element.tag, {}, eqn.line, children=[eqn])
            own = self._equation(alone, replace(context, over=()), base)
            if own is not None:
                pieces.append((elements, own))
        inflows, outflows = self._sides(element, base, context.room)
        variable = replace(base, elements=tuple(pieces), inflows=inflows, outflows=outflows)
        self.variables[base.name] = numbers_of(self._partial(variable))

    def _sides(self, element: Element, base: Variable, room: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the inflows and the outflows of a stock."""
        if base.kind != "stock":
            return (), ()
        inflows = tuple(self._flow(f, base, room) for f in element.all("inflow"))
        return inflows, tuple(self._flow(f, base, room) for f in element.all("outflow"))

    def _partial(self, variable: Variable) -> Variable:
        if variable.equation is None and variable.dimensions:
            whole = 1
            for dimension in variable.dimensions:
                whole *= len(self.dimensions[dimension].elements)
            if len(variable.elements) < whole:
                return replace(variable, partial=True)
        return variable

    def _tabled(
        self, variable: Variable, points: Points | None, tables: tuple[tuple[tuple[str, ...], Points], ...]
    ) -> None:
        """Add a variable with a table: a curve, or a flow that reads a curve of its own."""
        curve = replace(variable, kind="curve", points=points, element_points=tables, inflows=(), outflows=())
        if variable.kind in ("aux", "curve"):
            self.variables[variable.name] = replace(curve, nonnegative=False)
            return
        hidden = replace(curve, name=f"{variable.name}\u00b7table", equation=None, elements=(), spelling="")
        self.variables[hidden.name] = hidden
        over = tuple(Index(d) for d in variable.dimensions)

        def read(equation: Equation) -> Equation:
            expr = Call("LOOKUP", (Name(hidden.name, over), equation.expr))
            return replace(equation, expr=expr)

        self.variables[variable.name] = replace(
            variable,
            equation=read(variable.equation) if variable.equation else None,
            elements=tuple((elements, read(own)) for elements, own in variable.elements),
        )

    def _equation(self, element: Element, context: Context, base: Variable) -> Equation | None:
        eqn = element.find("init_eqn") if base.kind == "stock" else None
        eqn = eqn or element.find("eqn")
        if eqn is None or is_empty(eqn.text):
            return None
        text = eqn.text.strip()
        lead = len(eqn.text) - len(eqn.text.lstrip())
        where = Where(
            eqn.file or self.path.name,
            eqn.line + eqn.text.count("\n", 0, lead),
            1,
            1,
            text.partition("\n")[0],
        )
        expr = self.translator.expression(text, where, context)
        return Equation(Number(0.0) if expr is None else expr, text, where)

    def _flow(self, element: Element, stock: Variable, room: str) -> str:
        name = self.rooms.known(room, path_of(element.text.strip()))
        if name is None:
            what = f"{stock.name}: there is no flow {element.text.strip()!r}"
            self.problem(element, what, "define it, or remove it from the stock", "name")
            return ""
        return name

    # macros and flows ---------------------------------------------------------------------

    def _later(
        self, macro: Element, prefix: str, caller: Context, args: tuple[Expr, ...], where: Where
    ) -> None:
        """Remember a macro's call, so that calls in calls need no deep stack."""
        self.calls.append((macro, prefix, caller, args, where))

    def _points(self, room: str, word: str) -> Points | None:
        """Return the table of a name that is a table and nothing else."""
        element = self.rooms.kinds.get(self.rooms.known(room, word) or "")
        if element is None or element.find("dimensions") is not None or element.find("eqn") is not None:
            return None
        return curve_points(element, self.path.name)

    def _expand(
        self, macro: Element, prefix: str, caller: Context, args: tuple[Expr, ...], where: Where
    ) -> None:
        over = caller.over
        path = (*caller.path, declared(macro.attributes.get("name", "")))
        names: dict[str, str] = {}
        parameters = list(macro.all("parm"))
        for index, parameter in enumerate(parameters):
            local = declared(parameter.text)
            names[local] = f"{prefix}\u00b7{local}"
            expr: Expr | None = args[index] if index < len(args) else None
            if expr is None:
                context = Context(caller.room, prefix, over, dict(names), lead=over, path=path)
                expr = self.translator.expression(parameter.attributes["default"], where, context)
            equation = Equation(expr or Number(0.0), "", where)
            self.variables[names[local]] = Variable(
                names[local], "aux", equation=equation, dimensions=over, where=where
            )
        inner = [e for holder in macro.all("variables") for e in holder.children if e.tag in KINDS]
        for element in inner:
            local = declared(element.attributes.get("name", ""))
            if local not in names:
                names[local] = f"{prefix}\u00b7{local}"
        values = {
            declared(p.text): a.value for p, a in zip(parameters, args, strict=False) if isinstance(a, Number)
        }
        context = Context(caller.room, prefix, over, names, lead=over, path=path, values=values)
        for element in inner:
            self._macro_variable(element, names, context)
        whole = Variable(prefix, "aux", dimensions=over, where=where)
        gives = self._equation(macro, context, whole)
        if gives is None:
            self.problem(macro, "the macro has no <eqn>", "write what it gives", "name")
            return
        self.variables[prefix] = replace(whole, equation=gives)

    def _macro_variable(self, element: Element, names: Mapping[str, str], context: Context) -> None:
        name = names[declared(element.attributes.get("name", ""))]
        where = self.where(element)
        kind = {"gf": "curve"}.get(element.tag, element.tag)
        base = Variable(name, kind, dimensions=context.over, where=where)
        equation = self._equation(element, replace(context, name=name), base)
        inflows, outflows = (
            tuple(names.get(declared(f.text), declared(f.text)) for f in element.all(way))
            for way in ("inflow", "outflow")
        )
        points = curve_points(element, self.path.name)
        variable = replace(base, equation=equation, nonnegative=negative_one(element, element, element))
        if points is not None:
            self._tabled(variable, points, ())
        elif equation is None:
            self.problem(element, f"{name} has no equation", "write <eqn>", "name")
        else:
            self.variables[name] = replace(variable, inflows=inflows, outflows=outflows)
