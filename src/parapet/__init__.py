"""Parapet: an open laboratory for long-range air and missile defence."""

__version__ = "0.1.0"
