"""`kb backup`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.invocation import Invocation, command
from api.cli.tables import table
from kb.errors import BackupKeyWrong, BackupNotFound, InvalidRequest, SealBroken

KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", help="File with the recovery key, or recovery-key.age. (default: the secrets directory)", show_default=False
    ),
]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File whose first line is the passphrase.", show_default=False)
]


def group() -> typer.Typer:
    """The commands of `kb backup`."""
    app = typer.Typer(help="Make, list, check and restore backups: sealed files with an end date.", no_args_is_help=True)
    command(app, "create")(create)
    command(app, "list")(list_backups)
    command(app, "verify")(verify)
    command(app, "restore")(restore)
    command(app, "accept")(accept)
    return app


def create(
    invocation: Invocation,
    to: Annotated[list[Path] | None, typer.Option("--to", help="Folder. (default: backup.destinations)", show_default=False)] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a backup in each folder."""
    passphrase = _first_line(passphrase_file) if passphrase_file else None
    with invocation.operations() as operations:
        made = operations.backups.create([folder.absolute() for folder in to or ()], passphrase)
    if invocation.as_json:
        shown = [{"name": one.name, "path": one.path, "expires_on": one.expires_on, "bytes": one.bytes} for one in made]
        invocation.print_json({"backups": shown, "recovery_key": made[0].recovery_key})
        return
    for one in made:
        facts = {"path": one.path, "files": one.files, "size": one.bytes, "expires_on": one.expires_on}
        invocation.say(invocation.text("backup.made", **facts))
        if one.recovery_key:
            secrets_dir = invocation.settings.secrets_dir
            invocation.say(invocation.text("backup.recovery", recovery_key=one.recovery_key, secrets_dir=secrets_dir), style="bold")


def list_backups(invocation: Invocation) -> None:
    """List the backups that exist."""
    with invocation.operations() as operations:
        there = operations.backups.all()
    if invocation.as_json:
        names = ("name", "destination", "created_at", "expires_on", "size_bytes", "sha256", "verified_at")
        invocation.print_json({"backups": [{name: getattr(one, name) for name in names} for one in there]})
    elif not there:
        invocation.say(invocation.text("backup.none"))
    else:
        rows = [(one.name, one.destination, f"{one.created_at:%Y-%m-%d %H:%M}", one.expires_on, one.verified_at or "–") for one in there]
        invocation.out.print(table(invocation, ("name", "folder", "made", "expires", "verified"), rows))


def verify(invocation: Invocation, name: Annotated[str, typer.Argument(help="Its name, or the path of its file.")]) -> None:
    """Read a backup whole and compare it with its list."""
    named = str(Path(name).absolute()) if Path(name).is_file() else name
    with invocation.operations() as operations:
        whole = operations.backups.verify(named)
    facts = {"name": whole.name, "files": whole.files, "created_at": whole.created_at, "expires_on": whole.expires_on}
    if invocation.as_json:
        invocation.print_json({**facts, "bytes": whole.bytes})
        return
    invocation.say(invocation.text("backup.whole", **facts))


def restore(
    invocation: Invocation,
    name: Annotated[Path, typer.Argument(help="The backup's file.")],
    to: Annotated[Path, typer.Option("--to", help="A new or empty data directory.")],
    key_file: KeyFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Put a backup into a new data directory, without the people who were erased since."""
    from api.bootstrap import restore as restoring
    from kb.age_files import SealingKey
    from kb.authorise import OWNER
    from kb.data_directory import DataDirectory

    if not name.is_file():
        raise BackupNotFound(name=name)
    target = DataDirectory(to.absolute(), invocation.secrets_beside(to.absolute()))
    if key_file is not None and not target.sealing_key.exists():
        _take_key(key_file, passphrase_file, target.sealing_key)
    done = restoring().restore(name.absolute(), target, SealingKey(target.sealing_key), OWNER.id)
    facts = {"path": done.path, "files": done.documents_files, "created_at": done.created_at, "replayed": done.replayed}
    if invocation.as_json:
        invocation.print_json({**facts, "held_back": done.held_back, "for_officer_only": done.for_officer_only})
        return
    invocation.say(invocation.text("backup.restored", **facts, held=done.held_back))
    invocation.say(invocation.text("backup.officer_only" if done.for_officer_only else "backup.restored_next", path=done.path))


def accept(
    invocation: Invocation,
    journal: Annotated[Path | None, typer.Option("--journal", help="Folder with copies of the journal.", show_default=False)] = None,
    without_journal: Annotated[bool, typer.Option("--without-journal", help="On your responsibility as data protection officer.")] = False,
) -> None:
    """Open a restored directory that had no journal of erasures."""
    from api.bootstrap import restore as restoring
    from kb.age_files import SealingKey
    from kb.authorise import OWNER
    from kb.data_directory import DataDirectory

    if (journal is None) != without_journal:
        raise InvalidRequest(reason="--journal / --without-journal")
    if journal is not None and not journal.is_dir():
        raise BackupNotFound(name=journal)
    settings = invocation.settings
    directory = DataDirectory(settings.data_dir, settings.secrets_dir)
    ownership = directory.take()
    try:
        replayed = restoring().accept(directory, SealingKey(directory.sealing_key), journal, OWNER.id)
    finally:
        ownership.release()
    if invocation.as_json:
        invocation.print_json({"replayed": replayed})
        return
    invocation.say(invocation.text("backup.accepted", replayed=replayed))


def _take_key(key_file: Path, passphrase_file: Path | None, target: Path) -> None:
    """Put the recovery key into the secrets directory. Raises BackupKeyWrong."""
    from kb.age_files import open_with_passphrase

    try:
        raw = key_file.read_bytes()
        if passphrase_file is not None:
            raw = open_with_passphrase(raw, _first_line(passphrase_file))
    except (OSError, SealBroken) as error:
        raise BackupKeyWrong(name=key_file.name) from error
    line = next((line.strip() for line in raw.decode("utf-8", "replace").splitlines() if line.startswith("AGE-SECRET-KEY-")), None)
    if line is None:
        raise BackupKeyWrong(name=key_file.name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(line + "\n")


def _first_line(path: Path) -> str:
    try:
        return path.read_text().splitlines()[0]
    except (OSError, IndexError) as error:
        raise InvalidRequest(reason=str(path)) from error
