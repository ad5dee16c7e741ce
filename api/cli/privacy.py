"""`kb privacy`: subject requests. This file puts the group together; its commands stand in the files beside it."""

from __future__ import annotations

import typer

from api.cli import privacy_cases, privacy_execution, privacy_search, privacy_upkeep
from api.cli.invocation import command


def group() -> typer.Typer:
    """The commands of `kb privacy`, in the order in which a case goes."""
    app = typer.Typer(help="Answer requests of people about their data: access, erasure and the others, with proof.", no_args_is_help=True)
    command(app, "request")(privacy_cases.open_request)
    command(app, "list")(privacy_cases.list_requests)
    command(app, "show")(privacy_cases.show_request)
    command(app, "add")(privacy_cases.add_identifiers)
    command(app, "await-identity")(privacy_cases.await_identity)
    command(app, "confirm")(privacy_cases.confirm)
    command(app, "find")(privacy_search.find)
    command(app, "review")(privacy_search.review)
    command(app, "plan")(privacy_search.plan)
    command(app, "original")(privacy_search.original)
    command(app, "approve")(privacy_search.approve)
    command(app, "execute")(privacy_execution.execute)
    command(app, "verify")(privacy_execution.verify)
    command(app, "report")(privacy_execution.report)
    command(app, "export")(privacy_execution.export)
    command(app, "letters")(privacy_cases.letters)
    command(app, "extend")(privacy_cases.extend)
    command(app, "refuse")(privacy_cases.refuse)
    command(app, "hold")(privacy_cases.hold)
    command(app, "restrict")(privacy_cases.restrict)
    command(app, "lift")(privacy_cases.lift)
    command(app, "uphold")(privacy_cases.uphold)
    command(app, "close")(privacy_execution.close)
    command(app, "tasks")(privacy_upkeep.tasks)
    command(app, "suppressions")(privacy_upkeep.suppressions)
    command(app, "journal")(privacy_upkeep.journal)
    command(app, "retention")(privacy_upkeep.retention)
    return app
