"""Files made to do harm, and files made of noise: a clear error in bounded time, never anything else."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from putar.engine.lower import lower
from putar.errors import ModelErrors, PutarError
from putar.flywheels.catalogue import find
from putar.formats.vensim_read import read_vensim
from putar.formats.xmile_read import read_xmile
from putar.language.check import check
from tests.formats.foreign import FEATURES, files, trajectory

CONTROLS = "INITIAL TIME = 0 ~~|FINAL TIME = 1 ~~|TIME STEP = 1 ~~|SAVEPER = 1 ~~|"
HEAD = '<xmile version="1.0"><sim_specs><start>0</start><stop>1</stop></sim_specs>'


def mdl(folder: Path, text: str) -> Path:
    path = folder / "model.mdl"
    path.write_text(f"{{UTF-8}}\n{text}\n{CONTROLS}", encoding="utf-8")
    return path


def xmile(folder: Path, variables: str, before: str = "", after: str = "") -> Path:
    path = folder / "model.xmile"
    text = f"{before}{HEAD}<model><variables>{variables}</variables></model>{after}</xmile>"
    path.write_text(text, encoding="utf-8")
    return path


HOSTILE_XML = {
    "a bomb": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
    "an external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "a document type": '<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd">',
}


@pytest.mark.parametrize("kind", HOSTILE_XML)
def test_declared_entities_are_refused(tmp_path: Path, kind: str) -> None:
    """Nothing is expanded and nothing is fetched."""
    with pytest.raises(ModelErrors, match="a document type or an entity is declared"):
        read_xmile(xmile(tmp_path, '<aux name="x"><eqn>1</eqn></aux>', HOSTILE_XML[kind]))


@pytest.mark.parametrize("depth", [257, 100_000])
@pytest.mark.parametrize("opening", ["(", "-(", "ABS(", "1+("])
def test_deep_equations_are_refused(tmp_path: Path, opening: str, depth: int) -> None:
    """Brackets, signs and calls in one another beyond 256 levels are refused, however deep."""
    text = opening * depth + "1" + ")" * depth

    with pytest.raises(ModelErrors, match="nested more than 256 levels deep"):
        read_vensim(mdl(tmp_path, f"x = {text} ~~|"))
    with pytest.raises(ModelErrors, match="nested more than 256 levels deep"):
        read_xmile(xmile(tmp_path, f'<aux name="x"><eqn>{text}</eqn></aux>'))


@pytest.mark.parametrize(
    "text", ["(" * 250 + "1" + ")" * 250, "-" * 200 + "1", "ABS(" * 250 + "1" + ")" * 250]
)
def test_equations_of_250_levels_run(tmp_path: Path, text: str) -> None:
    """Every way of nesting up to the limit is read, checked and lowered."""
    assert trajectory(find(mdl(tmp_path, f"x = {text} ~~|")))["x"][1.0] == 1.0


def test_long_rows_run(tmp_path: Path) -> None:
    """A sum of 5,000 terms is no deeper than one."""
    names = " + ".join(["y"] * 5000)

    assert trajectory(find(mdl(tmp_path, f"x = {names} ~~|y = 2 ~~|")))["x"][0.0] == 10_000.0


def test_long_chains_run(tmp_path: Path) -> None:
    """A chain of 10,000 variables, defined from its end, needs no deep stack."""
    chain = "".join(f"v{i} = v{i + 1} + 1 ~~|\n" for i in range(10_000))

    assert trajectory(find(mdl(tmp_path, f"{chain}v10000 = 0 ~~|")))["v0"][0.0] == 10_000.0


def test_deep_xml_is_refused(tmp_path: Path) -> None:
    """Elements in one another do not run out of stack."""
    with pytest.raises(ModelErrors, match="nested too deep"):
        read_xmile(xmile(tmp_path, "<a>" * 100_000 + "</a>" * 100_000))


def test_modules_in_a_circle_are_refused(tmp_path: Path) -> None:
    """A module that contains itself is named."""
    inner = '<model name="m"><variables><module name="m"/></variables></model>'

    with pytest.raises(ModelErrors, match="the module 'm' contains itself"):
        read_xmile(xmile(tmp_path, '<module name="m"/><aux name="x"><eqn>1</eqn></aux>', after=inner))


def test_macros_in_a_circle_are_refused(tmp_path: Path) -> None:
    """A macro that calls itself, or another that calls it, ends with its name."""
    one = ":MACRO: F(a)\nF = G(a) ~~|\n:END OF MACRO:\n:MACRO: G(a)\nG = F(a) ~~|\n:END OF MACRO:\n"
    with pytest.raises(ModelErrors, match="calls itself"):
        read_vensim(mdl(tmp_path, f"{one}x = F(1) ~~|"))

    many = ":MACRO: H(a)\nH = H(a) + H(a) ~~|\n:END OF MACRO:\n"
    with pytest.raises(ModelErrors, match="calls itself"):
        read_vensim(mdl(tmp_path, f"{many}x = H(1) ~~|"))

    macro = '<macro name="f"><parm>a</parm><eqn>f(a)</eqn></macro>'
    with pytest.raises(ModelErrors, match="calls itself"):
        read_xmile(xmile(tmp_path, '<aux name="x"><eqn>f(1)</eqn></aux>', after=macro))


@pytest.mark.parametrize(
    "name", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "..\\\\secret.csv", "?alias"]
)
def test_files_outside_of_the_folder_are_not_read(tmp_path: Path, name: str) -> None:
    """GET calls name files beside the model, nothing else."""
    (tmp_path / "secret.csv").write_text("1,2\n", encoding="utf-8")
    folder = tmp_path / "model"
    folder.mkdir()

    with pytest.raises(ModelErrors, match=r"outside of the model's folder|is an alias"):
        read_vensim(mdl(folder, f"x = GET DIRECT CONSTANTS('{name}', ',', 'A1') ~~|"))


def test_ranges_in_a_circle_are_refused(tmp_path: Path) -> None:
    """Ranges that contain each other are named; absurd ones are not counted out."""
    with pytest.raises(ModelErrors, match="contains itself"):
        read_vensim(mdl(tmp_path, "a: b ~~|b: a ~~|x[a] = 1 ~~|"))
    with pytest.raises(ModelErrors, match="names no elements"):
        read_vensim(mdl(tmp_path, "a: (e1-e999999999) ~~|"))
    wide = "a: (e1-e1000) ~~|b: (f1-f1000) ~~|x[a,b] = 1 ~~|"
    with pytest.raises(ModelErrors, match="would have 1,000,000 elements"):
        read_vensim(mdl(tmp_path, wide))


def test_loops_of_equations_are_named(tmp_path: Path) -> None:
    """METHODS IN-07 and IN-08: an algebraic loop, and initial values in a circle."""
    with pytest.raises(ModelErrors, match=r"algebraic loop: x -> y -> x"):
        lower(read_vensim(mdl(tmp_path, "x = y + 1 ~~|y = x / 2 ~~|")))
    with pytest.raises(ModelErrors, match=r"circular initial values: s1 -> s2 -> s1"):
        lower(read_vensim(mdl(tmp_path, "s1 = INTEG(0, s2) ~~|s2 = INTEG(0, s1) ~~|")))


def test_large_models_are_read_quickly(tmp_path: Path) -> None:
    """5,000 values a step are read in a few seconds at most, on any machine."""
    lines = ["d: (e1-e50) ~~|", "a0[d] = 1 ~~|"]
    lines += [f"a{i}[d] = a{i - 1}[d] * 0.5 + MAX(a{i - 1}[d], 2) ~ units ~ text |" for i in range(1, 100)]
    path = mdl(tmp_path, "\n".join(lines))

    began = time.perf_counter()
    model = read_vensim(path)
    assert time.perf_counter() - began < 5.0
    assert len(model.variables) == 100


# noise ---------------------------------------------------------------------------------------------

SIGNS = st.text(alphabet="abxy()[]{}<>=~|:!\"'\\,;.+-*/^ \n0123456789$_é:", max_size=120)
FINE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_error(path: Path) -> None:
    """Read and check a file; only errors that putar explains may come out."""
    try:
        model = read_vensim(path) if path.suffix == ".mdl" else read_xmile(path)
        if not any(problem.severity == "error" for problem in check(model)):
            lower(model)
    except PutarError as error:
        str(error)


@given(SIGNS)
@FINE
def test_any_equation_gives_a_model_or_an_error(tmp_path: Path, text: str) -> None:
    """Noise in place of an equation, in both formats."""
    read_or_error(mdl(tmp_path, f"x = {text} ~~|a = 1 ~~|"))
    safe = text.replace("&", "").replace("<", "&lt;")
    read_or_error(xmile(tmp_path, f'<aux name="x"><eqn>{safe}</eqn></aux><aux name="a"><eqn>1</eqn></aux>'))


@given(SIGNS)
@FINE
def test_any_text_gives_a_model_or_an_error(tmp_path: Path, text: str) -> None:
    """Noise in place of entries."""
    read_or_error(mdl(tmp_path, text))


@pytest.mark.parametrize("feature", FEATURES)
def test_broken_models_give_a_model_or_an_error(tmp_path: Path, feature: str) -> None:
    """Pieces of a right file cut out, doubled and swapped, from fixed seeds."""
    for path in files(feature):
        text = path.read_text(encoding="utf-8")
        for seed in range(12):
            draw = random.Random(f"{path}{seed}")
            broken = text
            for _ in range(draw.randint(1, 4)):
                a, b = sorted(draw.randrange(len(broken) + 1) for _ in range(2))
                b = min(b, a + draw.randint(1, 30))
                piece = broken[a:b]
                place = draw.randrange(len(broken) + 1)
                broken = draw.choice(
                    [
                        broken[:a] + broken[b:],
                        broken[:place] + piece + broken[place:],
                        broken[:a] + "(" + broken[a:],
                    ]
                )
            other = tmp_path / f"model{path.suffix}"
            other.write_text(broken, encoding="utf-8")
            read_or_error(other)


SLOW = {  # found by mutating models: each took a pattern more than an hour
    "a list that is none": "d: (e1-e40) ~~|x[d] = " + ", ".join(["123456789"] * 40) + " x ~~|",
    "a list with blanks": "d: (e1-e40) ~~|x[d] = " + " , ".join(["1"] * 60) + " ; ; ) ~~|",
    "a table that is none": "t(" + " ".join(["(1, 1)"] * 60) + " (2 ~~|",
    "a table of numbers that is none": "t(" + " , ".join(["1"] * 60) + " , a) ~~|",
    "exceptions that are none": "x[a] :EXCEPT: " + "[a] " * 60 + "% = 1 ~~|",
    "a name with very many blanks": "a" + " " * 50_000 + ") = 1 ~~|",
    "very many blanks": "x = " + " " * 50_000 + "1 + ~~|",
    "very many comments": "x = " + "{a}" * 20_000 + "1 + ~~|",
    "a name before blank lines": "x = a" + " \n" * 60 + "% ~~|",
    "a tabbed array that is none": "d: (e1-e40) ~~|x[d] = TABBED ARRAY(" + "1 \t" * 400 + "x) ~~|",
}


@pytest.mark.parametrize("kind", SLOW)
def test_no_text_takes_long(tmp_path: Path, kind: str) -> None:
    """Lists and tables that end wrong are refused at once."""
    began = time.process_time()
    with pytest.raises(ModelErrors):
        read_vensim(mdl(tmp_path, SLOW[kind]))
    assert time.process_time() - began < 2.0


def test_profiles_of_unknown_elements_are_refused(tmp_path: Path) -> None:
    """A profile that is named by an element which its range has not ends in an error, found by mutation."""
    text = "d: a, b ~~|e: p, q, r, s ~~|x[d] = 1, 2 ~~|y[d, e] = 1 ~~|"
    with pytest.raises(ModelErrors, match="is not an element of"):
        lower(read_vensim(mdl(tmp_path, f"{text}z[d] = ALLOCATE AVAILABLE(x[d], y[d, a], 1) ~~|")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = WITH LOOKUP(Time, ((0,1),(1,1e999))) ~~|", "is not finite"),
        ("x = GET TIME VALUE(0, 1, 1e999) ~~|", "GET TIME VALUE is not supported"),
    ],
)
def test_numbers_beyond_all_doubles_are_refused(tmp_path: Path, text: str, said: str) -> None:
    """In places where only a finite number has a sense, found by mutation."""
    with pytest.raises(ModelErrors, match=said):
        lower(read_vensim(mdl(tmp_path, text)))
