"""A flywheel small enough to reckon by hand: an oven earns, a share of the income builds more oven.

Income is 1.6 euro a loaf of capacity; three tenths of it at two euro a loaf build capacity: it grows by
a factor 1.06 each quarter. Tests change a text of `FILES` and write the folder.
"""

from pathlib import Path

from putar.errors import ModelErrors
from putar.flywheels.folder import Flywheel, read_flywheel

FILES = {
    "flywheel.toml": """
name = "bakery"
title = "A bakery"
question = "Does the oven pay for itself?"

[about]
purpose = "To be reckoned by hand."
boundary = "One oven, one shop."
limits = ["It never burns."]

[time]
start = 0.0
stop = 10.0
step = "1/4"
unit = "year"
now = 5.0

[dimensions]
product = ["bread", "cake"]

[units]
loaf = "base"
euro = "base"
keuro = "1e3 euro"
percent = "0.01"
month = "year/12"
hour = "year/8760"
W = "base"
kW = "1e3 W"

[[subsystem]]
name = "oven"
title = "The oven"

[[subsystem]]
name = "shop"
title = "The shop"

[[headline]]
variable = "shop.income"
label = "Income"
series = "income"

[[link]]
id = "own_oven"
title = "Own oven"
from = "oven"
to = "shop"
border = "inside"
integrated = "sells what it bakes"
arms_length = "buys from another bakery"
facts = ["OVEN_PRICE"]

[[link]]
id = "ploughing_back"
title = "Ploughing back"
from = "shop"
to = "oven"
border = "across"
integrated = "a share of income builds capacity"
arms_length = "no capacity is built"

[[protocol]]
title = "What carries the income"
output = "shop.income"
at = 10.0
cut_from = 5.0

[[lever]]
variable = "oven.ploughback"
low = 0.0
high = 1.0

[scenario.feast]
title = "Cake sells for twice as much from year 5"
from = 5.0
scale = { "shop.price[cake]" = 2.0 }

[scenario.strike]
title = "No income is ploughed back"
cut = ["ploughing_back"]

[valuation]
variable = "shop.income"

[uncertainty]
from = 5.0
""",
    "parameters.toml": """
[oven.initial_capacity]
value = 1000
unit = "loaf/year"
status = "assumed"
reason = "a round number"

[oven.ploughback]
value = 0.3
unit = "dmnl"
range = [0.2, 0.4]
distribution = { kind = "uniform", low = 0.2, high = 0.4 }
status = "lever"
reason = "the owner decides"

[oven.cost_of_capacity]
value = 2
unit = "euro*year/loaf"
status = "reported"
facts = ["OVEN_PRICE"]
reason = "list price over yearly output"

[shop]
"mix[bread]" = { value = 0.7, unit = "dmnl", status = "assumed", reason = "two in three" }
"mix[cake]" = { value = 0.3, unit = "dmnl", status = "assumed", reason = "one in three" }
"price[bread]" = { value = 1, unit = "euro/loaf", status = "assumed", reason = "a round number" }
"price[cake]" = { value = 3, unit = "euro/loaf", status = "assumed", reason = "a round number" }
resale_share = { value = 0.5, unit = "dmnl", status = "assumed", reason = "the other bakery keeps half" }
""",
    "oven.putar": """subsystem oven "The oven"
  ; what can be baked

stock capacity : loaf/year = initial_capacity
  inflow building
  ; loaves a year

flow building : loaf/year^2 = links.ploughing_back * ploughback * shop.income / cost_of_capacity
  ; paid from income
""",
    "shop.putar": """subsystem shop "The shop"
  ; what is sold

aux sales[product] : euro/year = oven.capacity * mix[product] * price[product]
    * (links.own_oven + (1 - links.own_oven) * resale_share)
  ; everything is sold

aux income : euro/year = SUM(sales[*])
  ; of both products
""",
    "facts.csv": """id,quantity,value,low,high,unit,date,kind,source_title,publisher,url,note
OVEN_PRICE,Price of an oven,2,1.5,2.5,keuro,2024-03-01,reported,A list,A maker,https://example.org/list,
INCOME_1,Income 1,1.7,1.6,1.9,keuro/year,2025-01-01,estimated,Books,Shop,https://a.org/b,"a guess, really"
INCOME_2,Income 2,2.1,,,keuro/year,2026-01-01,reported,The books,The shop,https://example.org/books,
POWER,Power of the oven,12,,,kW,2024,reported,A list,A maker,https://example.org/list,
BAKER,Who bakes,Ann,,,text,2023-07-02,reported,A paper,A publisher,https://example.org/paper,
OPENED,Day of opening,2023-07-02,,,date,2023-07-02,reported,A paper,A publisher,https://example.org/paper,
""",
    "series.csv": """series,variable,time,until,value,low,high,unit,fact
income,shop.income,2,,2.1,,,keuro/year,INCOME_2
income,shop.income,1,,1.7,1.6,1.9,keuro/year,INCOME_1
sold,shop.sales[cake],1,2,900,,,euro,INCOME_1
""",
}


def write(folder: Path, **texts: str) -> Path:
    """Write the bakery, with `name_ext` keywords in place of (or beside) its files."""
    folder.mkdir(exist_ok=True, parents=True)
    files = dict(FILES)
    for key, text in texts.items():
        name, _, kind = key.rpartition("_")
        files[f"{name}.{kind}"] = text
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def bakery(folder: Path, **texts: str) -> Flywheel:
    """Return the bakery as it is read."""
    return read_flywheel(write(folder / "bakery", **texts))


def problems(folder: Path, **texts: str) -> list[str]:
    """Return what is said about a bakery that cannot be read, one text a problem."""
    try:
        bakery(folder, **texts)
    except ModelErrors as errors:
        return [str(problem) for problem in errors.problems]
    return []
