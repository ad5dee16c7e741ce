"""PowerPoint presentations (.pptx). A slide is a page."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ingest.parse import ooxml
from ingest.parse.elements import convert
from ingest.parse.offline import prepare_unstructured, without_judging_kinds
from ingest.parse.reading import Reading
from ingest.parse.safe_xml import local_name, parse_xml
from ingest.parse.within import Within
from kb.types import Element, ElementKind


def read_slides(data: bytes, within: Within) -> Reading:
    """Titles as headings, text, lists and tables per slide; after them SmartArt and the speaker notes.

    Notes are text, since whoever may open the file reads them there, and they often say what a slide only hints at. Comments,
    and shapes that lie beside the slide, are strings.
    """
    prepare_unstructured()
    from unstructured.partition.pptx import PptxPartitionerOptions, _PptxPartitioner

    package = ooxml.Package(data)
    reading = Reading()
    ooxml.properties(package, reading)
    by_slide: dict[int, list[Element]] = defaultdict(list)
    options = PptxPartitionerOptions(
        file=io.BytesIO(data),
        file_path=None,
        include_page_breaks=False,
        include_slide_notes=False,
        infer_table_structure=True,
        strategy="fast",
        starting_page_number=1,
    )
    partitioner = _PptxPartitioner(options)  # and not partition_pptx, which would open the file a second time
    with without_judging_kinds():
        for element in convert(partitioner._iter_presentation_elements(), _slide_title, with_pages=True):
            by_slide[element.page or 1].append(element)
    slides = partitioner._presentation.slides
    for number, slide in enumerate(slides, start=1):
        by_slide[number].extend(Element(ElementKind.LIST_ITEM, text, page=number) for text in _diagrams(slide))
        by_slide[number].extend(Element(ElementKind.PARAGRAPH, text, page=number) for text in _notes(slide))
    reading.elements = [element for number in sorted(by_slide) for element in by_slide[number]]
    reading.pages = len(slides)
    reading.pages_with_text = len({element.page for element in reading.elements})
    _comments(package, reading)
    ooxml.links(package, reading)
    ooxml.embedded(package, reading, within)
    ooxml.leftovers(package, reading)
    ooxml.pictures(package, reading, within)
    return reading


def _slide_title(element: Any) -> int | None:
    """Depth 0 is the first line of a slide's title shape; deeper ones unstructured guesses from short lines."""
    return 1 if not element.metadata.category_depth else None


def _diagrams(slide: Any) -> Iterator[str]:
    for relation in slide.part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/diagramData"):
            continue
        root = parse_xml(relation.target_part.blob)
        for node in root.iter("{*}p") if root is not None else ():
            if text := ooxml.paragraph_text(node).strip():
                yield text


def _notes(slide: Any) -> Iterator[str]:
    if not slide.has_notes_slide or slide.notes_slide.notes_text_frame is None:
        return
    for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
        if paragraph.text.strip():
            yield paragraph.text


def _comments(package: ooxml.Package, reading: Reading) -> None:
    for name in package.names:
        if name.startswith("ppt/") and name.endswith("uthors.xml"):
            root = package.xml(name)
            reading.add_strings("comment.author", (node.get("name") for node in root) if root is not None else ())
        elif name.startswith("ppt/comments/") and name.endswith(".xml"):
            root = package.xml(name)
            for node in root.iter() if root is not None else ():
                if local_name(node) == "text":
                    reading.add_string("comment", node.text)
                elif local_name(node) == "txBody":
                    reading.add_string("comment", "\n".join(ooxml.paragraph_text(part) for part in node.iter("{*}p")))
