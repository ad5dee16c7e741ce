"""E-mails as they lie in a mailbox: headers, plain text, an HTML alternative, attachments."""

from __future__ import annotations

import mimetypes
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from .common import DOCUMENTS, Source
from .to_pdf import build_letter, set_clock


def _addresses(text: str) -> list[Address]:
    """Turn ``Name <a@b>; Name <c@d>`` into addresses."""
    pairs = [parseaddr(part.strip()) for part in text.split(";")]
    return [Address(display_name=name, addr_spec=address) for name, address in pairs]


def _attachment(spec: dict[str, Any]) -> tuple[bytes, str]:
    """Return an attachment's bytes and media type: a text, a letter as PDF, or a document."""
    media = mimetypes.guess_type(spec["name"])[0] or "application/octet-stream"
    if "document" in spec:
        return (DOCUMENTS / spec["document"]).read_bytes(), media
    if spec["name"].endswith(".pdf"):
        return build_letter(spec), media
    return spec["text"].encode("utf-8"), media


def _fix_boundaries(part: MIMEPart | EmailMessage, prefix: str) -> None:
    if part.is_multipart():
        part.set_boundary(f"=_kwikwiel_{prefix}")
        for index, child in enumerate(part.iter_parts()):
            _fix_boundaries(child, f"{prefix}_{index}")


def build(source: Source) -> bytes:
    """Build one e-mail; the front matter holds headers, HTML and attachments, the body the text."""
    meta = source.meta
    set_clock(source)
    message = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Cc", "Reply-To"):
        if name in meta:
            message[name] = _addresses(meta[name])
    message["Subject"] = meta["Subject"]
    message["Date"] = format_datetime(datetime.fromisoformat(str(meta["Date"])))
    message["Message-ID"] = f"<{meta['id']}@kwikwiel.example>"
    if "In-Reply-To" in meta:
        message["In-Reply-To"] = f"<{meta['In-Reply-To']}@kwikwiel.example>"
        message["References"] = f"<{meta['In-Reply-To']}@kwikwiel.example>"
    message.set_content(source.body, cte="quoted-printable")
    if "html" in meta:
        message.add_alternative(meta["html"], subtype="html", cte="quoted-printable")
    for spec in meta.get("attachments", []):
        content, media = _attachment(spec)
        main, sub = media.split("/", 1)
        message.add_attachment(content, maintype=main, subtype=sub, filename=spec["name"])
    _fix_boundaries(message, meta["id"])
    return message.as_bytes()
