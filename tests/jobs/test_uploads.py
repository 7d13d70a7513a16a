"""An upload that is too large is refused while it comes in."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from apps.jobs.formats import FileTooLarge
from apps.org.offices import uploads

LIMIT = 64 * 1024


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", LIMIT)
    monkeypatch.setattr(uploads, "ENVELOPE", 1024)
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024  # so that what is taken in lies on the disk


def sent(size: int) -> Any:
    given = SimpleUploadedFile("p.csv", b"x" * size)
    return RequestFactory().post("/", {"token": "first", "file": given})


def test_a_file_within_the_limit_comes_in(tmp_path: Path) -> None:
    request = sent(LIMIT)
    uploads.require_whole(request)
    assert request.FILES["file"].size == LIMIT
    assert len(list(tmp_path.iterdir())) == 1
    request.FILES["file"].close()


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT * 8])
def test_a_larger_one_is_refused_and_lies_nowhere(size: int, tmp_path: Path) -> None:
    request = sent(size)
    with pytest.raises(FileTooLarge):
        uploads.require_whole(request)
    assert dict(request.FILES) == {}
    assert request.POST["token"] == "first"
    assert list(tmp_path.iterdir()) == []


def test_what_lies_about_its_length_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The count of what arrives decides, not the heading alone."""
    monkeypatch.setattr(uploads, "ENVELOPE", 1024**3)
    request = sent(LIMIT * 4)
    with pytest.raises(FileTooLarge):
        uploads.require_whole(request)
    assert dict(request.FILES) == {}
