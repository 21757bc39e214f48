"""The reader of Vensim: aliases of files, missing data, maps of parts, what an error takes with it."""

from pathlib import Path

import pytest

import putar
from putar.errors import ModelErrors
from putar.flywheels.catalogue import find
from putar.formats.vensim_functions import REFUSED
from putar.formats.vensim_read import read_vensim
from tests.formats.foreign import trajectory
from tests.formats.test_hostile import mdl


def test_an_alias_means_the_one_table_that_is_called_like_it(tmp_path: Path) -> None:
    """`?numbers` is numbers.csv beside the model, which is said; two such tables are one too many."""
    (tmp_path / "Numbers.csv").write_text("a,1\nb,2\n", encoding="utf-8")
    path = mdl(tmp_path, "x = GET DIRECT CONSTANTS('?numbers', ',', 'B2') ~~|")

    assert trajectory(find(path))["x"][0.0] == 2.0
    assert "'?numbers' is taken to mean Numbers.csv" in read_vensim(path).notes[0].what

    (tmp_path / "numbers.tab").write_text("b\t3\n", encoding="utf-8")
    with pytest.raises(ModelErrors, match="is an alias for a file that the model does not say"):
        read_vensim(path)


def test_data_that_nothing_reads_may_be_missing(tmp_path: Path) -> None:
    """A data variable without data is a note; one that an equation reads is an error with its line."""
    unread = read_vensim(mdl(tmp_path, "measured ~ people ~|\nx = 1 ~~|"))
    assert [variable.name for variable in unread.variables] == ["x"]
    assert unread.notes[0].what == "measured is a data variable without data (no column 'measured')"

    with pytest.raises(ModelErrors, match=r"model\.mdl:2:1: measured is a data variable without data"):
        read_vensim(mdl(tmp_path, "measured ~ people ~|\nx = measured ~~|"))


def test_parts_map_to_parts(tmp_path: Path) -> None:
    """A map lists a part for a part: their elements are paired in order."""
    text = "d: low, d3 -> (e: first, e3) ~~| low: d1, d2 ~~| e: e1, e2, e3 ~~| first: e1, e2 ~~|"
    found = trajectory(find(mdl(tmp_path, f"{text} a[d] = 1, 2, 3 ~~| b[e] = a[d] ~~|")))

    assert [found[f"b[e{i}]"][0.0] for i in (1, 2, 3)] == [1.0, 2.0, 3.0]


def test_all_that_is_refused_is_listed_with_what_needs_it(tmp_path: Path) -> None:
    """Each refused function has its line; a last note counts the file and names what needs them."""
    text = "s = INTEG(f, 1) ~~|\nf = DELAY BATCH(s, 3, 1, 0, 0, 0) ~~|\ng = QUEUE AGE OLDEST(f) ~~|"
    with pytest.raises(ModelErrors) as caught:
        read_vensim(mdl(tmp_path, f"{text}\nh = g * 2 ~~|\nk = 5 ~~|"))

    lines = [(p.severity, p.where.line if p.where else 0) for p in caught.value.problems]
    assert lines == [("error", 3), ("error", 4), ("note", 0)]
    note = caught.value.problems[-1].what
    assert note.startswith("of 9 variables read (1 stock, 3 aux, 5 constant), 2 cannot be computed")
    assert note.endswith("and 2 need them: s, h")


@pytest.mark.parametrize(
    ("last", "elements"),
    [("A", ["b1", "b2", "b3"]), ("2", ["b1", "c1"]), ("", ["b1", "c1", "b2", "b3"]), ("A3", ["b1", "b2"])],
)
def test_elements_are_read_to_a_cell_a_column_a_row_or_the_end(
    tmp_path: Path, last: str, elements: list[str]
) -> None:
    """Elements are read across and then down; empty cells are left out."""
    (tmp_path / "names.csv").write_text("head,top\nB1,C1\nB2,\nB3,\n", encoding="utf-8")
    model = read_vensim(mdl(tmp_path, f"d: GET DIRECT SUBSCRIPT('names.csv', ',', 'A2', '{last}', '') ~~|"))

    assert list(model.dimension_elements["d"]) == elements


