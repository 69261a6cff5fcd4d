"""Builds the web app from `ui/` into the package, with the machine's Node.js or the one in its Python wheel."""

import os
import subprocess
import sys
from pathlib import Path

from albumen.models.sources.packages import Packages

ROOT = Path(__file__).resolve().parent.parent
STEPS = (("ci", "--no-audit", "--no-fund", "--silent"), ("run", "build", "--silent"))


def main() -> None:
    """Install what the build needs, and build."""
    command = Packages(Path.home() / ".cache" / "albumen" / "packages").npm_command()
    folder = Path(command[0]).parent
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    for step in STEPS:
        done = subprocess.run([*command, *step], cwd=ROOT / "ui", env=environment, check=False)
        if done.returncode:
            sys.exit(f"the web app could not be built: npm {step[0]} ended with {done.returncode}")


if __name__ == "__main__":
    main()
