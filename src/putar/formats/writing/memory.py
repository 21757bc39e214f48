"""Functions with memory that a target lacks, as the stocks, flows and last values that they are made of.

Source: `engine.expand_memory`, whose states these are.
"""

from __future__ import annotations

import math

from putar.formats.start_values import AtStart, Unknown
from putar.formats.writing.rewrite import Context, Special, Words
from putar.language.expr import Binary, Call, Computed, Expr, If, Name, Number

__all__ = ["MEMORY"]


def _value(words: Words, expr: Expr) -> float | None:
    """Return what an expression is worth at the start, where that can be told."""
    time = words.model.time
    times = {"time": time.start, "starttime": time.start, "stoptime": time.stop, "dt": time.step}
    names = {f".{name}": variable for name, variable in words.model.by_name.items()}
    try:
        return AtStart(names, times).value(expr)
    except Unknown:
        return None


def _constant(words: Words, expr: Expr) -> bool:
    """Return whether an expression is one number all the time."""
    if isinstance(expr, Number):
        return True
    if not isinstance(expr, Name) or any(isinstance(s, Computed) for s in expr.subscripts):
        return False
    variable = words.model.by_name.get(expr.name.removeprefix("."))
    return variable is not None and variable.kind == "constant"


def _share(whole: Expr, order: int) -> Expr:
    return whole if order == 1 else Binary("/", whole, Number(float(order)))


def _stages(words: Words, context: Context, call: Call, initial: Expr, order: int, *, moving: bool) -> Expr:
    """Return a material delay as a chain of stocks.

    Parameters
    ----------
    moving : whether each stage keeps the delay that held when its content entered the one before
    """
    word = call.function.lower()
    wait: Expr = _share(words.let(context, call.args[1], f"{word}_time"), order)
    at_start = wait
    flow = words.add(context, words.helper_name(context, f"{word}_in"), "flow", call.args[0])
    initial = words.let(context, initial, f"{word}_initial")
    for stage in range(1, order + 1):
        if moving:
            if stage > 1:
                wait = words.expression(context, Call("PREVIOUS", (wait, at_start)))
            wait = words.let(context, wait, f"{word}_time_{stage}")
        stock = words.helper_name(context, f"{word}_stage_{stage}")
        out = words.helper_name(context, f"{word}_out_{stage}")
        flows = {"inflows": (flow.name,), "outflows": (f".{out}",)}
        level = words.add(context, stock, "stock", Binary("*", initial, at_start), **flows)
        flow = words.add(context, out, "flow", Binary("/", level, wait))
    return flow


def _delay_n_of_xmile(words: Words, context: Context, call: Call) -> Expr | None:
    """Return DELAYN for Vensim's DELAY N, in whole where the delay moves."""
    if words.target.name == "Vensim":
        return None
    order, wait = _value(words, call.args[3]), _value(words, call.args[1])
    if order is None or wait is None:
        return None
    count = math.trunc(order)
    while count > 1 and count * words.model.time.step > wait:
        count -= 1
    if _constant(words, call.args[1]):
        return Call("DELAYN", (call.args[0], call.args[1], Number(float(count)), call.args[2]))
    return _stages(words, context, call, call.args[2], count, moving=True)


def _delay_n_of_vensim(words: Words, context: Context, call: Call) -> Expr | None:
    """Return Vensim's DELAY N where it is the same, a chain of stocks where it is not."""
    initial = call.args[3] if len(call.args) > 3 else call.args[0]
    order, wait = _value(words, call.args[2]), _value(words, call.args[1])
    if order is None:
        return None
    same = wait is not None and math.trunc(order) * words.model.time.step <= wait
    if same and _constant(words, call.args[1]):
        return Call("DELAY_N", (call.args[0], call.args[1], initial, Number(float(math.trunc(order)))))
    return _stages(words, context, call, initial, math.trunc(order), moving=False)


def _sample(words: Words, context: Context, call: Call) -> Expr:
    """Return a value that is kept while the condition does not hold."""
    name = words.helper_name(context, "sampled")
    before = words.expression(context, Call("PREVIOUS", (words.reference(context, name), call.args[2])))
    return words.add(context, name, "aux", If(call.args[0], call.args[1], before))


def _net_present_value(words: Words, context: Context, call: Call) -> Expr:
    """Return the discounted flow so far and what is due now, as two stocks."""
    flow, rate = (words.let(context, a, w) for a, w in zip(call.args[:2], ("npv_of", "rate"), strict=True))
    fall, discount = words.helper_name(context, "discount_rate"), words.helper_name(context, "discount")
    now = words.reference(context, discount)
    whole = Binary("+", Number(1.0), Binary("*", rate, Name("dt")))
    words.add(context, fall, "flow", Binary("/", Binary("*", now, rate), whole))
    words.add(context, discount, "stock", Number(1.0), outflows=(f".{fall}",))
    coming = words.add(context, words.helper_name(context, "discounted_flow"), "flow", Binary("*", flow, now))
    stock = words.helper_name(context, "present_value")
    so_far = words.add(context, stock, "stock", call.args[2], inflows=(coming.name,))
    due = Binary("*", Binary("*", flow, Name("dt")), now)
    return Binary("*", Binary("+", so_far, due), call.args[3])


MEMORY: dict[str, Special] = {
    "DELAY_N": _delay_n_of_xmile,
    "DELAYN": _delay_n_of_vensim,
    "SAMPLE_IF_TRUE": _sample,
    "NPV": _net_present_value,
}
