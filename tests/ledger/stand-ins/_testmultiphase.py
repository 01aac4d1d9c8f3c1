"""Imported by tests that then load C extensions, which Brolga does not."""
