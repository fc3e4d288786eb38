"""An inspection pack: one zip that holds everything about one report and can be verified without the product.

Plain values in, bytes out. `manifest.json` lists every other file with its SHA-256; the two verifiers carry the
manifest's own. index.html has no scripts, no styles from elsewhere and no links but to the files of the pack.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import BinaryIO

from desktop.domain.approvals import Approval, Mail
from desktop.domain.audit import AuditEvent, canonical_json
from desktop.domain.reports import ChainHead, ReportChange, TracingReport
from desktop.paths import resources_folder

_VERIFIERS = ("verify.py", "verify.ps1")
_PLACEHOLDER = "@MANIFEST_SHA256@"
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1a2126}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}"
    "code{font-size:.85em;word-break:break-all}"
)


class PackWriter:
    """Puts files into a zip one after another and writes down what it put there."""

    def __init__(self, file: BinaryIO, made_at: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._made_at = made_at.astimezone(UTC)
        self._files: dict[str, dict[str, object]] = {}

    def add(self, name: str, content: bytes) -> None:
        """A file of the pack; `name` is one of ours, never one from outside."""
        self._put(name, content)
        self._files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}

    def finish(self, report: TracingReport, head: ChainHead, made_by: str) -> str:
        """Add the manifest and the verifiers, and close the zip. Returns the manifest's SHA-256."""
        manifest = {
            "made_at": self._made_at.isoformat(timespec="seconds"),
            "made_by": made_by,
            "report": {
                "reference": report.reference,
                "sha256": report.sha256,
                "rows": report.rows,
                "units": report.units,
                "status": report.status.value,
            },
            "chain_head": {"position": head.position, "event_hash": head.event_hash},
            "files": self._files,
        }
        content = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        self._put("manifest.json", content)
        for name in _VERIFIERS:
            script = (resources_folder() / "inspection_pack" / name).read_text(encoding="utf-8")
            self._put(name, script.replace(_PLACEHOLDER, sha256).encode())
        self._zip.close()
        return sha256

    def _put(self, name: str, content: bytes) -> None:
        info = zipfile.ZipInfo(name, self._made_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, content)


def readable_mail(mail: Mail) -> bytes:
    """A mail as plain text: its headers as read, its text, its attachments with their SHA-256."""
    lines = [
        f"From: {', '.join(mail.from_all)}",
        f"To: {', '.join(mail.to_all)}",
        f"Date: {mail.date_text or ''}",
        f"Subject: {mail.subject or ''}",
        *(
            f"Attachment: {attachment.filename} ({attachment.media_type}, {attachment.size} bytes, "
            f"SHA-256 {attachment.sha256})"
            for attachment in mail.attachments
        ),
        *(f"Note: {note}" for note in mail.notes),
        "",
        mail.text,
    ]
    return "\n".join(lines).encode(errors="replace")


def events_as_lines(events: Iterable[AuditEvent], told_in_full: frozenset[int]) -> bytes:
    """The audit chain, an event a line; those that do not concern the report stand there by their hashes alone."""
    lines = []
    for event in events:
        if event.position in told_in_full:
            content = event.content() | {"event_hash": event.event_hash}
        else:
            content = {
                "position": event.position,
                "previous_hash": event.previous_hash,
                "event_hash": event.event_hash,
            }
        lines.append(canonical_json(content) + b"\n")
    return b"".join(lines)


def index_page(
    report: TracingReport,
    approvals: Sequence[Approval],
    approval_names: Mapping[int, str],
    changes: Sequence[ReportChange],
    head: ChainHead,
) -> bytes:
    """The page to begin with."""
    signature = report.signature
    signed = (
        "Draft: not signed."
        if signature is None
        else f"{signature.meaning.value} by {signature.printed_name}, {_moment(signature.signed_at)}"
    )
    facts = {
        "Content": report.filter.in_words(),
        "Lines and units": f"{report.rows:,} lines, {report.units:,} units",
        "Made": f"{_moment(report.generated_at)} by {report.generated_by}",
        "Signed": signed,
        "SHA-256 of report.csv": report.sha256,
        "Audit chain": f"event {head.position:,}, {head.event_hash}",
    }
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
    mails = "".join(
        f'<li><a href="{approval_names[mail.id]}.txt">{escape(mail.subject or "no subject")}</a> '
        f'(<a href="{approval_names[mail.id]}.eml">as received</a>), from {escape(mail.from_email or "nobody named")}, '
        f"{escape(mail.binding.value.replace('_', ' '))}</li>"
        for mail in approvals
    )
    since = "".join(
        f"<li>{_moment(change.changed_at)}: {escape(change.what)} {change.kind.value} by {escape(change.changed_by)}"
        f"{': ' + escape(change.reason) if change.reason else ''}</li>"
        for change in changes
    )
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(report.reference)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>Tracing report {escape(report.reference)}</h1><table>{rows}</table>"
        '<h2>Files</h2><ul><li><a href="report.csv">report.csv</a>: the record, byte for byte</li>'
        '<li><a href="report.pdf">report.pdf</a>: the same rows on pages</li>'
        '<li><a href="entries.json">entries.json</a>: every entry of the report and its history</li>'
        '<li><a href="audit_events.jsonl">audit_events.jsonl</a>: the audit chain</li></ul>'
        f"<h2>Approval e-mails</h2><ul>{mails or '<li>None.</li>'}</ul>"
        f"<h2>Changes of the log since the report was made</h2><ul>{since or '<li>None.</li>'}</ul>"
        "<h2>Verify</h2><p>Unpack this zip and run <code>python3 verify.py</code> (any Python 3.8 or later), or "
        "<code>verify.ps1</code> on Windows. Compare the SHA-256 of the manifest with the one that was told when the "
        "pack was made.</p></body></html>"
    )
    return page.encode()


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
