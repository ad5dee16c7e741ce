"""Every byte of a folder, looked through without the product's own eyes: as it is, and what is packed in it."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

CANARIES = ("xandrine", "quist")

_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{40,}={0,2}\r?\n?)+[A-Za-z0-9+/]*={0,2}")


def every_byte(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        yield f"{path}: name", path.name.encode()
        if path.is_file():
            yield from unfolded(str(path), path.read_bytes())


def unfolded(where: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Bytes as they are, and what is packed in them."""
    yield where, data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from unfolded(f"{where}!{name}", archive.read(name))
    if data.startswith(b"%PDF"):
        for part in data.split(b"stream\n")[1:] + data.split(b"stream\r\n")[1:]:
            for packed in (part, base64.a85decode(part.partition(b"~>")[0], adobe=False) if b"~>" in part[:100_000] else b""):
                try:
                    yield f"{where}!stream", zlib.decompressobj().decompress(packed)
                except (zlib.error, ValueError):
                    continue
    for run in _BASE64.findall(data) if len(data) < 1_000_000 else ():
        packed = b"".join(run.split())
        yield from unfolded(f"{where}!base64", base64.b64decode(packed[: len(packed) // 4 * 4]))


def written(canary: str) -> set[bytes]:
    """The forms in which it may lie on a disk: three cases in three encodings, as hexadecimal, as base64 wherever it begins."""
    plain = {form.encode(encoding) for form in (canary, canary.upper(), canary.title()) for encoding in ("utf-8", "utf-16-le", "utf-16-be")}
    hexadecimal = {form.hex().encode() for form in plain} | {form.hex().upper().encode() for form in plain}
    return plain | hexadecimal | {within_base64(form, shift) for form in plain for shift in (0, 1, 2)}


def within_base64(form: bytes, shift: int) -> bytes:
    """Its signs where it begins at byte ``shift`` of three, but for those at both ends that depend on what stands beside it."""
    signs = base64.b64encode(b" " * shift + form).rstrip(b"=")
    return signs[(0, 2, 3)[shift] : len(signs) if (shift + len(form)) % 3 == 0 else -1]


def left_of(folder: Path, vectors: list[bytes]) -> list[str]:
    """Where the person or one of the vectors still lies."""
    forms = {form for canary in CANARIES for form in written(canary)}
    return [where for where, data in every_byte(folder) if any(form in data for form in forms) or any(vector in data for vector in vectors)]
