"""The language in which the course speaks to a student: English, or one of those in locale/.

Texts stand in the code in English, and `say` looks for a translation at the moment in which a text is shown. So a
module's texts are written as ever, at import, and a language can be chosen at any time::

    from course_utils import language

    language.use("de")

A translation is a gettext catalog, `locale/LANGUAGE/LC_MESSAGES/NAME.po`: one for each lesson, and `course.po` for
what all of them share. `course_utils.publishing.translations` fills them with what there is to translate. What has no
translation yet, or one that no longer fits ("fuzzy"), stays English.
"""

import functools
import gettext
import io
from contextlib import contextmanager
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"
_spoken = ENGLISH


def languages():
    """The languages that have a translation, as in ``["de"]``."""
    return sorted(folder.parent.name for folder in LOCALE.glob("*/LC_MESSAGES"))


def translated_lessons(name):
    """The lessons that have a catalog in a language, as in ``["01_loading"]``."""
    return sorted(path.stem for path in LOCALE.glob(f"{name}/LC_MESSAGES/[0-9]*.po"))


def use(name):
    """Let exercises, quizzes and pictures speak a language from now on.

    Parameters
    ----------
    name : str
        As in ``"de"``; ``"en"`` for the course's own words.

    Raises
    ------
    ValueError
        If there is no translation into it.
    """
    global _spoken
    if name != ENGLISH and name not in languages():
        raise ValueError(f"expected one of the languages {', '.join([ENGLISH, *languages()])}, got {name!r}")
    _spoken = name


def in_use():
    """The language that is spoken now, as in ``"de"``."""
    return _spoken


@contextmanager
def using(name):
    """Speak a language within a block, and then the one before."""
    before = in_use()
    use(name)
    try:
        yield
    finally:
        use(before)


@functools.cache
def _translation(name):
    """All catalogs of a language as one."""
    from babel.messages import mofile, pofile

    spoken = gettext.NullTranslations()
    for path in sorted(LOCALE.glob(f"{name}/LC_MESSAGES/*.po"), reverse=True):
        compiled = io.BytesIO()
        with open(path, "rb") as file:
            mofile.write_mo(compiled, pofile.read_po(file, locale=name))  # without what is fuzzy
        compiled.seek(0)
        catalog = gettext.GNUTranslations(compiled)
        catalog.add_fallback(spoken)
        spoken = catalog
    return spoken


def say(text, /, **values):
    """A text in the language that is spoken now; values take the places in braces, as in ``str.format``.

    What the course says is found by this name where it is collected for translators, so its first argument is the text
    itself, and no expression, or a text that was marked with `to_say` elsewhere.
    """
    if text and in_use() != ENGLISH:
        text = _translation(in_use()).gettext(text)
    return text.format(**values) if values else text


def say_number(one, many, n, /, **values):
    """The same for a text that depends on a number, which takes the place ``{n}``: of the two English ones, or more."""
    text = (one if n == 1 else many) if in_use() == ENGLISH else _translation(in_use()).ngettext(one, many, n)
    return text.format(n=n, **values)


def to_say(text):
    """Mark a text that `say` gets later; it stays what it is."""
    return text


def letters():
    """All characters in the translations that are spoken now, for those who embed a font; none in English."""
    if in_use() == ENGLISH:
        return ""
    found, catalog = set(), _translation(in_use())
    while isinstance(catalog, gettext.GNUTranslations):
        found |= set("".join(catalog._catalog.values()))
        catalog = catalog._fallback
    return "".join(sorted(found))
