"""Zip archives that do not depend on when they were made."""

from __future__ import annotations

import io
import zipfile

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped_text(name: str, data: bytes) -> bytes:
    """A zip archive of one file, the same bytes for the same content."""
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, data)
    return store.getvalue()
