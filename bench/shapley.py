"""Question: how long does the exact attribution over all coalitions of links take?

`openai-compute` has seven links, so 128 coalitions, each a run of its own. Timed is the whole question as
Python asks it, with the compiled program at hand. Before that the shares must add up to the difference that
all links make.
"""

from functools import partial

import numpy as np

import putar
from measure import interleaved, report

OUTPUT = "run_rate@2030"


def main() -> None:
    """Ask with central values alone, and with a hundred draws of the uncertain constants."""
    model = putar.load("openai-compute")
    finding = model.links(OUTPUT)
    np.testing.assert_allclose(finding.point.shapley.sum(), finding.point.all - finding.point.none, rtol=1e-9)
    cases = {str(draws): partial(model.links, OUTPUT, members=draws) for draws in (0, 100)}
    took = interleaved(cases, {"100": 3})
    report(
        [
            {
                "links": len(finding.point.players),
                "draws": int(draws),
                "runs": cases[draws]().as_json()["runs"],
                "wall_s": round(took[draws].wall, 4),
                "cpu_s": round(took[draws].cpu, 4),
            }
            for draws in cases
        ]
    )


if __name__ == "__main__":
    main()
