"""The message catalogues: every text in our code and templates, and in django-unfold's.

``python -m tests.catalogue`` brings ``locale/*/LC_MESSAGES/django.po`` up to date (new texts come in
empty, texts that are gone leave) and compiles the ``.mo`` files. It needs no gettext.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import django
import polib  # type: ignore[import-untyped]
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
OURS = (ROOT / "apps", ROOT / "config", ROOT / "templates")
DJANGO = Path(django.__file__).parent
DJANGO_CATALOGUES = (
    DJANGO / "conf" / "locale",
    DJANGO / "contrib" / "admin" / "locale",
    DJANGO / "contrib" / "auth" / "locale",
)
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
IN_TEMPLATE = re.compile(
    r"""(?<!\w)(_|gettext|ngettext|pgettext)\(\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
    r"""|\"{3}.*?\"{3}|'{3}.*?'{3})(?:\s*,\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|'{3}.*?'{3}))?""",
    re.DOTALL,
)


@dataclass(frozen=True, order=True)
class Message:
    """One text; ``plural`` and ``context`` are empty for most."""

    text: str
    plural: str = ""
    context: str = ""


OVERRIDES = (
    Message(" By %(filter_title)s "),
    Message(
        "This password is too short. It must contain at least %d character.",
        plural="This password is too short. It must contain at least %d characters.",
    ),
    Message("Log out"),
)
"""Texts of Django's own that we word otherwise, or that its catalogue has under another wording."""


def unfold_folder() -> Path:
    spec = find_spec("unfold")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def messages_of(*folders: Path) -> set[Message]:
    """Every text marked for translation below ``folders``."""
    found: set[Message] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                found |= set(_in_python(path))
            elif path.suffix in {".html", ".txt"}:
                found |= set(_in_template(path))
    return found


def _in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [text for argument in node.args if (text := _text(argument)) is not None]
        message = _message(name, texts)
        if message is not None:
            yield message


def _text(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def _in_template(path: Path) -> Iterator[Message]:
    for match in IN_TEMPLATE.finditer(templatize(path.read_text(), origin=str(path))):
        texts = [ast.literal_eval(part) for part in match.groups()[1:] if part]
        message = _message(match.group(1), texts)
        if message is not None:
            yield message


def _message(function: str, texts: list[str]) -> Message | None:
    if function in SINGLE and len(texts) == 1 and texts[0]:
        return Message(texts[0])
    if function in PLURAL and len(texts) == 2:
        return Message(texts[0], plural=texts[1])
    if function in WITH_CONTEXT and len(texts) == 2:
        return Message(texts[1], context=texts[0])
    return None


def django_covers(language: str) -> set[str]:
    """Texts that Django's own catalogues translate."""
    covered = set()
    for folder in DJANGO_CATALOGUES:
        path = folder / language / "LC_MESSAGES" / "django.po"
        covered |= {entry.msgid for entry in polib.pofile(str(path)) if entry.translated()}
    return covered


def wanted() -> set[Message]:
    """What our Chinese catalogue must hold: our texts, and those of unfold that Django lacks."""
    ours = messages_of(*OURS)
    covered = django_covers("zh_Hans")
    theirs = {message for message in messages_of(unfold_folder()) if message.text not in covered}
    return ours | theirs | set(OVERRIDES)


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(path_of(language)))


def path_of(language: str, suffix: str = "po") -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{suffix}"


def key_of(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def update() -> int:
    """Bring the Chinese catalogue up to date; how many texts wait for a translation."""
    kept = {key_of(entry): entry for entry in catalogue("zh_Hans") if not entry.obsolete}
    made = polib.POFile(wrapwidth=98)
    made.metadata = {
        "Project-Id-Version": "quanyu",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for message in sorted(wanted()):
        made.append(kept.get(message) or _new(message))
    made.save(str(path_of("zh_Hans")))
    for language in ("zh_Hans", "en"):
        catalogue(language).save_as_mofile(str(path_of(language, "mo")))
    return len(made.untranslated_entries())


def _new(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {0: ""}
    if "%(" in message.text:
        entry.flags.append("python-format")
    return entry


if __name__ == "__main__":
    sys.stdout.write(f"{update()} texts wait for a translation.\n")