def test_binary_data_is_refused_by_name(tmp_path: Path) -> None:
    """A .vdf file is no table."""
    (tmp_path / "run.vdf").write_bytes(bytes(100))
    with pytest.raises(ModelErrors, match=r"GET VDF CONSTANTS is not .*: the binary form \.vdf is not read"):
        read_vensim(mdl(tmp_path, "x = GET VDF CONSTANTS('run.vdf', 'x', 'A1') ~~|"))
    with pytest.raises(ModelErrors, match=r"model\.mdl:2:5: GET VDF DATA is not supported"):
        read_vensim(mdl(tmp_path, "x := GET VDF DATA('run.vdf', 'x', 0, 1) ~~|"))
    with pytest.raises(ModelErrors, match=r"model\.mdl:2:5: GET ODBC DATA is not supported: databases"):
        read_vensim(mdl(tmp_path, "x := GET ODBC DATA('base', 'x', 'A1') ~~|"))


def test_files_in_the_encoding_of_windows_are_read(tmp_path: Path) -> None:
    """A .mdl that is no UTF-8 is CP1252: names, units and comments keep their letters."""
    path = tmp_path / "model.mdl"
    text = mdl(tmp_path, "größe = 2 ~ €/Jahr ~ “Was kostet’s?” ~ |\nx = größe ~ €/Jahr ~|").read_text("utf-8")
    path.write_bytes(text.replace("{UTF-8}", "").encode("cp1252"))
    model = read_vensim(path)

    assert trajectory(find(path))["x"][0.0] == 2.0
    assert (model["größe"].unit, model["größe"].spelling) == ("euro/jahr", "größe")
    assert "“Was kostet’s?”" in model["größe"].reason


@pytest.mark.parametrize("function", ["TIME SHIFT(sales, 1)", "CUMULATE(sales)", "CUMULATEF(sales)"])
def test_data_made_of_data_have_no_mode_of_their_own(tmp_path: Path, function: str) -> None:
    """A mode of their own would be lost, and is refused with its line; the usual one is read."""
    (tmp_path / "data.csv").write_text("time,sales\n0,1\n1,3\n", encoding="utf-8")
    for mode in (":HOLD BACKWARD:", ":RAW:", ":LOOK FORWARD:"):
        path = mdl(tmp_path, f"sales ~~|\nx {mode} := {function} ~~|")
        with pytest.raises(ModelErrors, match=r"model\.mdl:3:\d+: x: .* is not supported with :"):
            read_vensim(path, [tmp_path / "data.csv"])
    assert read_vensim(
        mdl(tmp_path, f"sales ~~|\nx :INTERPOLATE: := {function} ~~|"), [tmp_path / "data.csv"]
    )


@pytest.mark.parametrize("function", sorted(REFUSED))
def test_what_is_refused_is_refused_with_its_reason(tmp_path: Path, function: str) -> None:
    """Whatever its arguments, in any case of letters, with blanks or without."""
    for name in (function, function.replace("_", " ").lower()):
        with pytest.raises(ModelErrors) as caught:
            read_vensim(mdl(tmp_path, f"x = {name}(1, 2) ~~|"))
        problem = caught.value.problems[0]
        assert problem.what == f"x: {function.replace('_', ' ')} is not supported: {REFUSED[function]}"
        assert (problem.kind, str(problem.where)) == ("unsupported", "model.mdl:2:5")


def test_the_saved_step_is_a_variable_only_where_it_is_read(tmp_path: Path) -> None:
    """Equations may read SAVEPER; where none does, it says how far apart rows are and nothing else."""
    text = "INITIAL TIME = 0 ~~|FINAL TIME = 4 ~~|TIME STEP = 0.5 ~~|SAVEPER = 2 ~~|"
    path = tmp_path / "model.mdl"
    path.write_text(f"x = 1 ~~|{text}", encoding="utf-8")
    assert [v.name for v in read_vensim(path).variables] == ["x"]

    path.write_text(f"x = SAVEPER * 3 ~~|{text}", encoding="utf-8")
    found = trajectory(find(path))
    assert found["x"] == {0.0: 6.0, 2.0: 6.0, 4.0: 6.0}


