"""More files that the tests make themselves, each by hand: formats for which no library writes one."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "presentation": "presentation",
        "style": "style",
        "meta": "meta",
    }.items()
)
NAMESPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def open_document(kind: str, body: str, styles: str = "", manifest: str = "<manifest/>") -> bytes:
    """An OpenDocument file; ``kind`` is text, spreadsheet or presentation."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {NAMESPACES}><office:meta><dc:title>Reisregeling</dc:title>"
            "<meta:initial-creator>Anna Auteur</meta:initial-creator><dc:creator>Wim Wijziger</dc:creator></office:meta>"
            "</office:document-meta>",
            "styles.xml": f"<office:document-styles {NAMESPACES}><office:master-styles><style:master-page><style:footer>"
            "<text:p>Voettekst van Vera</text:p></style:footer></style:master-page></office:master-styles></office:document-styles>",
            "META-INF/manifest.xml": manifest,
        }
    )


OPEN_TEXT = """
<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Teun Toezicht</dc:creator></office:change-info>
<text:p>geschrapte zin</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Vergoeding</text:h>
<text:p>De vergoeding is<text:s text:c="1"/>23 cent<office:annotation><dc:creator>Carla Commentator</dc:creator><text:p>Klopt dit?</text:p>
</office:annotation> per kilometer.<text:note><text:note-body><text:p>Een voetnoot.</text:p></text:note-body></text:note></text:p>
<text:list><text:list-item><text:p>Fiets</text:p></text:list-item></text:list>
<text:section text:display="none"><text:p>Verborgen Vincent</text:p></text:section>
<table:table><table:table-row><table:table-cell><text:p>Vervoer</text:p></table:table-cell><table:table-cell><text:p>Bedrag</text:p>
</table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Auto</text:p></table:table-cell><table:table-cell>
<text:p>0,23</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame><draw:text-box><text:p>Tekst in een kader</text:p></draw:text-box></draw:frame></text:p>
<text:p>Zie <text:a xlink:href="https://example.org/regeling">de regeling</text:a>.</text:p>
"""


def _cells(*texts: str) -> str:
    return "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)


def open_sheet() -> bytes:
    """A visible sheet with a table and a million empty rows, and a hidden one."""
    rows = f"<table:table-row>{_cells('Artikel', 'Prijs')}</table:table-row><table:table-row>{_cells('Bel', '€ 12,50')}</table:table-row>"
    wide = '<table:table-cell table:number-columns-repeated="16384"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048576">{wide}</table:table-row>'
    secret = f"<table:table-row>{_cells('Inkoop bij Jansen')}</table:table-row>"
    hidden = f'<table:table table:name="Marges" table:style-name="weg">{secret}</table:table>'
    styles = '<style:style style:name="weg"><style:table-properties table:display="false"/></style:style>'
    return open_document("spreadsheet", f'<table:table table:name="Prijzen">{rows}{empty}</table:table>{hidden}', styles)


def open_slides() -> bytes:
    """Two slides, the first with a title, text and notes."""
    return open_document(
        "presentation",
        '<draw:page draw:name="a"><draw:frame presentation:class="title"><draw:text-box><text:p>Jaarplan</text:p></draw:text-box>'
        "</draw:frame>"
        "<draw:frame><draw:text-box><text:list><text:list-item><text:p>Meer fietsen</text:p></text:list-item></text:list></draw:text-box>"
        "</draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Noem de levertijd.</text:p></draw:text-box></draw:frame>"
        '</presentation:notes></draw:page><draw:page draw:name="b"><draw:frame><draw:text-box><text:p>Slot</text:p></draw:text-box>'
        "</draw:frame></draw:page>",
    )


