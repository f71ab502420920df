"""theme.toml: what it changes, and what it refuses; tests/browser/test_theme_in_browser.py looks at what comes out."""

import importlib.util
import re
from pathlib import Path

import lesson_rules as rules
import pytest
from nbformat.v4 import new_markdown_cell
from PIL import Image
from small_lesson import SECTION, code, small_lesson

from course_utils.publishing import paper, slides, theme, workbook
from course_utils.publishing.book import extension
from course_utils.publishing.theme import BOOK_GROUNDS, LEAST, OWN, contrast, nearest_color, read_theme

UNIVERSITY = Path(__file__).parent / "themes" / "university"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


@pytest.fixture
def written(tmp_path):
    """A function that writes a theme, and a logo beside it, and returns the theme's path."""

    def write(text, logo=None, name="logo.svg"):
        if logo is not None:
            (tmp_path / name).write_bytes(logo if isinstance(logo, bytes) else logo.encode())
            text += f'\n[logo]\nfile = "{name}"\nalt = "A circle"\n'
        (tmp_path / "theme.toml").write_text(text, encoding="utf-8")
        return tmp_path / "theme.toml"

    return write


# ---- what it changes


def test_the_file_of_this_folder_wins_key_by_key(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    default = read_theme()
    assert (default.path, default.language, default.footer, default.logo) == (OWN, "en", "", "")
    monkeypatch.chdir(UNIVERSITY)
    own = read_theme()
    assert own.footer.startswith("University of Example") and own.logo_alt == "University of Example"
    assert own.light["accent"] == "#8a1538" and own.light["ink"] == default.light["ink"]
    assert read_theme(OWN) == default


@pytest.mark.parametrize(("text", "link"), [("", "#2757dd"), ('accent = "#8a1538"', "#8a1538")])
def test_the_book_takes_the_accent_unless_it_has_colors_of_its_own(written, text, link):
    read = read_theme(written(f"[light]\n{text}"))
    assert read.of_book("light")["color-brand-content"] == link
    read = read_theme(written(f'[light]\n{text}\nlink = "#005500"'))
    assert read.light["link"] == "#005500" and read.light["menu"] == ("#0a4bff" if not text else "#8a1538")


def test_a_file_from_windows_is_read(written):
    path = written("")
    path.write_bytes(b"\xef\xbb\xbf" + 'footer = "Größe"\r\n'.encode())
    assert read_theme(path).footer == "Größe"


def test_a_language_is_one_that_has_a_translation(written, tmp_path, monkeypatch):
    (tmp_path / "xx" / "LC_MESSAGES").mkdir(parents=True)
    monkeypatch.setattr(theme, "CATALOGS", tmp_path)
    assert read_theme(written('language = "xx"')).language == "xx"


def test_a_deck_has_logo_footer_and_license_and_is_the_same_each_time(monkeypatch):
    monkeypatch.chdir(UNIVERSITY)
    lesson = small_lesson(new_markdown_cell(SECTION))
    html = slides.make_deck(lesson, "03_small")
    assert html == slides.make_deck(lesson, "03_small")
    n_slides = html.count('<section class="slide-')
    assert html.count('<p class="foot">University of Example · Machine vision · Winter term</p>') == n_slides - 1 > 0
    assert html.count('<p class="foot">CC BY 4.0, after “Convolutional neural networks” by its authors</p>') == 1
    assert html.count('<img alt="University of Example" class="logo" src="data:image/svg+xml;base64,') == 1
    assert "--accent: light-dark(#8a1538, #f4a3ba);" in html and "#0b5a8f" not in html
    monkeypatch.chdir(OWN.parent.parent)
    html = slides.make_deck(lesson, "03_small")
    assert 'class="logo"' not in html and html.count('class="foot"') == 1  # the license


def test_no_color_of_the_theme_is_said_twice():
    style = (slides.TEMPLATES / "cnn_course" / "deck.css").read_text(encoding="utf-8")
    assert not [color for color in re.findall(r"#[0-9a-fA-F]{6}\b", style) if color in OWN.read_text(encoding="utf-8")]


# ---- contrast


def test_contrast_is_wcags():
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the usual example of just too little
    assert nearest_color("#777777", ["#ffffff"]) == "#767676"
    assert nearest_color("#777777", ["#000000", "#ffffff"]) in ("#757575", "#767676")
    assert nearest_color("#777777", ["#000000", "#777777", "#ffffff"]) is None


def test_text_that_is_pale_is_refused_and_the_color_that_is_told_is_taken(written):
    with pytest.raises(SystemExit) as told:
        read_theme(written('[light]\naccent = "#ffb81c"\n[dark]\ncomment = "#555555"'))
    first, *pale = str(told.value).splitlines()
    assert first.endswith("theme.toml: text must stand out from what it stands on, 4.5 to 1")
    nearest = 'to 1; the nearest color that does: "#8a5f00"'
    assert pale[:3] == [
        f'[light] accent "#ffb81c" on paper "#ffffff": 1.73 {nearest}',
        f'[light] accent "#ffb81c" on mark "#d8e9f8": 1.40 {nearest}',
        f'[light] accent "#ffb81c" on the book\'s menu "#efeff4": 1.51 {nearest}',
    ]
    assert [line[:32] for line in pale[3:]] == ['[dark] comment "#555555" on code', '[dark] comment "#555555" on mark']
    comment = pale[-1].rpartition(": ")[2]
    assert read_theme(written(f'[light]\naccent = "#8a5f00"\n[dark]\ncomment = {comment}')).light["menu"] == "#8a5f00"


def test_of_the_books_grounds_none_is_closer_to_text():
    folder = Path(importlib.util.find_spec("furo").origin).parent / "theme" / "furo" / "static" / "styles"
    style = (folder / "furo.css").read_text(encoding="utf-8")
    grounds = set(re.findall(r"--color-background-(?:primary|secondary|hover):(#[0-9a-f]{3,6})\b", style))
    grounds = {ground if len(ground) == 7 else "#" + "".join(2 * c for c in ground[1:]) for ground in grounds}
    light = [ground for ground in grounds if contrast(ground, "#000000") > LEAST]
    dark = [ground for ground in grounds if contrast(ground, "#ffffff") > LEAST]
    assert min(light, key=lambda ground: contrast(ground, "#000000")) == BOOK_GROUNDS["light"]
    assert min(dark, key=lambda ground: contrast(ground, "#ffffff")) == BOOK_GROUNDS["dark"]


# ---- what it refuses


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('colour = "x"', r"expected one of language, footer, .* or dark, got 'colour'"),
        ('[light]\naccents = "#000000"', r"theme\.toml, light: expected one of paper, .*, got 'accents'"),
        ('[light]\naccent = "blue"', r"theme\.toml, light, accent: expected a color such as \"#0b5a8f\", got 'blue'"),
        ('[dark]\npaper = "#123"', r"theme\.toml, dark, paper: expected a color .* got '#123'"),
        ("footer = 2026", r"theme\.toml, footer: expected a text in quotes, got 2026"),
        ('logo = "logo.svg"', r"theme\.toml, logo: expected a table, got 'logo\.svg'"),
        (f'footer = "{"x" * 71}"', r"theme\.toml, footer: expected a line of up to 70 characters, got 'xxx"),
        ('language = "tlh"', r"theme\.toml, language: expected .*en.*, got 'tlh'"),
        ("footer = no quotes", r"theme\.toml: expected a file in TOML, .*line 1"),
        ('[logo]\nfile = "gone.svg"\nalt = "A circle"', r"gone\.svg: expected the file of the logo, got 'no file'"),
        ('[logo]\nfile = "gone.svg"', r"theme\.toml, logo, alt: expected what the logo shows, in words, got ''"),
    ],
)
def test_what_cannot_be_used_is_told(written, text, told):
    with pytest.raises(SystemExit, match=told):
        read_theme(written(text))


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<script>1</script>", "<script>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<rect onload="x()"/>', r"onload: x\(\)"),
        ('<image href="seal.png"/>', r"href: seal\.png"),
        ('<use xlink:href="https://example.org/a.svg#b"/>', "href: https://example.org"),
        ("<style>@import 'a.css';</style>", "style: @import"),
        ('<rect fill="url(a.svg#b)"/>', r"fill: url\(a\.svg"),
    ],
)
def test_a_logo_that_needs_more_than_itself_is_refused(written, inside, told):
    with pytest.raises(SystemExit, match=rf"logo\.svg: expected an SVG without scripts .* got ['\"]{told}"):
        read_theme(written("", SVG.format(inside)))