@pytest.mark.parametrize("form", [".mdl", ".putar", ".xmile"])
@pytest.mark.parametrize("body", ["x = 1 ~~|", "x = SAVEPER * 3 ~~|"])
@pytest.mark.parametrize("saved", ["2", "TIME STEP"])
def test_going_round_changes_nothing_any_more(tmp_path: Path, form: str, body: str, saved: str) -> None:
    """A file that was written, read and written again is the same file, however often."""
    first, other = tmp_path / "0.mdl", tmp_path / f"other{form}"
    text = f"INITIAL TIME = 0 ~~|FINAL TIME = 4 ~~|TIME STEP = 0.5 ~~|SAVEPER = {saved} ~~|"
    first.write_text(f"{{UTF-8}}{body} s = INTEG(x * s, 1) ~ Dmnl [0,9] ~|{text}", encoding="utf-8")
    written = []
    for number in range(1, 4):
        find_and_write(tmp_path / f"{number - 1}.mdl", other)
        find_and_write(other, tmp_path / f"{number}.mdl")
        written.append((tmp_path / f"{number}.mdl").read_text(encoding="utf-8"))

    assert written[0] == written[1] == written[2]
    assert written[0].count("SAVEPER = ") == 1
    assert "saveper 2" not in written[0].lower()


def find_and_write(path: Path, to: Path) -> None:
    putar.load(path).write(to, force=True)


def test_a_table_of_an_array_is_read_inside_a_sum(tmp_path: Path) -> None:
    """`SUM(f[d!](x[d!]))` reads each element's own table: 1 * 1 + 2 * 2."""
    text = (
        "d: a, b ~~| f[a]((0,0),(9,9)) ~~| f[b]((0,0),(9,18)) ~~| x[d] = 1, 2 ~~| y = SUM(f[d!](x[d!])) ~~|"
    )

    assert trajectory(find(mdl(tmp_path, text)))["y"][0.0] == 5.0


def test_checks_of_reality_are_left_out_with_a_note(tmp_path: Path) -> None:
    """Whether their name stands first or not, each is a note with its line."""
    text = "a = 1 ~~|\nno a :THE CONDITION: a = 0 :IMPLIES: a <= 0 ~~|\ntry :TEST INPUT: a = 0 ~~|"
    notes = read_vensim(mdl(tmp_path, text)).notes

    assert [note.where.line for note in notes if note.where] == [3, 4]


def test_what_a_file_says_of_its_time_is_asked_for_by_name(tmp_path: Path) -> None:
    """All that is missing is named at once, each with a line that would do."""
    path = tmp_path / "model.mdl"
    path.write_text("x = 1 ~~|TIME STEP = 1 ~~|", encoding="utf-8")
    with pytest.raises(ModelErrors) as caught:
        read_vensim(path)

    assert caught.value.problems[0].what == "the model does not say its INITIAL TIME and FINAL TIME"
    assert "FINAL TIME = 100 ~ Month ~ |" in caught.value.problems[0].fix


def test_a_line_that_goes_on_to_nothing_ends_there(tmp_path: Path) -> None:
    """A backslash before the end of an equation is no part of it."""
    found = trajectory(find(mdl(tmp_path, "a = 1 + \\\n\t2 \\\n\t~ Dmnl\\\n\t~ text |")))

    assert found["a"][0.0] == 3.0


def test_relations_in_a_row_are_worked_out_and_warned_of(tmp_path: Path) -> None:
    """`1 < Time < 3` compares 0 or 1 with 3; with brackets, that is what the author says."""
    bare = read_vensim(mdl(tmp_path, "a = IF THEN ELSE(1 < Time < 3, 1, 0) ~~|"))
    assert [(n.severity, str(n.where)) for n in bare.notes] == [("warning", "model.mdl:2:18")]

    told = read_vensim(mdl(tmp_path, "a = IF THEN ELSE((1 < Time) = (Time < 3), 1, 0) ~~|"))
    assert told.notes == ()


def test_what_a_formula_puts_in_is_found_wrong_where_it_was_written(tmp_path: Path) -> None:
    """CUMULATE becomes another function; what is wrong with that one stands at the call in the file."""
    with pytest.raises(ModelErrors, match=r"model\.mdl:3:6: the first argument of DATA_CUMULATED"):
        find(mdl(tmp_path, "x = Time ~~|\ny := CUMULATE(x) ~~|")).program  # noqa: B018 - it is asked for


