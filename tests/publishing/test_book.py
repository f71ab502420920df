"""The texts of the web book, before Sphinx reads them; tests/browser/test_book_in_browser.py looks at the pages."""

import re
from importlib import import_module

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.publishing.book import build, documents, inventories, terms
from course_utils.publishing.book.lessons import LessonPage
from course_utils.publishing.lessons import METADATA, NOTEBOOKS


def code(source, *printed, tags=()):
    outputs = [new_output("stream", text=text) for text in printed]
    return new_code_cell(source, outputs=outputs, metadata={"tags": [*tags]} if tags else {})


def reading(source):
    return new_markdown_cell(source, metadata={"tags": ["reading"]})


def page_of(*cells, **options):
    notebook = new_notebook(cells=[new_markdown_cell("# 3. A lesson"), *cells], metadata=METADATA)
    return LessonPage(notebook, "03_convolution", **options)


def blocks(page):
    """A page's blocks in few words: text by its first line, code as `code`, output as `out`, HTML by its tag."""
    found = []
    for block in re.findall(r"(`{3,})(.*?)\n(.*?)\1|([^\n]+)", page.text, re.DOTALL):
        _, info, content, text = block
        tag = re.match(r"</?\w+( class=\"[\w-]+\")?", content.strip())
        kinds = {"{raw} html": tag and tag[0].lstrip("<"), "python": "code", "{code-block} text": "out"}
        found.append(text or kinds.get(info, info))
    return found


def test_what_was_asked_is_folded_with_its_reading_up_to_the_next_text():
    asked = new_markdown_cell("**Predict.** How many?")
    page = page_of(asked, code("count()", "7\n"), reading("Seven."), new_markdown_cell("On we go."))
    assert blocks(page)[-8:] == [
        *("**Predict.** How many?", 'div class="prediction"', "code", 'details class="outcome"', "out", "Seven."),
        *("/details", "On we go."),
    ]


def test_code_that_gives_nothing_yet_is_not_folded_and_text_between_does_not_forget_the_question():
    page = page_of(
        new_markdown_cell("**Predict.** How many?"),
        code("def count(): ..."),
        new_markdown_cell("Count."),
        code("count()", "7\n"),
        new_markdown_cell("## Next"),
        code("print(8)", "8\n"),
    )
    opened = ["code", "Count.", "code", 'details class="outcome"', "out", "/details"]
    assert blocks(page)[-9:] == [*opened, "## Next", "code", "out"]


@pytest.mark.parametrize(
    ("before", "tags", "after", "is_folded"),
    [
        ("Do both agree?", [], new_markdown_cell("On."), True),
        ("Here is one.", [], reading("One."), True),
        ("Here is one.", ["asked"], new_markdown_cell("On."), True),
        ("Here is one.", [], new_markdown_cell("On."), False),
    ],
)
def test_what_else_counts_as_asked(before, tags, after, is_folded):
    page = page_of(new_markdown_cell(before), code("x", "1\n", tags=tags), after)
    assert ('details class="outcome"' in blocks(page)) == is_folded


def test_what_was_not_asked_is_not_folded():
    asked, read = new_markdown_cell("**Predict.** How many?"), reading("Seven.")
    page = page_of(asked, code("count()", "7\n"), read, code("show()", "8\n"), new_markdown_cell("Eight."))
    assert blocks(page)[-6:] == ["out", "Seven.", "/details", "code", "out", "Eight."]
    page = page_of(asked, code("count()", "7\n"), read, code("again()", "7\n"), reading("Seven again."))
    assert blocks(page)[-6:] == ["out", "Seven.", "code", "out", "Seven again.", "/details"]


def test_a_reading_ends_where_the_next_section_begins_in_its_cell():
    page = page_of(new_markdown_cell("**Predict.** Which?"), code("x", "1\n"), reading("One.\n\n### The next\n\nMore."))
    assert blocks(page)[-4:] == ["One.", "/details", "### The next", "More."]


def test_on_paper_nothing_is_folded():
    page = page_of(
        new_markdown_cell("**Predict.** How many?"), code("count()", "7\n"), reading("Seven."), is_alive=False
    )
    assert blocks(page)[-4:] == ["**Predict.** How many?", "code", "out", "Seven."]


def test_code_with_backticks_stays_whole():
    assert "````python\ntext = '''```\n```'''\n````" in page_of(code("text = '''```\n```'''")).text


def test_an_output_that_no_page_can_show_is_told():
    widget = new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "x"})
    with pytest.raises(ValueError, match="03_convolution, cell 2: a widget"):
        page_of(new_code_cell("pad", outputs=[widget]))


def test_elsewhere_a_lesson_has_links_and_a_first_cell():
    page = page_of(links={"Open in Colab": "https://colab.example/03"}, first_cell="%pip install course")
    assert '<a href="https://colab.example/03">Open in Colab</a>' in page.text and "%pip install course" in page.text
    assert "On Colab" not in page_of().text


