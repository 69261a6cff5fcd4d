"""Serve the AWS-compatible API alone, on this machine: `python -m albumen.aws_api --port 4747`."""

from pathlib import Path

import click

from albumen.aws_api.application import app
from albumen.aws_api.services.rekognition.installed import installed
from albumen.aws_api.serving import run
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore


@click.command()
@click.option("--port", default=4747, show_default=True, help="Port on 127.0.0.1.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("aws"), help="For buckets and faces.")
@click.option("--models", type=click.Path(path_type=Path), default=Path.home() / ".cache" / "albumen" / "models")
def main(port: int, folder: Path, models: Path) -> None:
    """Serve until interrupted."""
    tasks = installed(Cards.load(), Pool(ModelStore(models)))
    run(app(folder, tasks), host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