def test_comments_may_hold_the_signs_that_end_fields(tmp_path: Path) -> None:
    """Behind a backslash they stand for themselves."""
    model = read_vensim(mdl(tmp_path, "a = 1 ~ Dmnl ~ about \\~ 5 \\| 6 ~ :SUPPLEMENTARY |\nb = a ~~|"))

    assert model["a"].reason == "about ~ 5 | 6"
    assert [variable.name for variable in model.variables] == ["a", "b"]


def _timed(tmp_path: Path, control: str, text: str) -> Path:
    """Write a model with nothing but its times, one of which is something else."""
    path = tmp_path / "model.mdl"
    controls = {"INITIAL TIME": "0", "FINAL TIME": "4", "TIME STEP": "1", "SAVEPER": "2", control: text}
    path.write_text("".join(f"{name} = {said} ~~|\n" for name, said in controls.items()), encoding="utf-8")
    return path


def test_a_step_that_changes_is_refused(tmp_path: Path) -> None:
    """It would be what it is at the start, and the run another one than the file asks for."""
    with pytest.raises(ModelErrors) as caught:
        read_vensim(_timed(tmp_path, "TIME STEP", "IF THEN ELSE(Time < 2, 1, 2)"))

    problem = caught.value.problems[0]
    assert problem.what == "TIME STEP changes during the run, which is not supported"
    assert problem.where is not None
    assert problem.where.line == 3


def test_where_what_is_kept_changes_every_step_is_kept(tmp_path: Path) -> None:
    """All rows that Vensim saves are there, and others between them."""
    model = read_vensim(_timed(tmp_path, "SAVEPER", "IF THEN ELSE(Time < 2, 2, 1)"))

    assert (model.time.step, model.time.save) == (1.0, 1.0)
    assert [(note.severity, str(note.where)) for note in model.notes] == [("note", "model.mdl:4:1")]


def test_a_list_of_one_range_may_go_down(tmp_path: Path) -> None:
    """Where one range has several elements there is one order only; two in one of its rows are a mistake."""
    text = "d: a, b, c ~~|\ne: x ~~|\nm[d,e] = 1;2;3; ~~|\nn[d] = 4;5;6 ~~|\nz = 10 * m[b,x] + n[c] ~~|"
    assert trajectory(find(mdl(tmp_path, text)))["z"][0.0] == 26.0
    with pytest.raises(ModelErrors, match="a row of n has 3 numbers, one here has 1"):
        read_vensim(mdl(tmp_path, text.replace("4;5;6", "4;5,6;")))


@pytest.mark.parametrize("rows", ["1,2,3;4;", "1,2;3,4,5,6;", "1;2;3;4;5;6;"])
def test_rows_that_do_not_fit_are_refused(tmp_path: Path, rows: str) -> None:
    """A list in rows has as many numbers in each as the last range has elements."""
    text = f"d: a, b ~~|\ne: x, y, z ~~|\nm[d,e] = {rows} ~~|"
    with pytest.raises(ModelErrors, match=r"model\.mdl:4:\d+: (a row of m has 3 numbers|m has 6 elements)"):
        read_vensim(mdl(tmp_path, text))
    assert read_vensim(mdl(tmp_path, text.replace(rows, "1,2,3;4,5,6;"))).by_name["m"].kind == "constant"


def test_data_made_by_a_curved_formula_are_warned_of(tmp_path: Path) -> None:
    """A multiple of data is the same between their times; a product of data is not, and it is said."""
    (tmp_path / "data.csv").write_text("time,sales\n0,1\n1,3\n", encoding="utf-8")
    text = "sales ~~|\nx := 2 * sales - sales / 4 + 1 ~~|\ny := sales * sales ~~|"
    model = read_vensim(mdl(tmp_path, text), [tmp_path / "data.csv"])

    assert [(note.severity, note.what.split()[0]) for note in model.notes] == [("warning", "y")]


def test_rows_go_along_the_last_range_that_has_several(tmp_path: Path) -> None:
    """A single element behind it makes no rows: m[b,y,one] is the second row's second number."""
    text = "d: a, b ~~| e: x, y ~~| f: one, two ~~| m[d,e,one] = 1,2;3,4; ~~| m[d,e,two] = 0 ~~|"

    assert trajectory(find(mdl(tmp_path, f"{text} z = m[b,y,one] ~~|")))["z"][0.0] == 4.0


