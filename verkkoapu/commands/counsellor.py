"""`verkkoapu counsellor`: make or change a counsellor's log-in."""

from __future__ import annotations

import argparse


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("counsellor", help="make or change a log-in; password from COUNSELLOR_PASSWORD or asked")
    parser.add_argument("--username", default="", help="the name to log in with; small letters, digits, . _ @ -")
    parser.add_argument("--languages", default="", help="languages the counsellor serves in, such as fi,sv")
    parser.add_argument("--role", default="", help="counsellor, editor or manager")
    parser.add_argument("--name", default="", help="the name residents see; the user name when left out")
    parser.add_argument("--skills", default=None, help="fields the counsellor serves, such as health,social; empty for all")
    parser.add_argument("--capacity", type=int, default=0, help="how many conversations at once")
    parser.add_argument("--oidc", action="store_true", help="log in through OpenID Connect only: no password")
    parser.add_argument("--inactive", action="store_true", help="refuse this log-in from now on")
    parser.add_argument("--list", action="store_true", help="list the accounts")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verkkoapu.embedded import redis_for_command
    from verkkoapu.handover.accounts import Accounts
    from verkkoapu.keys import Keys
    from verkkoapu.settings import load_settings

    settings = load_settings()
    with redis_for_command(settings) as client:
        accounts = Accounts(client, Keys(settings.key_prefix))
        if arguments.list:
            for account in accounts.all():
                print(f"{account.id}\t{account.role}\t{','.join(account.languages)}\t{','.join(account.skills) or 'all fields'}\t"
                      f"{'active' if account.active else 'inactive'}")
            return 0
        return _save(accounts, arguments, settings)


def _save(accounts, arguments: argparse.Namespace, settings) -> int:
    import os
    import sys
    from dataclasses import replace

    from verkkoapu.clock import Clock
    from verkkoapu.content import load_content
    from verkkoapu.handover.accounts import Account, AccountError
    from verkkoapu.handover.audit import AuditLog

    username = arguments.username.strip().lower()
    known = accounts.get(username) if username else None
    account = known or Account(id=username, name=arguments.name or username, languages=())
    content = load_content(settings.content_dir)[0]
    account = replace(
        account, name=arguments.name or account.name, languages=_list(arguments.languages) or account.languages,
        skills=account.skills if arguments.skills is None else _list(arguments.skills), role=arguments.role or account.role,
        capacity=arguments.capacity or account.capacity, active=not arguments.inactive,
    )
    try:
        if not username:
            raise AccountError("USERNAME is missing: make counsellor USERNAME=aino LANGUAGES=fi,sv ROLE=counsellor")
        _known("language", account.languages, content.languages)
        _known("field", account.skills, {topic.area for topic in content.topics.values()})
        password = None if arguments.oidc or arguments.inactive else _password(known is not None)
        if arguments.oidc:
            account = replace(account, password="")
        accounts.save(account, password)
    except AccountError as exc:
        print(f"{exc}.", file=sys.stderr)
        return 2
    AuditLog(accounts.redis, accounts.keys, Clock(settings.clock)).write("command line", "account", detail=f"{account.id} {account.role}")
    print(f"{account.id}: {account.role}, {','.join(account.languages)}, {'inactive' if arguments.inactive else 'can log in at /console'}")
    if os.environ.get("COUNSELLOR_PASSWORD") is None and known is not None and password is None and not arguments.oidc:
        print("The password stays as it was.")
    return 0


def _password(may_stay: bool) -> str | None:
    """From the environment, or asked twice; an empty answer keeps the password of an account that has one."""
    import getpass
    import os
    import sys

    from verkkoapu.handover.accounts import AccountError

    given = os.environ.get("COUNSELLOR_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        if may_stay:
            return None
        raise AccountError("Set COUNSELLOR_PASSWORD, or run the command in a terminal to be asked")
    password = getpass.getpass("Password: ")
    if not password and may_stay:
        return None
    if getpass.getpass("Again: ") != password:
        raise AccountError("The two passwords are not the same")
    return password


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _known(what: str, wanted, offered) -> None:
    from verkkoapu.handover.accounts import AccountError

    for name in wanted:
        if name not in offered:
            raise AccountError(f"'{name}' is not a {what} of this service: use {', '.join(sorted(offered))}")
