"""Archives (.zip): what is in them, each file under a heading with its name."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from ingest.parse.reading import Reading, Unreadable
from ingest.parse.within import Within, not_read

SMALL_MEMBER_BYTES = 16 << 20
"""Below this a member may be packed as tightly as it likes."""

_NOT_FOR_PEOPLE = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError)


def read_archive(data: bytes, within: Within) -> Reading:
    """Every file in the archive. One that cannot be read is a warning; names are only shown, never used as paths."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise Unreadable("damaged") from error
    reading = Reading()
    members = [info for info in archive.infolist() if not info.is_dir() and not _NOT_FOR_PEOPLE.search(info.filename)]
    if members and all(info.flag_bits & 1 for info in members):
        raise Unreadable("encrypted")
    total = sum(info.file_size for info in members)
    if total > within.limits.bytes_within or any(_is_bomb(info, within.limits.unpack_ratio) for info in members):
        raise Unreadable("too_large", size=str(total), limit=str(within.limits.bytes_within))
    if archive.comment:
        reading.add_string("comment", archive.comment.decode("utf-8", "replace"))
    for info in members:
        name = info.filename.replace("\\", "/")
        if info.comment:
            reading.add_string("comment", info.comment.decode("utf-8", "replace"))
        try:
            content = archive.read(info)
        except _BROKEN:
            reading.add_string("attachment.name", name)
            not_read(reading, name, "encrypted" if info.flag_bits & 1 else "damaged")
            continue
        within.attach(reading, name, content)
    return reading


def _is_bomb(info: zipfile.ZipInfo, most: int) -> bool:
    return info.file_size > SMALL_MEMBER_BYTES and info.file_size > most * max(info.compress_size, 1)
