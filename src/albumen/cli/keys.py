"""The commands `albumen keys`: access keys with which AWS clients use an account's buckets and collections."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from albumen.cli.context import Context, of_library
from albumen.cli.exits import Exit
from albumen.cli.options import as_json
from albumen.cli.output import print_json
from albumen.core.errors import NotFound

if TYPE_CHECKING:
    from albumen.rest_api.accounts.access_keys import AccessKeys
    from albumen.rest_api.accounts.store import Accounts

of_account = click.option("--account", metavar="NAME", help="Whose keys; the first owner's unless told otherwise.")


@click.group()
def keys() -> None:
    """Make, list and end access keys for AWS clients of `albumen serve`."""


@keys.command()
@click.argument("name")
@of_account
@as_json
@of_library
def make(context: Context, name: str, account: str | None, json_: bool) -> int:
    """Make a key called NAME and print it with its secret, which is shown this once."""
    with _opened(context) as (accounts, access_keys):
        made, secret = access_keys.make(_number(accounts, account), name)
    if json_:
        print_json({"id": made.id, "secret": secret, "name": made.label})
    else:
        click.echo(f"AWS_ACCESS_KEY_ID={made.id}\nAWS_SECRET_ACCESS_KEY={secret}")
    return Exit.OK


@keys.command("list")
@of_account
@as_json
@of_library
def list_(context: Context, account: str | None, json_: bool) -> int:
    """List the keys of an account."""
    with _opened(context) as (accounts, _):
        found = accounts.access_keys(_number(accounts, account))
    if json_:
        print_json({"keys": [vars(key) for key in found]})
        return Exit.OK
    for key in found:
        click.echo(f"{key.id}  {key.label}")
    click.echo(f"{len(found)} access keys")
    return Exit.OK


@keys.command()
@click.argument("id")
@of_account
@of_library
def revoke(context: Context, id: str, account: str | None) -> int:
    """End the key ID at once, also for a server that runs; what was stored with it stays."""
    with _opened(context) as (accounts, _):
        accounts.revoke_access_key(_number(accounts, account), id)
    click.echo(f"{id} opens nothing any more")
    return Exit.OK


@contextmanager
def _opened(context: Context) -> "Generator[tuple[Accounts, AccessKeys]]":
    from albumen.rest_api.accounts.access_keys import AccessKeys, seed
    from albumen.rest_api.accounts.store import Accounts
    from albumen.rest_api.shop import home

    folder = home(context.library.absolute())
    if not (folder / "accounts.sqlite").is_file():
        raise NotFound(f"nobody has an account at {context.library} yet; start albumen serve and make one")
    accounts = Accounts(folder / "accounts.sqlite")
    try:
        yield accounts, AccessKeys(accounts, seed(folder))
    finally:
        accounts.close()


def _number(accounts: "Accounts", name: str | None) -> int:
    found = [a for a in accounts.all() if name is None or a.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(a.name for a in accounts.all()) or "there is none yet"
        raise NotFound(f"there is no account {name or ''!r}; those that there are: {names}")
    return found[0].id
