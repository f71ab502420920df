"""Translations: what of them is behind the course, what must be the same in both, and lesson 01 in German, run."""

import ast
import re
import string
import tomllib

import nbformat
import pytest
from bs4 import BeautifulSoup

from course_utils import language
from course_utils.exercises import loading, report
from course_utils.language import say
from course_utils.publishing import lessons, paragraphs, slides, translations, workspace
from course_utils.publishing.comments import read_comments
from course_utils.publishing.markdown import make_parser

CATALOGS = [
    (name, domain)
    for name in language.languages()
    for domain in [translations.SHARED, *language.translated_lessons(name)]
]
CODE = re.compile(r"`[^`]+`")
FORMULA = re.compile(r"(?<!\d)\$+(?!\s)[^$`]+(?<!\s)\$+(?!\d)")
NUMBER = re.compile(r"\d+(?:[.,]\d{3})*")


def pairs(name, domain):
    """What a catalog has translated: (English, translation), one text each."""
    for message in translations.read_catalog(name, domain):
        if message.fuzzy or not message.string:
            continue
        both = (
            [(message.id, message.string)]
            if isinstance(message.id, str)
            else zip(message.id, message.string, strict=True)
        )
        yield from (pair for pair in both if pair[0])


def without_code(text):
    return FORMULA.sub(" ", CODE.sub(" ", text))


@pytest.mark.parametrize(("name", "domain"), CATALOGS)
def test_a_catalog_has_the_texts_of_the_course_and_no_others(name, domain):
    """Whoever changes a text need not know the language: a translation shows the English one until somebody does."""
    texts = {message.id for message in translations.read_catalog(name, domain) if message.id}
    assert texts == {entry.text for entry in translations.entries(domain)}, f"run `nox -s translate -- {name}`"


@pytest.mark.nightly
@pytest.mark.parametrize(("name", "domain"), CATALOGS)
def test_no_translation_is_behind_the_course(name, domain):
    late = translations.behind(name, domain)
    assert late == [], f"translate these in locale/{name}/LC_MESSAGES/{domain}.po:\n" + "\n".join(late)


# ---- what must be the same in both


def placeholders(text):
    return sorted(re.findall(r"\{\w+(?:[.:][^}]*)?\}", FORMULA.sub("", text)))


def links(text):
    return sorted(re.findall(r"\]\(([^)]+)\)", text))


def code(text):
    return sorted(CODE.findall(text))


def formulas(text):
    return sorted(re.sub(r"\\text\{[^}]*\}", r"\\text", " ".join(found.split())) for found in FORMULA.findall(text))


def bold(text):
    return text.count("**")


def numbers(text):
    """Without what separates thousands, as a set: a language may name one twice."""
    return {re.sub("[.,]", "", number) for number in NUMBER.findall(without_code(text))}


def ends(text):
    return text[:1].isspace(), text[-1:].isspace()


def blocks(text):
    """What Markdown makes of it: "3. Mai" at the start would begin a list."""
    return [token.type for token in make_parser().parse(text)]


def asks(text):
    return sum(text.count(marker) for marker in {paragraphs.PREDICT, say(paragraphs.PREDICT)})


SAME = [placeholders, links, code, formulas, bold, numbers, ends, blocks, asks]


@pytest.mark.parametrize("same", SAME, ids=lambda same: same.__name__)
@pytest.mark.parametrize(("name", "domain"), CATALOGS)
def test_a_translation_has_what_its_original_has(name, domain, same):
    with language.using(name):
        found = [(same(text), same(said), said) for text, said in pairs(name, domain) if same(text) != same(said)]
    assert found == []


@pytest.mark.parametrize(("name", "domain"), CATALOGS)
def test_every_term_has_its_one_word(name, domain):
    terms = tomllib.loads((language.LOCALE / name / "terms.toml").read_text(encoding="utf-8"))
    for text, said in pairs(name, domain):
        for term, forms in terms.items():
            if re.search(rf"(?<!\w){term}(?:e?s)?(?!\w)", re.sub(r"\{\w+\}", " ", without_code(text)), re.IGNORECASE):
                assert any(form.lower() in said.lower() for form in forms), f"{term} is {forms[0]}: {text!r}: {said!r}"


@pytest.mark.parametrize("name", language.languages())
def test_a_text_is_translated_in_one_way(name):
    seen = {}
    for domain in [domain for of, domain in CATALOGS if of == name]:
        for text, said in pairs(name, domain):
            assert seen.setdefault(text, said) == said


GERMAN = [domain for name, domain in CATALOGS if name == "de"]


