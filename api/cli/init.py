"""`kb init`."""

from __future__ import annotations

from api.cli.invocation import Invocation


def init(invocation: Invocation) -> None:
    """Make the data directory. Harmless where there is one already."""
    from api.bootstrap import init_directory
    from api.operations import DEFAULT_SPACE
    from kb.logs import configure_logs, quiet

    settings = invocation.settings
    configure_logs(quiet(settings.log))
    made = init_directory(settings, DEFAULT_SPACE)
    if invocation.as_json:
        invocation.print_json({"data_dir": str(settings.data_dir), "secrets_dir": str(settings.secrets_dir), "made": made})
        return
    invocation.say(invocation.text("made" if made else "made_already", data_dir=settings.data_dir))
    if made:
        invocation.say(invocation.text("made_secrets", secrets_dir=settings.secrets_dir))
        invocation.say(invocation.text("made_next"))
