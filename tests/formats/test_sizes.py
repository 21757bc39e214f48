"""Files that ask for absurd sizes: refused by name, in bounded time and memory."""

import resource
import time
from pathlib import Path

import pytest

from putar.engine import lower_equation
from putar.engine.lower import lower
from putar.errors import ModelErrors
from putar.flywheels.catalogue import find
from putar.formats.vensim_read import read_vensim
from tests.formats.foreign import trajectory
from tests.formats.test_hostile import mdl, xmile

ARRAY = '<aux name="x"><dimensions><dim name="d"/><dim name="e"/></dimensions><eqn>1</eqn></aux>'
SIZES = '</model><dimensions><dim name="d" size="{}"/><dim name="e" size="{}"/></dimensions><model name="m">'


def bounded(began: float) -> bool:
    """Whether a few seconds and half a gigabyte were enough for this process."""
    return (
        time.process_time() - began < 5.0 and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000
    )


@pytest.mark.parametrize(
    ("sizes", "what"),
    [
        ((10**9, 2), "the dimension 'd' would have 1,000,000,000 elements"),
        ((10**5, 10**5), "'x' would have 10,000,000,000 elements"),
        ((10**5, 10**4), "the model would have 1,000,000,000 values at each time"),
    ],
)
def test_absurd_arrays_of_xmile_are_refused(tmp_path: Path, sizes: tuple[int, int], what: str) -> None:
    """Before anything goes through their elements."""
    began = time.process_time()
    text = SIZES.format(*sizes).replace("</model>", "").replace('<model name="m">', "")
    with pytest.raises(ModelErrors, match=what):
        find(xmile(tmp_path, ARRAY, after=text))
    assert bounded(began)


def test_absurd_arrays_of_the_text_form_are_refused(tmp_path: Path) -> None:
    """Ten dimensions of ten elements are ten thousand million values."""
    elements = ", ".join(f"e{i}" for i in range(1000))
    path = tmp_path / "model.putar"
    text = f"time 0 to 1 step 1 : year\ndimension d = {elements}\nstock x[d, d, d] = 1\n"
    path.write_text(text, encoding="utf-8")

    began = time.process_time()
    with pytest.raises(ModelErrors, match="'x' would have 1,000,000,000 elements"):
        find(path)
    assert bounded(began)


def test_sums_over_very_many_combinations_are_refused(tmp_path: Path) -> None:
    """Three ranges in one sum, each of 500 elements, took all memory."""
    ranges = "".join(f"{r}: ({r}1-{r}500) ~~|{r}x[{r}] = 1 ~~|" for r in "def")
    began = time.process_time()
    with pytest.raises(ModelErrors, match="d and e and f have 125,000,000 combinations"):
        lower(read_vensim(mdl(tmp_path, f"{ranges}z = SUM(dx[d!] * ex[e!] * fx[f!]) ~~|")))
    assert bounded(began)


def test_sums_of_all_equations_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum in each of very many equations is as much as one of that many; here ten times 300."""
    monkeypatch.setattr(lower_equation, "MOST_COMBINED", 300)
    text = "d: (d1-d20) ~~|x[d] = 1 ~~|" + "z{0}[d] = SUM(x[d!]) * {0} ~~|" * 7
    for i in range(7):
        text = text.replace("{0}", str(i), 2)
    lower(read_vensim(mdl(tmp_path, text)))
    with pytest.raises(ModelErrors, match="d have 20 combinations to go through, 3,020 with those before"):
        lower(read_vensim(mdl(tmp_path, f"{text}y[d] = SUM(x[d!]) * 9 ~~|")))


def test_many_problems_of_one_long_line_share_its_text(tmp_path: Path) -> None:
    """5,000 wrong names in one line of a file took a copy of the line each."""
    with pytest.raises(ModelErrors) as caught:
        read_vensim(mdl(tmp_path, "".join(f"v{i} = w{i} ~~|" for i in range(5000))))
    texts = {id(problem.where.text) for problem in caught.value.problems if problem.where is not None}
    assert len(texts) < 10


def test_formulas_in_formulas_are_counted(tmp_path: Path) -> None:
    """Each DERIVN of order 6 has its argument 64 times; four of them in one another took minutes."""
    text = '<aux name="x"><eqn>DERIVN(DERIVN(DERIVN(DERIVN(TIME, 6), 6), 6), 6)</eqn></aux>'
    began = time.process_time()
    with pytest.raises(ModelErrors, match="with DERIVN written out this equation has"):
        find(xmile(tmp_path, text))
    assert bounded(began)


def test_arguments_of_macros_in_macros_do_not_grow(tmp_path: Path) -> None:
    """An argument that doubles in each of 30 macros: a -> a + a, so that 1 becomes 2^30."""
    macros = "".join(f":MACRO: m{i}(a)\nm{i} = m{i + 1}(a + a) ~~|\n:END OF MACRO:\n" for i in range(30))
    last = ":MACRO: m30(a)\nm30 = a ~~|\n:END OF MACRO:\n"
    began = time.process_time()
    assert trajectory(find(mdl(tmp_path, f"{macros}{last}x = m0(1) ~~|")))["x"][1.0] == 2.0**30
    assert bounded(began)
