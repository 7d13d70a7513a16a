"""Uploads that are too large are refused while they come in: nothing of them lies whole on a disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from apps.jobs.formats import MAX_BYTES, FileTooLarge

ENVELOPE = 1024 * 1024
"""What a form holds besides its file."""
READ_AT_MOST = 4 * MAX_BYTES
"""A browser that still sends is answered when it is done; one with more than this is cut off."""
_KEPT = "_office_upload_refused"


class BoundedUploads(FileUploadHandler):
    """Stands before Django's own handlers and ends an upload at MAX_BYTES.

    What a form says before its file is kept, so the page answers as to any other form. A body that
    says itself that it is too large is not read at all.
    """

    request: Any
    _size = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int | None,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        self._said = content_length or 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._size = 0
        if self._said > MAX_BYTES + ENVELOPE:
            self._refuse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._size += len(raw_data)
        if self._size > MAX_BYTES:
            self._refuse()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _refuse(self) -> None:
        self.request.__dict__[_KEPT] = True
        raise StopUpload(connection_reset=self._said > READ_AT_MOST)


def require_whole(request: HttpRequest) -> None:
    """Asked before the files of a form are. Raises FileTooLarge where one was not taken in."""
    _files = request.FILES  # reads the form, if nobody has yet
    if request.__dict__.get(_KEPT):
        raise FileTooLarge(megabytes=MAX_BYTES // 1024**2)
