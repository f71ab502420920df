"""How decks, the book and PDFs look: logo, colors, footer and license line, from one file, `theme.toml`.

The course's own lies beside this module. One in the folder where a command is started wins, key by key; for `nox`, that
is the folder of the course. Every color of text is held to WCAG's contrast before anything is built.
"""

import base64
import colorsys
import re
import tomllib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from markupsafe import Markup
from PIL import Image

OWN = Path(__file__).with_name("theme.toml")
CATALOGS = Path(__file__).parents[1] / "locale"  # LANGUAGE/LC_MESSAGES: the translated words
LONGEST = 70  # characters of a line: more would run into the slide's number, or into the arrows
LEAST = 4.5  # WCAG 2.2, 1.4.3, AA; what is no text, such as arrows, needs 3, and has the color of a text
COLOR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
ON_CODE = ("ink", "keyword", "string", "comment", "number", "name")
OF_BOOK = ("link", "menu")
MODES = ("light", "dark")
# Of the grounds of Furo, the book's own theme, those that are closest to text: where the pointer is in the menu.
BOOK_GROUNDS = {"light": "#efeff4", "dark": "#1e2124"}
RUNS = {"script", "foreignObject"}
OUTSIDE = re.compile(r"""url\(\s*["']?(?!#|data:)|@import""")


@dataclass(frozen=True)
class Theme:
    """What `theme.toml` says.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    language : str
        Of the words around a lesson, as in ``"en"``.
    footer, license : str
        A line each; empty if there is none.
    logo_file : pathlib.Path or None
    logo : markupsafe.Markup
        An ``<img>`` with class ``logo`` that holds the file, and its alt text; empty if there is no logo.
    logo_alt : str
    light, dark : dict of {str: str}
        The colors, as ``"#rrggbb"``, by their names in the file.
    """

    path: Path
    language: str
    footer: str
    license: str
    logo_file: Path | None
    logo: Markup
    logo_alt: str
    light: dict
    dark: dict

    @property
    def style(self):
        """CSS: each color as a variable, such as ``--ink``, that is light or dark with the page."""
        both = "".join(f" --{name}: light-dark({color}, {self.dark[name]});" for name, color in self.light.items())
        return Markup(f":root {{{both} }}")

    def of_book(self, mode):
        """The colors that Furo takes, in ``"light"`` or ``"dark"``, by its names for them."""
        colors = getattr(self, mode)
        return {"color-brand-content": colors["link"], "color-brand-primary": colors["menu"]}


def read_theme(path=None):
    """Read `theme.toml`, and look whether all of it can be used.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        By default the one in the working folder, if there is one, or else the course's own.

    Returns
    -------
    Theme
        What the file leaves out is as in the course's own.

    Raises
    ------
    SystemExit
        If something in it cannot be used: it says what came, and what was expected.
    """
    here = Path("theme.toml")
    path = Path(path or (here if here.is_file() else OWN))
    default, own = _read_toml(OWN), _read_toml(path)
    settings = _merge(f"{path}", default, own)
    for key in ("footer", "license"):
        is_line = len(settings[key]) <= LONGEST and "\n" not in settings[key]
        _hold(f"{path}, {key}", is_line, f"a line of up to {LONGEST} characters", settings[key])
    languages = {"en", *(folder.parent.name for folder in CATALOGS.glob("*/LC_MESSAGES"))}
    _hold(f"{path}, language", settings["language"] in languages, _list(sorted(languages)), settings["language"])
    for mode in MODES:
        if "accent" in own.get(mode, {}):
            settings[mode] |= {name: own[mode].get(name, own[mode]["accent"]) for name in OF_BOOK}
        for name, color in settings[mode].items():
            _hold(f"{path}, {mode}, {name}", COLOR.fullmatch(color), 'a color such as "#0b5a8f"', color)
    if pale := [line for mode in MODES for line in _find_pale(mode, settings[mode])]:
        raise SystemExit("\n".join([f"{path}: text must stand out from what it stands on, {LEAST} to 1", *pale]))
    logo, file = settings.pop("logo"), None
    if logo["file"]:
        file = path.parent / logo["file"]
        _hold(f"{path}, logo, alt", logo["alt"].strip(), "what the logo shows, in words", logo["alt"])
    image = _embed_logo(file, logo["alt"]) if file else Markup("")
    return Theme(path=path, logo_file=file, logo=image, logo_alt=logo["alt"], **settings)


def _read_toml(path):
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # editors on Windows may put a mark in front
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path}: expected a file in TOML, as {OWN.name} of the course is one; {error}") from None