@pytest.mark.parametrize("domain", GERMAN)
def test_german_has_its_own_quotes_dashes_and_commas(domain):
    for _, said in pairs("de", domain):
        plain = re.sub(r"\{[^}]*\}", "x", without_code(said))
        assert not re.search(r"""["']|\w - \w|—|\d\.\d(?!\d\d)|\d%""", plain), said
        assert plain.count("„") == plain.count("“"), said
        assert not re.search(r"[a-zäöüß,] (Sie|Ihnen|Ihre?[mnrs]?)\b", plain), f"a student is called du: {said}"


# ---- paragraphs


class Loud:
    """A translation into capitals, where they change nothing that Markdown reads."""

    def gettext(self, text):
        return re.sub(
            r"(`[^`]*`|\$[^$]*\$|\]\([^)]*\)|<[^>]*>|https?:\S*)|([a-z])", lambda m: m[1] or m[2].upper(), text
        )

    def ngettext(self, one, many, n):
        return self.gettext(one if n == 1 else many)


@pytest.fixture
def loud(monkeypatch):
    """A language into which everything is translated."""
    monkeypatch.setattr(language, "_translation", lambda name: Loud())
    monkeypatch.setattr(language, "languages", lambda: ["xx"])
    with language.using("xx"):
        yield


@pytest.mark.parametrize("stem", ["00_start_here", "04_building", "08_handwriting", "16_pytorch"])
def test_every_word_of_a_lesson_is_in_a_paragraph(stem, loud):
    """What is left in small letters was found by no rule, and would stay English."""
    for cell in lessons.read_source(lessons.SOURCES / f"{stem}.py").cells:
        if cell.cell_type == "markdown":
            said = paragraphs.translate_cell(cell.source)
            for text, original in zip(read_comments(said), read_comments(cell.source), strict=True):
                soup = BeautifulSoup(make_parser().render(text or ""), "html.parser")
                for part in soup(["code", "pre", "svg"]):
                    part.decompose()
                assert not re.search(r"[a-z]{2}", re.sub(r"https?:\S*|\S+\.(md|py)\b", "", soup.get_text())), said
                assert blocks(text or "") == blocks(original or "")


def test_paragraphs_keep_their_places_and_lines_make_no_difference(loud):
    code = "```python\nx = 1\n```\n"
    text = "## A title\n\nOne\ntwo **three**.\n\n- a `code`\n  b\n- c\n\n| h | i |\n|---|---|\n| j | k |\n\n"
    wanted = "## A TITLE\n\nONE TWO **THREE**.\n\n- A `code` B\n- C\n\n| H | I |\n|---|---|\n| J | K |\n\n"
    assert paragraphs.translate_markdown(text + code) == wanted + code
    asked = paragraphs.messages("One.\nTwo. **Predict.** Three?\n\n<!-- notes\nFour.\n-->")
    assert asked == [("One. Two.", ""), ("**Predict.** Three?", ""), ("Four.", "notes")]
    assert paragraphs.messages("One. Two.") == paragraphs.messages("One.\nTwo.")


def test_code_and_paper_in_comments_are_not_translated():
    source = "A text.\n\n<!-- notes\nSay it.\n-->\n\n<!-- code\nx = 1  # one\n-->\n\n<!-- paper\n[lines 2]\n-->"
    assert paragraphs.messages(source) == [("A text.", ""), ("Say it.", "notes")]
    with language.using("de"):
        assert paragraphs.translate_cell(source).endswith("<!-- code\nx = 1  # one\n-->\n\n<!-- paper\n[lines 2]\n-->")


def test_english_is_as_it_was():
    text = "One\ntwo.\n"
    assert paragraphs.translate_markdown(text) is text and say("{n} × {m}", n=1, m=2) == "1 × 2"


# ---- catalogs


@pytest.fixture
def begun(monkeypatch, tmp_path):
    """A language that has just been begun, with one text translated."""
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language._translation.cache_clear()
    translations.update("fr", "01_loading")
    translate("Key points", "En bref")
    yield translations.catalog_path("fr", "01_loading")
    language._translation.cache_clear()


def translate(text, said):
    path = translations.catalog_path("fr", "01_loading")
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "{said}"'), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    language._translation.cache_clear()


def test_a_language_is_begun_with_all_there_is_and_keeps_what_it_has(begun):
    assert language.languages() == ["fr"] and language.translated_lessons("fr") == ["01_loading"]
    late, n = translations.behind("fr", "01_loading"), len(translations.entries("01_loading"))
    assert len(late) == n - 1 and "notebooks/source/01_loading.py, cell 1: not translated: 1. Loading the data" in late
    text = begun.read_text(encoding="utf-8")
    translations.update("fr", "01_loading")
    assert begun.read_text(encoding="utf-8") == text and "1 &&" not in text and not re.search("20[0-9][0-9]-", text)
    with language.using("fr"):
        assert (say("Key points"), say("Quiz")) == ("En bref", "Quiz")


