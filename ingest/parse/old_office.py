"""Old Office files (.doc, .ppt) and binary workbooks (.xlsb), made into their modern form by LibreOffice and read as that."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from ingest.parse.detect import FileKind
from ingest.parse.limits import Limits
from ingest.parse.ole_properties import ole_properties
from ingest.parse.programs import ProgramFailed, libreoffice_path, own_network_prefix, run
from ingest.parse.reading import Reading, Unreadable
from ingest.parse.within import Within

_BECOMES = {
    FileKind.OLD_WORD: ("docx", FileKind.WORD),
    FileKind.OLD_SLIDES: ("pptx", FileKind.SLIDES),
    FileKind.OLD_WORKBOOK: ("xlsx", FileKind.WORKBOOK),
    FileKind.BINARY_WORKBOOK: ("xlsx", FileKind.WORKBOOK),
}

_SETTINGS = {
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel"): "3",
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent"): "true",
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    ("org.openoffice.Office.Writer/Content/Update", "Link"): "0",
    ("org.openoffice.Office.Calc/Content/Update", "Link"): "1",
    ("org.openoffice.Office.Common/Misc", "FirstRun"): "false",
    ("org.openoffice.Office.Common/Save/Document", "GenerateThumbnail"): "false",
    ("org.openoffice.Inet/Settings", "ooInetProxyType"): "2",
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyName"): "127.0.0.1",
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyPort"): "9",
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyName"): "127.0.0.1",
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort"): "9",
}
"""No macros, no links that are followed, and a proxy that is not there for whatever would go out all the same."""


_START_AGAIN = 81
"""The status with which LibreOffice ends when it has made a new profile ready."""


def converting(kind: FileKind) -> Callable[[bytes, Within], Reading]:
    """The reader of one kind of old file."""

    def read(data: bytes, within: Within) -> Reading:
        """The modern form's reading, with the properties that the old file holds. Raises Unreadable: needs_libreoffice."""
        extension, _ = _BECOMES[kind]
        modern = converted(data, kind, within)
        reading = within.open(modern, f"x.{extension}", within)
        ole_properties(data, reading)
        return reading

    return read


def converted(data: bytes, kind: FileKind, within: Within) -> bytes:
    """The file in its modern form. Everything that LibreOffice writes lies in one folder, which is removed."""
    program = libreoffice_path()
    if program is None:
        raise Unreadable("needs_libreoffice", type=str(kind))
    extension, _ = _BECOMES[kind]
    folder = Path(tempfile.mkdtemp(prefix="kb-office-", dir=within.temporary_folder))
    try:
        return _convert(program, data, str(kind), extension, folder, within.limits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _convert(program: str, data: bytes, given: str, wanted: str, folder: Path, limits: Limits) -> bytes:
    profile, made = folder / "profile", folder / "made"
    (profile / "user").mkdir(parents=True)
    made.mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
    (folder / f"file.{given}").write_bytes(data)
    options = ["--headless", "--invisible", "--norestore", "--nologo", "--nolockcheck", "--nodefault", "--nofirststartwizard"]
    command = [*own_network_prefix(), program, f"-env:UserInstallation=file://{quote(str(profile))}", *options]
    command += ["--convert-to", wanted, "--outdir", str(made), str(folder / f"file.{given}")]
    try:
        try:
            run(command, seconds=limits.office_seconds, folder=folder)
        except ProgramFailed as error:
            if error.exit_status != _START_AGAIN:
                raise
            run(command, seconds=limits.office_seconds, folder=folder)
    except ProgramFailed as error:
        if error.timed_out:
            raise Unreadable("parser_timed_out", seconds=f"{limits.office_seconds:.0f}") from error
        raise Unreadable("damaged") from error
    result = made / f"file.{wanted}"
    if not result.is_file():
        raise Unreadable("damaged")
    return result.read_bytes()


def _settings() -> str:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in _SETTINGS.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    )