def test_a_lesson_can_be_opened_elsewhere_if_the_course_has_an_address(tmp_path, monkeypatch):
    notebook = nbformat.read(NOTEBOOKS / "15_borrowed_features.ipynb", as_version=4)
    pages = build.Pages(tmp_path)
    for folder in ("notebooks", "slides"):
        (tmp_path / "extra" / folder).mkdir(parents=True)
    at_home = ["Notebook", "Slides"]
    assert list(pages._write_copies(notebook, "15_borrowed_features")) == at_home
    for name in ("colab", "binder"):
        monkeypatch.setattr(build, f"{name}_address", lambda lesson, name=name: f"https://{name}.example/{lesson}")
    links = pages._write_copies(notebook, "15_borrowed_features")
    assert list(links) == [*at_home, "Open in Colab", "Open in Binder"]
    assert links["Open in Colab"] == "https://colab.example/15_borrowed_features"


# ---- other pages


def test_a_section_is_found_and_its_headings_fit():
    text = "# A\n\n## B\n\nb\n\n```\n## no heading\n```\n\n### C\n\nc\n\n## D\n\nd\n"
    section = documents.read_section(text, "B")
    assert section == "b\n\n```\n## no heading\n```\n\n### C\n\nc"
    assert documents.shift_headings(section, 2) == section.replace("### C", "## C")
    with pytest.raises(ValueError, match="expected a heading 'E'"):
        documents.read_section(text, "E")


def test_links_between_files_lead_to_pages():
    text = "[a](notebooks/03_convolution.ipynb) [b](INSTRUCTORS.md#plans) [c](https://x.org) [d](#here)"
    adapted = "[a](03_convolution.md) [b](instructors.md#plans) [c](https://x.org) [d](#here)"
    assert documents.adapt_links(text) == adapted
    with pytest.raises(ValueError, match=r"got 'noxfile.py'"):
        documents.adapt_links("[e](noxfile.py)")


@pytest.mark.parametrize("path", sorted(build.BOOK.glob("*.md")), ids=lambda path: path.stem)
def test_a_page_finds_all_that_it_takes(path):
    text = documents.read_page(path, downloads="", reader="")
    assert not re.search(r"^<!-- (from|the) ", text, re.MULTILINE) and len(text) > 100


def test_each_name_of_another_project_is_there():
    for _, names in inventories.INVENTORIES.values():
        for name, (role, _) in names.items():
            module, _, attribute = name.rpartition(".")
            if role == "py:class" and module and module.partition(".")[0] != "torch":
                assert hasattr(import_module(module), attribute), name


# ---- terms


def entry(forms, lesson, definition="What it is."):
    return f"- {forms} ([lesson {lesson}](x.ipynb); Keras: `y`): {definition}"


def finder_of(*entries, lesson=99):
    return terms.TermFinder(terms.read_terms("\n".join(entries)), lesson)


def test_a_term_is_found_once_in_any_form_and_the_longer_one_first():
    finder = finder_of(entry("**batch size**, **size of a batch**", 5), entry("**batch**", 5))
    seen = set()
    pieces = list(finder.find("The Batch\nsize of batches; a batch, the batch size", seen))
    assert [(words, term and term.anchor) for words, term in pieces] == [
        ("The ", None),
        ("Batch\nsize", "term-batch-size"),
        (" of ", None),
        ("batches", "term-batch"),
        ("; a batch, the batch size", None),
    ]
    assert list(finder.find("batch", seen)) == [("batch", None)]


def meanings(text, *entries, lesson=99):
    return [term.definition for _, term in finder_of(*entries, lesson=lesson).find(text, set()) if term]


def test_of_two_senses_a_page_means_the_last_that_was_defined():
    senses = entry("**kernel**", 0, "A program."), entry("**kernel (of a convolution)**", 3, "Weights.")
    for entries in (senses, senses[::-1]):
        assert meanings("a kernel", *entries, lesson=2) == ["A program."]
        assert meanings("a kernel", *entries, lesson=3) == meanings("a kernel", *entries) == ["Weights."]


def test_everyday_words_and_acronyms_are_not_taken_for_one_another():
    cell, mac = entry("**cell**", 0), entry("**multiply-add**, **MAC**", 4)
    assert meanings("a cell", cell, lesson=0) and not meanings("a solar cell", cell, lesson=15)
    assert meanings("two MACs", mac) and not meanings("two Macs", mac)


def test_each_term_has_its_place_in_the_glossary():
    text = (NOTEBOOKS / "glossary.md").read_text(encoding="utf-8")
    anchors = [term.anchor for term in terms.read_terms(text)]
    assert len(anchors) == len(set(anchors)) >= 150
    assert re.findall(r"\{#([\w-]+)\}", terms.with_anchors(text)) == anchors


def test_every_lesson_becomes_a_page_of_its_own_text():
    notebook = nbformat.read(NOTEBOOKS / "03_convolution.ipynb", as_version=4)
    page = LessonPage(notebook, "03_convolution")
    assert page.widgets == {"kernel"} and len(page.files) >= 10
    assert page.text == LessonPage(notebook, "03_convolution").text
    paper = LessonPage(notebook, "03_convolution", is_alive=False).text
    lesson, _, solutions = paper.partition("## Solutions")
    assert "solution" not in lesson and "Hint 1" not in lesson and "<details" not in paper
    assert solutions.count("```python") == 5 and "Quiz: 1 b, " in solutions