def test_a_changed_paragraph_is_named_and_stays_english_until_somebody_looks(begun, monkeypatch):
    before, after = "Key points", "The key points"
    changed = [e._replace(text=after) if e.text == before else e for e in translations.entries("01_loading")]
    monkeypatch.setattr(translations, "entries", lambda domain: changed)
    assert any(line.endswith("not translated: The key points") for line in translations.behind("fr", "01_loading"))
    assert "01_loading.po: no longer in the course: Key points" in translations.behind("fr", "01_loading")
    translations.update("fr", "01_loading")
    language._translation.cache_clear()
    assert '#, fuzzy\n#| msgid "Key points"\nmsgid "The key points"\nmsgstr "En bref"' in begun.read_text(
        encoding="utf-8"
    )
    assert any(
        re.search(r"cell \d+: has changed: The key points$", line) for line in translations.behind("fr", "01_loading")
    )
    with language.using("fr"):
        assert say("The key points") == "The key points"


def test_what_there_is_to_translate_comes_from_everywhere():
    found = {entry.text: entry for domain in ("course", "01_loading") for entry in translations.entries(domain)}
    for text in (
        "Right",  # a mark
        ("{n} minute", "{n} minutes"),  # a template
        "That is in megabytes. How many bytes?",  # a mistake, declared in a loop
        "a single class",  # a case
        "What is `train_images[3, 5, 7]`?",
        "share of all pixels (log scale)",
    ):
        assert text in found
    assert found["3 minutes. Everybody writes the shape down before anybody says it."].comment == "notes"


def said_by(path):
    """What a module says with `say`, by its syntax: babel passes over what stands within an f-string."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in translations.KEYWORDS:
            if isinstance(node.args[0], ast.Constant):
                yield node.args[0].value
            else:
                assert isinstance(node.args[0], (ast.Name, ast.Attribute, ast.Subscript, ast.Call)), ast.unparse(node)


def test_nothing_that_is_said_is_passed_over():
    found = {text for domain in ("course", "01_loading") for text, *_ in translations.entries(domain)}
    found |= {text[0] for text in found if isinstance(text, tuple)}
    for path in translations.PACKAGE.rglob("*.py"):
        if "course_utils.language import" in path.read_text(encoding="utf-8") and path.name != "language.py":
            assert set(said_by(path)) <= found, path


def test_a_language_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"expected one of the languages en, de, got 'tlh'"):
        language.use("tlh")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--language", "de", "02"], "no lesson named 02; there are 01_loading"),
        (["--language", "de", "--text", "01"], "a translated lesson has no stored outputs"),
        (["--language", "tlh"], "invalid choice: 'tlh'"),
    ],
)
def test_the_command_says_what_cannot_be_made(arguments, said, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["lessons", *arguments])
    with pytest.raises(SystemExit):
        lessons.main()
    assert said in capsys.readouterr().err


# ---- lesson 01 in German


@pytest.fixture
def german():
    with language.using("de"):
        yield


@pytest.mark.parametrize(
    ("exercise", "answer", "said"),
    [
        ("float32_bytes", ..., "Ersetze oben `...` durch deine Antwort"),
        ("float32_bytes", 47_040_000, "mit einem Byte pro Zahl"),
        ("float32_bytes", 1, "Noch nicht: zu klein."),
        ("float32_bytes", "188160000", "Deine Antwort ist Text und keine Zahl"),
        ("float32_bytes", [[1], [2, 3]], "Deine Antwort ist kein Array"),
        ("float32_bytes", (188, 160, 0), "schreibe `188_160_000`"),
        ("histogram", "a", "Das sagt ein Lineal."),
        ("histogram", "x", 'Antworte mit einem von `"a"`, `"b"`, `"c"`, `"d"`'),
        ("class_shares", lambda labels, n_classes: [].append(0), "Das Ergebnis ist None"),
        ("class_shares", lambda labels, n_classes: [0.5], "hat die Form (1,); richtig wäre die Form (3,)."),
        ("class_shares", lambda labels, n_classes: labels[99], "Ein Index geht über das Ende hinaus"),
        ("class_shares", lambda labels, n_classes: labels[99], "die Anzahlen brauchen also `n_classes` Plätze"),
        ("mean_digit", lambda images, labels, digit: images.mean(axis=0), "Das ist der Mittelwert aller Bilder."),
        (
            "mean_digit",
            lambda images, labels: 0,
            "Die Funktion lässt sich nicht als `mean_digit(images, labels, digit)` aufrufen",
        ),
    ],
)
def test_an_answer_is_told_in_german_what_it_is(exercise, answer, said, german):
    message = getattr(loading, exercise).judge(answer)
    assert said in message.sentence and message.status != "right"
    assert report.LOOKS[message.status][0] not in message.text() + message.html()


def test_details_hints_and_the_quiz_are_german(german, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("CNN_COURSE_PROGRESS", str(tmp_path / "progress.json"))
    wrong = loading.class_shares.judge(lambda labels, n_classes: labels)
    assert re.search(r"Eingabe +sechs Labels aus drei Klassen:", wrong.text())
    assert "int64 der Form (6,)" in wrong.text() and "<strong>erhalten</strong>" in wrong.html()
    loading.histogram.hint()
    loading.quiz.answer(4, "a")
    loading.quiz.answer(7, "a")
    said = capsys.readouterr().out
    assert "Tipp (histogram): 1 von 2. Lies die beiden Höhen" in said
    assert "Noch nicht richtig (Frage 4, a): Trainieren ist nicht" in said and "Die Fragen sind 1 bis 4" in said
    assert "Was ist `train_images[3, 5, 7]`?" in loading.quiz.text() and "Das Pixel in Zeile 5" in loading.quiz.html()


def test_a_students_copy_is_german_where_there_is_german(german, tmp_path):
    notebooks, work = tmp_path / "notebooks", tmp_path / "work"
    notebooks.mkdir()
    for name in ("01_loading", "02_preparing"):
        (notebooks / f"{name}.ipynb").write_bytes((lessons.NOTEBOOKS / f"{name}.ipynb").read_bytes())
    workspace.copy_lessons(notebooks, work)
    first, second = (nbformat.read(work / "de" / f"{name}.ipynb", 4) for name in ("01_loading", "02_preparing"))
    assert first.cells[0].source.startswith("# 1. Die Daten laden") and 'language.use("de")' in first.cells[1].source
    readings = sum("reading" in cell.metadata.get("tags", []) for cell in first.cells)
    assert sum("Ausgeführt? Dann vergleiche." in cell.source for cell in first.cells) == readings > 0
    assert "solution_" not in str(first) and second.cells[0].source.startswith("# 2. Preparing the data")
    assert workspace.copy_lessons(notebooks, work) == []


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Lesson 01 in German, executed, and its deck."""
    with pytest.MonkeyPatch.context() as patch, language.using("de"):
        patch.setattr(lessons, "TRANSLATED", tmp_path_factory.mktemp("lessons"))
        source = lessons.SOURCES / "01_loading.py"
        lessons.build_lesson(source)
        notebook = nbformat.read(lessons.notebook_path(source), as_version=4)
        deck = slides.make_deck(slides.in_english(source, notebook), "01_loading")
    return notebook, BeautifulSoup(deck, "html.parser")


