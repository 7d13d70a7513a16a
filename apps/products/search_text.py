"""What a search of the catalogue compares: the folded names of a product and how they are spoken.

``search_text`` of a product is what is looked in; ``words_of`` what a person typed is what is looked
for. Both are folded by the same function, so that case and width of letters make no difference.
"""

import functools
import unicodedata
from collections.abc import Callable, Iterator, Sequence

LONGEST = 128
"""Characters of a search: no name is longer."""
VARIANTS_AT_MOST = 8
"""Spellings by initials that one name is found by; beyond it a character keeps its commonest reading."""
HAN_FROM = "\u2e80"
"""No ideograph stands before it in Unicode."""


def fold(text: str) -> str:
    """One spelling of what people take for the same: full-width or not, capitals or small letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", plain).replace("\0", "")


def words_of(text: str) -> tuple[str, ...]:
    """What was typed as folded words, each once; none for what is longer than any name."""
    if len(text) > LONGEST:
        return ()
    return tuple(dict.fromkeys(fold(text).split()))


def pieces_of(word: str) -> list[str]:
    """The pieces that a text must have to contain ``word``: its pairs of characters, or its only one."""
    return [word[n : n + 2] for n in range(max(len(word) - 1, 1))]


def search_text_of(name: str, name_en: str, brand: str) -> str:
    """Names and brand without their spaces, then pinyin and initials of what is Chinese in name and
    brand; one space between any two."""
    written = [_joined(text) for text in (name, name_en, brand)]
    spoken = [said for text in (name, brand) for said in _spoken(_joined(text))]
    return " ".join(dict.fromkeys(text for text in written + spoken if text))


def _joined(text: str) -> str:
    return "".join(fold(text).split())


def _spoken(text: str) -> Iterator[str]:
    """The pinyin of the Chinese characters, ``lvcha``, and each way to write their initials, ``lc``."""
    if not any(character >= HAN_FROM for character in text):
        return
    readings = _readings()(text)
    yield "".join(options[0] for options in readings)
    yield from _initials(readings)


def _initials(readings: Sequence[Sequence[str]]) -> list[str]:
    found = [""]
    for options in readings:
        letters = list(dict.fromkeys(reading[0] for reading in options))
        if len(found) * len(letters) > VARIANTS_AT_MOST:
            letters = letters[:1]
        found = [start + letter for start in found for letter in letters]
    return found


@functools.cache
def _readings() -> Callable[[str], list[list[str]]]:
    """Of each Chinese character in a text its readings without tones, the likeliest one first."""
    # The dictionaries take most of a second and 60 MB: for those processes that write products.
    from pypinyin import Style, pinyin  # noqa: PLC0415

    return functools.partial(pinyin, style=Style.NORMAL, heteronym=True, errors="ignore")
