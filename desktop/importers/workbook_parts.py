"""The parts of a workbook's container that tell what the others are."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from posixpath import normpath
from xml.etree import ElementTree

LARGEST_READ = 16 * 1024 * 1024  # bytes of a part that is read whole

_NAMESPACE = re.compile(r"\{.*\}")  # of which there are two generations
# What a part that cannot be read as XML raises: an unknown encoding is a `LookupError`.
XML_TROUBLE = (ElementTree.ParseError, LookupError)


def sheet_parts(container: zipfile.ZipFile) -> Mapping[str, str]:
    """The part that holds the cells of each sheet, by the sheet's name."""
    targets = {
        element.get("Id", ""): element.get("Target", "")
        for element in elements(container, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    found: dict[str, str] = {}
    for element in elements(container, "xl/workbook.xml", "sheet"):
        relation = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
        if target := targets.get(relation):
            found[element.get("name", "")] = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
    return found


def elements(container: zipfile.ZipFile, part: str, name: str) -> Iterator[ElementTree.Element]:
    """The elements of one name in a part; none when it is larger than LARGEST_READ.

    Raises XML_TROUBLE, and what `zipfile` raises.
    """
    if container.getinfo(part).file_size <= LARGEST_READ:
        # No entity of a document can grow here: the standard parser limits them, and the part is small.
        root = ElementTree.fromstring(container.read(part))  # noqa: S314
        yield from (element for element in root.iter() if _local(element.tag) == name)


def _local(name: str) -> str:
    return _NAMESPACE.sub("", name)