def english_texts():
    """English texts of lesson 01 and of what the lessons share that are translated, but for very short ones."""
    texts = [text.strip() for domain in ("01_loading", "course") for text, _ in pairs("de", domain)]
    return [text for text in texts if len(text) > 20 and not placeholders(text) and "$$" not in text]


def words(text):
    return " ".join(re.sub(r"[`*]", "", text).split())


@pytest.mark.slow
def test_the_german_lesson_has_no_english_sentence(built):
    notebook, _ = built
    original = lessons.read_source(lessons.SOURCES / "01_loading.py")
    for cell, before in zip(notebook.cells, original.cells, strict=True):
        if cell.cell_type == "code":
            assert cell.source.startswith(before.source)
        else:
            kept = {text for text, _ in paragraphs.messages(cell.source)} & {
                text for text, _ in paragraphs.messages(before.source)
            }
            assert not kept & {text for text, said in pairs("de", "01_loading") if text != said}
    shown = [
        output.data.get("text/html", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    soup = BeautifulSoup("\n".join(shown), "html.parser")
    alts = [image["alt"] for image in soup("img")]
    shown = words(soup.get_text(" ") + " ".join(alts))
    assert [text for text in english_texts() if words(text) in shown] == []
    assert (
        len(alts) == 6 and "Noch nicht bearbeitet" in shown and "Das Pixel in Zeile 5 und Spalte 7 von Bild 3" in shown
    )


@pytest.mark.slow
def test_the_german_deck_is_german(built):
    _, deck = built
    assert deck.html["lang"] == "de" and deck.title.string == "1. Die Daten laden"
    titles = [heading.get_text() for heading in deck(["h1", "h2"])]
    assert titles[0] == "Die Daten laden" and {
        "Inhalt",
        "Quiz: Frage 1 von 4",
        "Das Wichtigste",
        "Wie ungewöhnlich ist ein Bild?",
    } < set(titles)
    kickers = [kicker.get_text() for kicker in deck(class_="kicker")]
    assert re.fullmatch(r"Lektion 1 · \d+ Minuten", kickers[0]) and "2 Minuten" in kickers
    shown = words(deck.find(class_="slides").get_text(" "))
    assert [text for text in english_texts() if words(text) in shown] == []
    assert all(letter in string.printable + slides.GLYPHS or letter in letters_of("de") for letter in shown)


def letters_of(name):
    with language.using(name):
        return language.letters()
