"""The command `albumen aws`: the AWS-compatible API alone, on this machine, without accounts."""

from pathlib import Path

import click

from albumen.cli.context import Context, pass_context
from albumen.cli.exits import Exit


@click.command()
@click.option("--port", default=4747, show_default=True, type=click.IntRange(1, 65_535), help="Port on 127.0.0.1.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("aws"), help="For buckets and faces.")
@pass_context
def aws(context: Context, port: int, folder: Path) -> int:
    """Serve the AWS-compatible API alone, to this machine, without access keys.

    `albumen serve` has it beside the web app, with access keys for each account.
    """
    from albumen.aws_api.application import Options, app
    from albumen.aws_api.services.rekognition.installed import installed
    from albumen.server.models import Models
    from albumen.web.running import check_free, run

    check_free("127.0.0.1", port)
    models = Models(context.settings)
    options = Options(dict(context.settings.aws_topics), context.settings.aws_workers)
    gateway = app(folder, installed(models.cards, models.pool), options=options)
    address = f"http://127.0.0.1:{port}"
    run(gateway, host="127.0.0.1", port=port, tls=None, on_ready=lambda: click.echo(f"AWS_ENDPOINT_URL={address}"))
    return Exit.OK
