"""Verify this inspection pack: `python3 verify.py`, with any Python 3.8 or later and nothing else installed.

Every file must have the SHA-256 that manifest.json records, no file may be missing or added, the manifest must be the
one this pack was made with, and the audit events must follow each other without a gap up to the recorded head.
Exit code 0: everything is as it was recorded; 1: something is not, and is named.
"""

import hashlib
import json
import os
import sys

MANIFEST_SHA256 = "@MANIFEST_SHA256@"
NOT_LISTED = {"manifest.json", "verify.py", "verify.ps1"}


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def files_in(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")


def findings(folder):
    """One sentence for everything that is not as it was recorded."""
    manifest_path = os.path.join(folder, "manifest.json")
    if not os.path.isfile(manifest_path):
        yield "manifest.json is missing"
        return
    if sha256_of(manifest_path) != MANIFEST_SHA256:
        yield "manifest.json was altered"
    try:
        with open(manifest_path, encoding="utf-8") as file:
            manifest = json.load(file)
        listed = {str(name): str(entry["sha256"]) for name, entry in manifest["files"].items()}
        report_sha256, head = manifest["report"]["sha256"], manifest["chain_head"]
    except (ValueError, KeyError, TypeError, AttributeError):
        yield "manifest.json cannot be read"
        return
    found = set(files_in(folder)) - NOT_LISTED
    for name in sorted(set(listed) - found):
        yield name + " is missing"
    for name in sorted(found - set(listed)):
        yield name + " was added"
    for name in sorted(found & set(listed)):
        if sha256_of(os.path.join(folder, *name.split("/"))) != listed[name]:
            yield name + " was altered"
    if listed.get("report.csv") != report_sha256:
        yield "report.csv is not the file whose SHA-256 the report was recorded with"
    yield from broken_chain(os.path.join(folder, "audit_events.jsonl"), head)


def broken_chain(path, head):
    """The events of other records stand in the chain by their hashes alone: position, the hash before, their own."""
    previous, expected = "0" * 64, 1
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            for line in file:
                event = json.loads(line)
                name = "Audit event {}".format(event["position"])
                if event["position"] != expected:
                    yield f"{name} stands where event {expected} should be"
                if event["previous_hash"] != previous:
                    yield name + " does not follow the event before it"
                own = event.pop("event_hash")
                if len(event) > 2:
                    text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                    if hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest() != own:
                        yield name + " was altered"
                previous, expected = own, event["position"] + 1
    except (OSError, ValueError, KeyError, TypeError):
        yield "audit_events.jsonl cannot be read"
        return
    if (expected - 1, previous) != (head["position"], head["event_hash"]):
        yield "The audit events end at {}, not at the recorded head {}".format(expected - 1, head["position"])


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    print("Manifest SHA-256: " + MANIFEST_SHA256)
    print("Compare it with the one that was printed when the pack was made.")
    wrong = list(findings(folder))
    for finding in wrong:
        print("NOT WELL: " + finding)
    print("Something is not as it was recorded." if wrong else "Everything is as it was recorded.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
