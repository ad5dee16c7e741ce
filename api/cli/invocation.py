"""One run of `kb`: what was said before and after the command's name, and how to speak to whoever ran it."""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.texts import text
from kb.errors import KennisbankError
from kb.types import Language

if TYPE_CHECKING:
    from rich.console import Console

    from api.operations import Operations
    from kb.settings import Settings

DATA_DIRECTORY = Path("var")

_WIDE = 1_000
"""Columns where no terminal says how wide it is: lines for a file or another program are not folded."""

_DATA_DIR_HELP = "The data directory (default: KB_DATA_DIR, else ./var)."
_SECRETS_DIR_HELP = "Keys and journal (default: KB_SECRETS_DIR, else <data-dir>.secrets)."

DataDir = Annotated[Path | None, typer.Option("--data-dir", help=_DATA_DIR_HELP, show_default=False)]
SecretsDir = Annotated[Path | None, typer.Option("--secrets-dir", help=_SECRETS_DIR_HELP, show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.", show_default=False)]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of what is said. (default: that of LANG)", show_default=False),
]


@dataclass(frozen=True)
class Common:
    """The options that every command takes, before or after its name; what stands after wins."""

    data_dir: Path | None = None
    secrets_dir: Path | None = None
    as_json: bool = False
    lang: Language | None = None

    def overlaid(self, later: Common) -> Common:
        """These options where ``later`` says nothing."""
        said = {field.name: getattr(later, field.name) for field in fields(later)}
        return replace(self, **{name: value for name, value in said.items() if value})


_COMMON_ANNOTATIONS: dict[str, Any] = {"data_dir": DataDir, "secrets_dir": SecretsDir, "as_json": Json, "lang": Lang}
_COMMON_DEFAULTS: dict[str, Any] = {"data_dir": None, "secrets_dir": None, "as_json": False, "lang": None}


class Invocation:
    """What a command is given."""

    def __init__(self, common: Common) -> None:
        self.as_json = common.as_json
        self._common = common

    @cached_property
    def settings(self) -> Settings:
        """The settings of the data directory. Raises SettingsInvalid."""
        from kb.settings import load_settings

        data_dir = self._common.data_dir or _path_in(os.environ, "KB_DATA_DIR") or DATA_DIRECTORY
        return load_settings(data_dir, self._common.secrets_dir or _path_in(os.environ, "KB_SECRETS_DIR"))

    def secrets_beside(self, data_dir: Path) -> Path:
        """The secrets directory of a data directory that need not exist yet: --secrets-dir, else KB_SECRETS_DIR, else beside it."""
        said = self._common.secrets_dir or _path_in(os.environ, "KB_SECRETS_DIR")
        return (said or data_dir.with_name(data_dir.name + ".secrets")).absolute()

    @cached_property
    def language(self) -> Language:
        """--lang, else LANG, else the settings'."""
        return language_without_settings(self._common.lang, os.environ) or self.settings.language

    @property
    def language_of_errors(self) -> Language:
        """The same, also when the settings are what is wrong."""
        try:
            return self.language
        except KennisbankError:
            return "nl"

    def text(self, key: str, **values: object) -> str:
        """A text of `api.cli.texts` in this run's language."""
        return text(key, self.language, **values)

    @cached_property
    def out(self) -> Console:
        """Where results go."""
        return _console(sys.stdout)

    @cached_property
    def err(self) -> Console:
        """Where everything else goes."""
        return _console(sys.stderr)

    def print_json(self, value: object) -> None:
        """The one JSON object: a dataclass of the wire, or a mapping of plain values."""
        from api.wire import to_json

        line = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, Mapping) else to_json(value)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def say(self, line: str = "", style: str | None = None) -> None:
        """A line of the result, word for word."""
        self.out.print(line, style=style, markup=False, highlight=False, emoji=False, soft_wrap=True)

    def note(self, line: str, style: str | None = None) -> None:
        """A line for the person, not part of the result."""
        self.err.print(line, style=style, markup=False, highlight=False, emoji=False, soft_wrap=True)

    @contextmanager
    def operations(self) -> Iterator[Operations]:
        """The operations: through the server that owns the data directory, else by owning it.

        Raises DirectoryMissing, DirectoryLocked, ServerUnreachable and their kin.
        """
        from api.bootstrap import open_kennisbank, running_server
        from kb.authorise import OWNER
        from kb.logs import configure_logs, quiet

        configure_logs(quiet(self.settings.log))
        server = running_server(self.settings)
        if server is not None:
            from api.client import HttpOperations

            with HttpOperations(server.url, server.token, pid=server.pid, language=self.language, certificate=server.certificate) as remote:
                yield remote
        else:
            with open_kennisbank(self.settings, role="command") as kennisbank:
                yield kennisbank.operations(OWNER, self.language)


def _path_in(environment: Mapping[str, str], name: str) -> Path | None:
    said = environment.get(name)
    return Path(said) if said else None


def language_without_settings(lang: str | None, environment: Mapping[str, str]) -> Language | None:
    """--lang or the first of LC_ALL, LC_MESSAGES and LANG that is set, when that is Dutch or English."""
    said = lang or next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    match said[:2].lower():
        case "nl":
            return "nl"
        case "en":
            return "en"
        case _:
            return None


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., int | None]], Callable[..., None]]:
    """Register a function as command ``name``: it is given an Invocation and its own options, and may return an exit code.

    The common options are added to those that it declares.
    """

    def register(function: Callable[..., int | None]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        own = list(signature.parameters.values())[1:]

        @wraps(function)
        def run(ctx: typer.Context, **values: Any) -> None:
            later = Common(**{name: values.pop(name) for name in _COMMON_DEFAULTS})
            earlier: Common = ctx.obj or Common()
            invocation = Invocation(earlier.overlaid(later))
            try:
                code = function(invocation, **values)
            except KennisbankError as error:
                report_error(error, as_json=invocation.as_json, language=invocation.language_of_errors)
                code = error.exit_code
            if code:
                raise typer.Exit(code)

        context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        for option, annotation in _COMMON_ANNOTATIONS.items():
            parameters.append(
                inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=_COMMON_DEFAULTS[option], annotation=annotation)
            )
        run.__signature__ = inspect.Signature([context, *parameters])  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in [context, *parameters]}
        app.command(name)(run)
        return run

    return register


def report_error(error: KennisbankError, *, as_json: bool, language: Language) -> None:
    """An error on stderr: its sentence, or with --json the object ``{"code", "detail"}`` as the last line."""
    detail = error.sentence(language)
    if as_json:
        sys.stderr.write(json.dumps({"code": error.code, "detail": detail}, ensure_ascii=False) + "\n")
    else:
        _console(sys.stderr).print(f"{detail} ({error.code})", style="red", markup=False, highlight=False, emoji=False, soft_wrap=True)


def _console(stream: Any) -> Console:
    from rich.console import Console

    return Console(file=stream, width=None if stream.isatty() else _WIDE)