@pytest.mark.parametrize("function", ["SUM", "PROD", "VMIN", "VMAX"])
@pytest.mark.parametrize("left", ["z", "z[d]"])
def test_a_sum_over_no_range_is_refused(tmp_path: Path, function: str, left: str) -> None:
    """Vensim goes over the ranges with a '!' alone, and asks for one."""
    text = f"d: a, b ~~|\nx[d] = 1, 2 ~~|\n{left} = {function}(x[d]) ~~|"
    with pytest.raises(ModelErrors, match=rf"model\.mdl:4:\d+: z: {function} goes over no range"):
        read_vensim(mdl(tmp_path, text))


def test_a_sample_may_read_what_it_was(tmp_path: Path) -> None:
    """METHODS 1.6: on its right side a sample is its value before; from 2 on a counts 1 a step, and b 2."""
    path = _timed(tmp_path, "SAVEPER", "1")
    text = "d: a, b ~~|\nk[d] = 1, 2 ~~|\nn[d] = SAMPLE IF TRUE(Time > 1, n[d] + k[d], 10) ~~|\n"
    text += "late = SAMPLE IF TRUE(Time > late + 1, Time, 0) ~~|\n"
    path.write_text(text + path.read_text(), encoding="utf-8")
    found = trajectory(find(path))

    assert list(found["n[a]"].values()) == [10.0, 10.0, 11.0, 12.0, 13.0]
    assert list(found["n[b]"].values()) == [10.0, 10.0, 12.0, 14.0, 16.0]
    assert list(found["late"].values()) == [0.0, 0.0, 2.0, 2.0, 4.0]


@pytest.mark.parametrize("name", ["DELAY 1", "DELAY 3", "SMOOTH 3"])
def test_older_names_have_a_blank(tmp_path: Path, name: str) -> None:
    """They are what the names without it are, with and without an initial value."""
    short = name.replace(" ", "")
    text = f"a = {name}(Time, 2) - {short}(Time, 2) ~~|\nb = {name}I(Time, 2, 5) - {short}I(Time, 2, 5) ~~|\n"
    text += f"c = {name}I(Time, 2, 5) ~~|"
    found = trajectory(find(mdl(tmp_path, text)))

    assert set(found["a"].values()) == set(found["b"].values()) == {0.0}
    assert found["c"][0.0] == 5.0


@pytest.mark.parametrize(("number", "said"), [("0", 0), ("1", 1), ("3", 1), ("4", 1), ("5", 1)])
def test_steps_that_vensim_may_shorten_are_told(tmp_path: Path, number: str, said: int) -> None:
    """Which of the settings shortens them is not published."""
    path = _timed(tmp_path, "SAVEPER", "1")
    path.write_text(f"{path.read_text()}\\\\\\---/// Sketch\n///---\\\\\\\n:L\n15:0,0,0,{number},0,0\n")
    notes = read_vensim(path).notes

    assert [(note.kind, str(note.where)) for note in notes] == [("method", "model.mdl:3:1")] * said


def test_the_profile_of_a_belt_is_a_lookup(tmp_path: Path) -> None:
    """The message has the function's own name and order of arguments."""
    text = "even((0,1),(1,1)) ~~|\nx = DELAY CONVEYOR(1, even, 2, 0, 0, 2) ~~|"
    with pytest.raises(
        ModelErrors, match=r"3:\d+: x: DELAY CONVEYOR takes the name of a lookup as its fourth"
    ):
        read_vensim(mdl(tmp_path, text))


def test_units_of_a_macro_by_its_arguments_are_those_of_each_call(tmp_path: Path) -> None:
    """A macro may name its arguments where units stand; they are no units of their own."""
    path = mdl(
        tmp_path,
        ":MACRO: HELD(into, wait)\nHELD = store / wait ~ into ~|\n"
        "store = INTEG(into - HELD, into * wait) ~ into*wait ~|\n:END OF MACRO:\n"
        "rain = 3 ~ metre/Month ~|\nlag = 2 ~ Month ~|\nriver = HELD(rain, lag) ~ metre/Month ~|",
    )
    units = {variable.name.rpartition("\u00b7")[2]: variable.unit for variable in read_vensim(path).variables}

    assert units["held"] == units["store"] == ""
    assert units["river"] == "metre/month"