def _hold(where, is_so, expected, *came):
    if not is_so:
        raise SystemExit(f"{where}: expected {expected}, got {', '.join(map(repr, came))}")


def _list(names):
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _merge(where, default, value):
    """A value, or a table over the default one; their types are as there."""
    kind = "a table" if isinstance(default, dict) else "a text in quotes"
    _hold(where, isinstance(value, type(default)), kind, value)
    if not isinstance(default, dict):
        return value
    _hold(where, not (unknown := value.keys() - default.keys()), f"one of {_list(default)}", *sorted(unknown))
    return default | {name: _merge(f"{where}, {name}", default[name], value[name]) for name in value}


# ---- colors


def contrast(one, other):
    """How much two colors stand out from each other, by WCAG 2.2: from 1 to 21.

    Parameters
    ----------
    one, other : str
        As ``"#rrggbb"``.

    Returns
    -------
    float
    """
    darker, brighter = sorted(_luminance(_channels(color)) for color in (one, other))
    return (brighter + 0.05) / (darker + 0.05)


def _channels(color):
    return [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _luminance(channels):
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def nearest_color(color, grounds):
    """The color of the same hue, as little darker or brighter as it takes to stand out from all grounds.

    Parameters
    ----------
    color : str
        As ``"#rrggbb"``.
    grounds : iterable of str

    Returns
    -------
    str or None
        None if neither black nor white would.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(color))
    for step in sorted((level / 255 for level in range(256)), key=lambda level: abs(level - lightness)):
        channels = colorsys.hls_to_rgb(hue, step, saturation)
        tried = "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)
        if all(contrast(tried, ground) >= LEAST for ground in grounds):
            return tried
    return None


def _find_pale(mode, colors):
    """A sentence for each color of text that is too close to a ground that it stands on."""
    paper, code, mark = ((name, colors[name]) for name in ("paper", "code", "mark"))
    book = ("the book's menu", BOOK_GROUNDS[mode])
    own = [name for name in OF_BOOK if colors[name] != colors["accent"]]
    grounds = {"accent": [paper, mark, *([book] if len(own) < len(OF_BOOK) else [])], "muted": [paper]}
    grounds |= {name: [code, mark] for name in ON_CODE} | {name: [book] for name in own} | {"ink": [paper, code, mark]}
    for name, on in grounds.items():
        color = colors[name]
        for ground_name, ground in on:
            if (found := contrast(color, ground)) < LEAST:
                near = nearest_color(color, [ground for _, ground in on])
                better = f'; the nearest color that does: "{near}"' if near else ""
                yield f'[{mode}] {name} "{color}" on {ground_name} "{ground}": {found:.2f} to 1{better}'


# ---- the logo


def _embed_logo(path, alt):
    """An image that holds the file; one that runs something, or asks for another file, would not be shown as it is."""
    kinds = {".svg": ("svg+xml", _check_svg), ".png": ("png", _check_png)}
    _hold(path, path.is_file(), "the file of the logo", "no file")
    _hold(path, path.suffix.lower() in kinds, "a logo that is an SVG or a PNG", path.suffix)
    (kind, check), content = kinds[path.suffix.lower()], path.read_bytes()
    check(path, content)
    data = base64.b64encode(content).decode()
    return Markup('<img class="logo" alt="{}" src="data:image/{};base64,{}">').format(alt, kind, data)


def _check_png(path, content):
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            image.verify()
    except (OSError, SyntaxError) as error:  # as Pillow says that a chunk is broken
        raise SystemExit(f"{path}: expected a PNG, got something else, or half of one: {error}") from None


def _check_svg(path, content):
    alone = "an SVG without scripts that asks for no other file"
    _hold(path, not (asks := re.search(rb"<!ENTITY|<\?xml-stylesheet", content)), alone, asks and asks[0].decode())
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise SystemExit(f"{path}: expected an SVG, got what is no XML: {error}") from None
    _hold(path, root.tag == "{http://www.w3.org/2000/svg}svg", "an SVG", root.tag)
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        _hold(path, tag not in RUNS, alone, f"<{tag}>")
        for name, value in [*element.attrib.items(), ("", element.text or "")]:
            name = name.rpartition("}")[2]
            leads_out = name == "href" and not value.lstrip().startswith(("#", "data:"))
            leads_out = leads_out or OUTSIDE.search(value) or name.lower().startswith("on")
            _hold(path, not leads_out, alone, f"{name or tag}: {value.strip()[:60]}")
