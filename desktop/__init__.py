"""SilqeQMS Desktop: distribution log, tracing reports and approval evidence for a small medical-device maker."""

__version__ = "0.1.0"
