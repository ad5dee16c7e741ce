"""The `kb` command itself: its groups, its common options, and how errors become exit codes.

0 done · 1 error · 2 usage · 3 done in part · 4 declined · 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli import ask, backup, bench, documents, eval, ingest, init, privacy, serve, spaces, status, users
from api.cli.invocation import Common, DataDir, Json, Lang, SecretsDir, command, language_without_settings, report_error
from api.cli.texts import text
from kb import __version__
from kb.errors import KennisbankError

USAGE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `kb` and leave the process with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(words))


def run(words: Sequence[str]) -> int:
    """Run `kb` and give its exit code. No exception leaves."""
    as_json, lang = _said(words)
    language = language_without_settings(lang, os.environ) or "nl"
    try:
        outcome = _app()(args=list(words), prog_name="kb", standalone_mode=False)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except typer.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        sys.stderr.write(text("interrupted", language) + "\n")
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the process: a usage error is shown, a bug is told without its text
        return _last_resort(error, as_json=as_json, language=language)
    if outcome == INTERRUPTED:
        sys.stderr.write(text("interrupted", language) + "\n")
    return outcome if isinstance(outcome, int) else 0


def _app() -> typer.Typer:
    app = typer.Typer(
        name="kb",
        help="Answers questions from your own documents, on your own server, and shows for every sentence where it comes from.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["--help", "-h"]},
    )

    @app.callback()
    def common(
        ctx: typer.Context,
        data_dir: DataDir = None,
        secrets_dir: SecretsDir = None,
        as_json: Json = False,
        lang: Lang = None,
        version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version.")] = False,
    ) -> None:
        """Answers questions from your own documents, on your own server, and shows for every sentence where it comes from."""
        ctx.obj = Common(data_dir, secrets_dir, as_json, lang)

    command(app, "init")(init.init)
    command(app, "serve")(serve.serve)
    command(app, "ingest")(ingest.ingest)
    app.add_typer(documents.group(), name="documents")
    app.add_typer(spaces.group(), name="spaces")
    app.add_typer(users.group(), name="users")
    app.add_typer(backup.group(), name="backup")
    app.add_typer(bench.group(), name="bench")
    app.add_typer(eval.group(), name="eval")
    app.add_typer(privacy.group(), name="privacy")
    command(app, "ask")(ask.ask)
    command(app, "status")(status.status)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"kb {__version__}\n")
        raise typer.Exit


def _said(words: Sequence[str]) -> tuple[bool, str | None]:
    """--json and --lang, read by eye, for errors that come before options are parsed."""
    before = list(words[: words.index("--")]) if "--" in words else list(words)
    lang = next((word.partition("=")[2] for word in before if word.startswith("--lang=")), None)
    if "--lang" in before[:-1]:
        lang = before[before.index("--lang") + 1]
    return "--json" in before, lang


def _last_resort(error: Exception, *, as_json: bool, language: str) -> int:
    show = getattr(error, "format_message", None)
    if show is None:
        from kb.logs import get_logger

        get_logger("api.cli").error("command_failed", exc_info=error)
        report_error(KennisbankError(), as_json=as_json, language="nl" if language == "nl" else "en")
        return KennisbankError.exit_code
    if as_json:
        sys.stderr.write(json.dumps({"code": "usage", "detail": show()}, ensure_ascii=False) + "\n")
    else:
        from typer.rich_utils import rich_format_error

        rich_format_error(error)  # type: ignore[arg-type]
    code = getattr(error, "exit_code", USAGE)
    return code if isinstance(code, int) else USAGE


def _let_go_of_stdout() -> None:
    """Whoever read stdout has left (`kb documents list | head`): keep the interpreter from complaining when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