def test_a_logo_may_refer_to_its_own_parts(written):
    inside = (
        '<linearGradient id="g"/><rect fill="url(#g)"/><use xlink:href="#g"/><image href="data:image/png;base64,A"/>'
    )
    assert read_theme(written("", SVG.format(inside))).logo_alt == "A circle"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("logo.svg", "<html/>", "expected an SVG, got 'html'"),
        ("logo.svg", "no XML", "expected an SVG, got what is no XML"),
        ("logo.svg", '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(""), "expected an SVG without .* got '<!ENTITY'"),
        ("logo.jpg", "", r"expected a logo that is an SVG or a PNG, got '\.jpg'"),
        ("logo.png", "GIF89a", "expected a PNG, got something else"),
    ],
)
def test_a_file_that_is_no_logo_is_refused(written, name, content, told):
    with pytest.raises(SystemExit, match=rf"{re.escape(name)}: {told}"):
        read_theme(written("", content, name))


def test_a_png_is_taken_whole_and_not_in_half(written, tmp_path):
    Image.effect_noise((99, 99), 50).save(tmp_path / "noise.png")
    content = (tmp_path / "noise.png").read_bytes()
    assert "data:image/png;base64,iVBOR" in read_theme(written("", content, "logo.png")).logo
    with pytest.raises(SystemExit, match=r"logo\.png: expected a PNG, got something else, or half of one"):
        read_theme(written("", content[: len(content) // 2], "logo.png"))


def test_a_workbook_has_its_logo_footer_and_license(monkeypatch):
    monkeypatch.chdir(UNIVERSITY)
    book = workbook.Workbook(rules.stored(rules.LESSONS[0]), "00_start_here")
    for page in (workbook.make_workbook(book), workbook.make_key(book)):
        assert 'alt="University of Example"' in page and "by its authors" in page
    assert "Machine vision · Winter term" in paper.furniture("A title")["footer_template"]


def test_the_words_around_an_english_lesson_have_the_themes_language_and_the_lesson_keeps_its_own(written, monkeypatch):
    monkeypatch.chdir(written('language = "de"').parent)
    html = slides.make_deck(small_lesson(new_markdown_cell(SECTION), code("1")), "03")
    for said in ("Lektion 3 · ", ">Inhalt</h2>", " (Code)</span>", "Zeigen, was kommt"):
        assert said in html, said
    assert '<html lang="en">' in html and "How small is it?" in html
    context = {"language": "de"}
    extension.name_language(None, "lessons/03", "page.html", context, None)
    assert context["language"] == "en"
