"""`kb init`."""

from __future__ import annotations

from api.cli.invocation import Invocation


def init(invocation: Invocation) -> None:
    """Make the data directory. Harmless where there is one already."""
    from api.bootstrap import first_administrator_code, init_directory
    from api.cli.addresses import door_address
    from api.operations import DEFAULT_SPACE
    from kb.logs import configure_logs, quiet

    settings = invocation.settings
    configure_logs(quiet(settings.log))
    made = init_directory(settings, DEFAULT_SPACE)
    code = first_administrator_code(settings)
    # Behind the #, which browsers keep to themselves: a code in the address itself would stand in logs.
    link = None if code is None else f"{door_address(settings)}/welcome#{code.secret}"
    if invocation.as_json:
        places = {"data_dir": str(settings.data_dir), "secrets_dir": str(settings.secrets_dir), "made": made}
        first = None if code is None else {"url": link, "expires_at": code.expires_at.isoformat()}
        invocation.print_json({**places, "first_administrator": first})
        return
    invocation.say(invocation.text("made" if made else "made_already", data_dir=settings.data_dir))
    if made:
        invocation.say(invocation.text("made_secrets", secrets_dir=settings.secrets_dir))
        invocation.say(invocation.text("made_next"))
    if code is not None:
        invocation.say(invocation.text("first.link", url=link, until=f"{code.expires_at.astimezone():%Y-%m-%d %H:%M}"))
