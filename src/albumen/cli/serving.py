"""The command `albumen serve`: the web app and the APIs on one address."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.core.errors import SettingsError

if TYPE_CHECKING:
    from albumen.aws_api.gateway import Gateway
    from albumen.aws_api.signature import Key
    from albumen.core.settings import Settings
    from albumen.rest_api.accounts.access_keys import AccessKeys
    from albumen.rest_api.shop import Shop
    from albumen.server.models import Models
    from albumen.web.front import Front


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is everywhere.")
@click.option("--port", default=8484, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Certificate (PEM).")
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its private key (PEM).")
@click.option("--watch", is_flag=True, help="Import what changes in the folders that libraries know.")
@click.option("--owner", metavar="NAME", help="Make this owner's account first, asking for the password.")
@click.option("--password-file", type=click.File("r"), help="Where the owner's password is, instead of asking.")
@of_library
def serve(
    context: Context,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    watch: bool,
    owner: str | None,
    password_file: TextIO | None,
) -> int:
    """Open the library in the browser, and to programs.

    The first start prints an address with a code, where the owner's account is made; --owner makes it here instead.
    """
    if (tls_cert is None) != (tls_key is None):
        raise SettingsError("TLS needs both --tls-cert and --tls-key")
    from albumen.rest_api.watches import Watches
    from albumen.web.running import check_free, run

    check_free(host, port)
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    shop, front = assembled(context.settings, context.library, secure=tls is not None)
    if owner:
        _make_owner(shop, owner, password_file.read().strip("\r\n") if password_file else None)
    address = f"http{'s' if tls else ''}://{host if ':' not in host else f'[{host}]'}:{port}/"
    shop.warm()
    if watch:
        Watches(shop).start()
    run(front, host=host, port=port, tls=tls, on_ready=lambda: _say(shop, address), on_stop=shop.events.close)
    return Exit.OK


def assembled(settings: "Settings", library: Path, *, secure: bool) -> "tuple[Shop, Front]":
    """Put the server together: the accounts, the libraries that they own, the API, and the web app before it."""
    from albumen.rest_api.accounts.store import Accounts
    from albumen.rest_api.application import application
    from albumen.rest_api.shop import home, stocked
    from albumen.rest_api.thumbs import Thumbs
    from albumen.server.house import House, settled
    from albumen.server.models import Models
    from albumen.web.front import Front
    from albumen.web.pages import Pages, built

    library = library.expanduser().absolute()
    settings = settled(settings, library)
    models = Models(settings)
    shop = stocked(
        settings,
        library,
        accounts=Accounts(home(library) / "accounts.sqlite"),
        models=models,
        opener=lambda path: House(settings, path, writable=True, models=models),
        secure=secure,
    )
    api, aws = application(shop), _aws(models, settings, library, shop.access_keys)
    front = Front(Thumbs(api, shop.accounts), Pages(built()), aws=aws, is_aws=aws.wants, lifespans=(api, aws))
    return shop, front


def _aws(models: "Models", settings: "Settings", library: Path, access_keys: "AccessKeys") -> "Gateway":
    """Put the AWS-compatible API together on the server's own models; its buckets lie beside the library."""
    from albumen.aws_api.application import Options, app
    from albumen.aws_api.services.rekognition.installed import installed
    from albumen.rest_api.shop import home

    tasks, keys = installed(models.cards, models.pool), _Opened(access_keys)
    options = Options(dict(settings.aws_topics), settings.aws_workers)
    return app(home(library) / "aws", tasks, keys=keys, required=access_keys.required, options=options)


class _Opened:
    """The server's access keys as the AWS-compatible API looks them up."""

    def __init__(self, access_keys: "AccessKeys") -> None:
        self._access_keys = access_keys

    def find(self, access_key: str) -> "Key | None":
        """Return the key with that id; the first account is the one that unsigned requests had before."""
        from albumen.aws_api.signature import Key

        found = self._access_keys.find(access_key)
        return Key(found[0], f"{found[1] - 1:012}") if found else None


def _make_owner(shop: "Shop", name: str, password: str | None) -> None:
    from albumen.rest_api.accounts.who import Role

    if not shop.accounts.empty():
        raise SettingsError("this server has an owner already; sign in instead")
    chosen = password or click.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True)
    shop.accounts.add(name, shop.passwords.hash(chosen), Role.OWNER, shop.first_library(), first=True)


def _say(shop: "Shop", address: str) -> None:
    if shop.accounts.empty():
        click.echo(f"Albumen waits for its owner: open {address}#setup={shop.setup_code}")
    else:
        click.echo(f"Albumen is at {address}")
