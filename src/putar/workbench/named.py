"""What a model's names are: everything that an option takes, as `putar list MODEL` says it.

Constants for `--set`, variables for `--output` and `--variables`, scenarios, links for `--cut`, tables and
feeds, each as it is typed.
"""

from __future__ import annotations

from putar.flywheels.folder import Flywheel

__all__ = ["named"]


def named(flywheel: Flywheel) -> dict[str, object]:
    """Return every name of a flywheel, by kind, each with its unit or title.

    A constant has the value that runs where nothing is set, in its unit, its range (null: none is said), the
    bounds of who may decide it, and whether it is drawn where members run.
    """
    model = flywheel.model
    levers = {lever.variable: [lever.low, lever.high] for lever in flywheel.levers}
    constants = [
        {
            "name": name,
            "value": parameter.value if parameter.fitted is None else parameter.fitted,
            "unit": variable.unit,
            "low": parameter.low,
            "high": parameter.high,
            "drawn": parameter.distribution is not None,
            "lever": levers.get(name),
            "status": parameter.status,
            "reason": parameter.reason,
        }
        for variable in model.variables
        for name, parameter in model.parameters(variable)
    ]
    shown = [v for v in model.variables if v.kind != "constant" and v.name not in model.internal]
    return {
        "model": flywheel.name,
        "title": flywheel.title,
        "scenarios": [{"name": name, "title": each.title} for name, each in flywheel.scenarios.items()],
        "links": [
            {"id": link.id, "title": link.title, "from": link.source, "to": link.target}
            for link in flywheel.links
        ],
        "tables": [{"name": table.name, "title": table.title} for table in flywheel.tables],
        "feeds": [{"name": feed.id, "title": feed.title} for feed in flywheel.feeds],
        "subsystems": [{"name": room.name, "title": room.title} for room in model.subsystems],
        "constants": constants,
        "variables": [
            {"name": name, "kind": v.kind, "unit": v.unit} for v in shown for name in model.element_names(v)
        ],
    }
