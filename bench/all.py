"""All benchmarks, each in a process of its own; `python bench/all.py job single` runs those two."""

import subprocess
import sys
from pathlib import Path

QUESTIONS = ("job", "loading", "compile", "single", "ensemble", "shapley", "loops", "page")

if __name__ == "__main__":
    for question in sys.argv[1:] or QUESTIONS:
        script = Path(__file__).with_name(f"{question}.py")
        print(f"== {script.name}", flush=True)
        subprocess.run([sys.executable, str(script)], check=True)