RICH_TEXT = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset238 Arial;}}
{\stylesheet{\s0 Normal;}{\s1 heading 1;}}
{\info{\title Reisregeling}{\author Anna Auteur}{\operator Wim Wijziger}{\*\company Fietsfabriek}}
{\header\pard Vertrouwelijk\par}
\pard\s1 Vergoeding\par
\pard\plain De vergoeding is 23\'80 per caf\u233?, zei {\b Ren\'e9}.{\footnote\pard Een voetnoot.}\par
\pard{\*\listtext\bullet\tab}\ls1 Fiets\par
\pard{\deleted geschrapt}{\v verborgen}{\*\annotation{\*\atnauthor Carla Commentator}Klopt dit?}{\f1\'b3} slot\par
\trowd\cellx100\cellx200\pard\intbl Vervoer\cell Bedrag\cell\row\trowd\cellx100\cellx200\pard\intbl Auto\cell 0,23\cell\row
{\*\onbekend weg}{\pict\wmetafile8 0102}\pard Einde \u-10179?\u-8704?.\par}"""


def book() -> bytes:
    """Two chapters; in the archive they stand the other way round."""
    page = "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>{}</h1><p>Tekst van {}.</p></body></html>"
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<container><rootfiles><rootfile full-path='OEBPS/boek.opf'/></rootfiles></container>",
            "OEBPS/boek.opf": "<package xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata><dc:title>Het boek</dc:title>"
            "<dc:creator>Anna Auteur</dc:creator></metadata><manifest><item id='b' href='b%20twee.xhtml'/><item id='a' href='a.xhtml'/>"
            "</manifest><spine><itemref idref='a'/><itemref idref='b'/></spine></package>",
            "OEBPS/b twee.xhtml": page.format("Twee", "twee"),
            "OEBPS/a.xhtml": page.format("Een", "een"),
        }
    )


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A file in Microsoft's compound format; a path with slashes puts a stream in storages. Enough of it for readers, not for Office."""
    names: list[str] = [""]
    for path in streams:
        parts = path.split("/")
        names += [place for depth in range(1, len(parts) + 1) if (place := "/".join(parts[:depth])) not in names]
    children = {name: sorted((other for other in names if other and other.rpartition("/")[0] == name), key=_order) for name in names}
    index = {name: place for place, name in enumerate(names)}
    sector, data, table = 512, b"", [0xFFFFFFFD]
    starts: dict[str, int] = {}
    for name, content in streams.items():
        padded = content.ljust(4096, b"\x00")  # shorter streams would go into a stream of their own
        padded += bytes(-len(padded) % sector)
        starts[name] = len(table)
        count = len(padded) // sector
        table += [*range(len(table) + 1, len(table) + count), 0xFFFFFFFE]
        data += padded
    entries = b""
    for name in names:
        below = children[name]
        siblings = children[name.rpartition("/")[0]] if name else []
        after = siblings.index(name) + 1 if name else 0
        right = index[siblings[after]] if name and after < len(siblings) else 0xFFFFFFFF
        short = ("Root Entry" if not name else name.rpartition("/")[2]).encode("utf-16-le")
        kind = 5 if not name else 2 if name in streams else 1
        size = max(len(streams[name]), 4096) if name in streams else 0
        entries += (
            short.ljust(64, b"\x00")
            + struct.pack("<HBBIII", len(short) + 2, kind, 1, 0xFFFFFFFF, right, index[below[0]] if below else 0xFFFFFFFF)
            + bytes(36)
            + struct.pack("<IQ", starts.get(name, 0xFFFFFFFE if kind == 5 else 0), size)
        )
    entries += bytes(-len(entries) % sector)
    first_entry, count = len(table), len(entries) // sector
    table += [*range(len(table) + 1, len(table) + count), 0xFFFFFFFE]
    assert len(table) <= 128, "one sector of the table"
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, first_entry, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    header += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    fat = b"".join(struct.pack("<I", value) for value in table).ljust(sector, b"\xff")
    return header + fat + data + entries


def _order(name: str) -> tuple[int, str]:
    short = name.rpartition("/")[2]
    return len(short), short.upper()


def outlook_message() -> bytes:
    """A message with a recipient, a text file attached, and a message attached."""

    def wide(text: str) -> bytes:
        return text.encode("utf-16-le")

    def properties(skip: int, **numbers: int) -> bytes:
        return bytes(skip) + b"".join(struct.pack("<HHIQ", 3, int(key[1:], 16), 6, value) for key, value in numbers.items())

    recipient, file, inner = "__recip_version1.0_#00000000", "__attach_version1.0_#00000000", "__attach_version1.0_#00000001"
    texts = {
        "__substg1.0_0037001F": "Levering café",
        "__substg1.0_1000001F": "Beste Jan,\n\nDe levering is uitgesteld.",
        "__substg1.0_0C1A001F": "Zoë Çelik",
        "__substg1.0_5D01001F": "z.celik@example.org",
        "__substg1.0_007D001F": "X-Projectcode: Kompas\n",
        "__substg1.0_8001001F": "Eigenschap van Emma",
        f"{recipient}/__substg1.0_3001001F": "Jan de Vries",
        f"{recipient}/__substg1.0_39FE001F": "j.devries@example.org",
        f"{file}/__substg1.0_3707001F": "notitie.txt",
        f"{inner}/__substg1.0_3001001F": "Doorgestuurd",
        f"{inner}/__substg1.0_3701000D/__substg1.0_1000001F": "Het eerste bericht.",
    }
    streams = {name: wide(text) for name, text in texts.items()}
    streams[f"{file}/__substg1.0_37010102"] = b"Inhoud van de notitie.".ljust(4096)
    streams["__properties_version1.0"] = properties(32)
    streams[f"{recipient}/__properties_version1.0"] = properties(8, p0C15=1)
    streams[f"{inner}/__substg1.0_3701000D/__properties_version1.0"] = properties(24)
    return compound_file(streams)
