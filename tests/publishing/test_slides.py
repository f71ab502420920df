"""What a deck holds, planned from a small lesson and from each real one; test_decks_in_browser.py looks at them."""

import base64
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import lesson_rules as rules
import nbformat
import pytest
from lesson_rules import solution_lines
from nbformat.v4 import new_markdown_cell, new_output
from small_lesson import PNG, SECTION, code, picture, printed, small_lesson

from course_utils.publishing import chromium, slides
from course_utils.publishing.markdown import MarkdownError
from course_utils.publishing.slides import make_deck, plan_deck, render_code

ROOT = Path(__file__).parents[2]


def plan(*cells):
    """What the slides after title and section hold, as (kind, [(kind, content, fragment), ...])."""
    planned = plan_deck(small_lesson(new_markdown_cell(SECTION), *cells))[2:]
    return [(slide.kind, [(part.kind, part.content, part.fragment) for part in slide.parts]) for slide in planned]


def test_title_slide_has_the_question_the_time_and_the_objectives():
    further = new_markdown_cell("## Going further: more?\n\n<!-- notes\n7 minutes. Not in class.\n-->")
    title = plan_deck(small_lesson(new_markdown_cell(SECTION), further))[0]
    assert (title.kind, title.heading, title.minutes) == ("title", "3. A small lesson", 10)
    assert [part.content for part in title.parts] == [
        "What is small?",
        "At the end you can\n\n- do one thing;\n- and another,\n  at length.",
    ]
    assert title.notes[0] == "1 minute. Say hello."


def test_a_section_shows_its_prediction_and_leaves_its_story_to_the_speaker():
    slide = plan_deck(small_lesson(new_markdown_cell(SECTION)))[1]
    assert (slide.kind, slide.heading, slide.minutes) == ("question", "How small is it?", 9)
    assert [part.content for part in slide.parts] == ["**Predict.** Smaller than $\\frac{1}{2}$?"]
    assert slide.notes[0].startswith("9 minutes.") and slide.notes[1].startswith("A story.")  # the heading is there


def test_output_waits_for_the_next_key():
    assert plan(code("print(1)", printed("1\n"))) == [
        ("code", [("code", "print(1)", False), ("output", "1", True)]),
    ]


def test_what_does_not_fit_below_its_code_gets_a_slide_of_its_own():
    tall = "\n".join("12345")
    assert plan(code("x\n" * 20 + "x", printed(tall))) == [
        ("code", [("code", "x\n" * 20 + "x", False)]),
        ("code", [("output", tall, False)]),
    ]


def test_the_speaker_has_the_notes_with_the_code_and_with_what_came_out():
    """Where the output gets a slide of its own, what the lesson says of it must not stay behind with the code."""
    tall = code("x\n" * 20 + "x", printed("\n".join("12345")))
    _, _, *planned = plan_deck(
        small_lesson(new_markdown_cell(SECTION), tall, new_markdown_cell("<!-- notes\nLook at the 5.\n-->"))
    )
    assert [slide.notes for slide in planned] == [["Look at the 5."]] * 2


def test_a_picture_comes_without_its_code_and_a_sentence_after_it_as_the_takeaway():
    takeaway = new_markdown_cell("Long prose.\n\n<!-- slide\nIt is dark.\n-->")
    expected = [("picture", PNG, False), ("output", "1", False), ("text", "It is dark.", True)]
    assert plan(code("draw()", picture(), printed("1\n"), tags=["figure"]), takeaway) == [("picture", expected)]


def test_a_picture_whose_code_is_the_lesson_has_both():
    cell = code("draw()", picture(), tags=["figure"], slideshow={"slide_type": "slide"})
    assert [kind for kind, _ in plan(cell)] == ["code", "picture"]


@pytest.mark.parametrize("tag", ["bounds", "exercise", "check", "solution", "quiz", "setup"])
def test_what_gives_answers_away_is_on_no_slide(tag):
    secret = code("secret = 42", printed("The answer is 42\n"), tags=[tag])
    assert plan(secret) == []
    assert "42" not in make_deck(small_lesson(secret), "03").partition("<body>")[2].partition("<script>")[0]


def test_skip_is_kept():
    assert plan(code("plumbing()", printed("x\n"), slideshow={"slide_type": "skip"})) == []


def test_an_exercise_is_a_slide_with_a_time():
    cell = new_markdown_cell(
        "### Exercise: halves\n\nAt length.\n\n<!-- slide\nHalve it.\n-->\n<!-- notes\n4 minutes. Ha.\n-->"
    )
    slide = plan_deck(small_lesson(cell))[1]
    assert (slide.kind, slide.heading, slide.minutes) == ("exercise", "Exercise: halves", 4)
    assert [part.content for part in slide.parts] == ["Halve it."]
    assert '<p class="kicker">4 minutes</p>' in make_deck(small_lesson(cell), "03")


def test_a_slide_comment_with_a_heading_is_a_slide_of_its_own():
    cell = new_markdown_cell("Prose.\n\n<!-- slide\n### By the way\n\nIt is so.\n-->")
    assert plan(cell) == [("text", [("text", "It is so.", False)])]


def test_what_follows_an_exercise_is_not_on_its_slide():
    exercise = new_markdown_cell("### Exercise: halves\n\n<!-- slide\nHalve it.\n-->")
    assert plan(exercise, new_markdown_cell("On.\n\n<!-- slide\n**Predict.** What next?\n-->")) == [
        ("exercise", [("text", "Halve it.", False)]),
        ("question", [("text", "**Predict.** What next?", False)]),
    ]


def test_prose_without_a_slide_goes_to_the_speaker():
    slide = plan_deck(small_lesson(code("1", printed("1\n")), new_markdown_cell("So it is one.")))[-1]
    assert slide.notes == ["So it is one."]


def test_an_announced_error_is_one_line():
    error = new_output("error", ename="ValueError", evalue="no", traceback=["long", "story"])
    assert plan(code("fail()", error, tags=["raises-exception"]))[0][1][1][1] == "ValueError: no"


def test_code_in_a_heading_is_code_on_all_its_slides():
    section = new_markdown_cell(SECTION.replace("How small is it?", "Is `a < b`?"))
    html = make_deck(small_lesson(section, code("print(1)", printed("1\n"))), "03")
    heading = "Is <code>a &lt; b</code>?"
    assert f"<h2>{heading}</h2>" in html and f'<p class="running">{heading}</p>' in html


def test_lines_of_code_wrap_only_where_they_would_be_too_small():
    wide, too_wide = (plan_deck(small_lesson(code("x" * length)))[1] for length in (96, 97))
    assert (wide.columns, too_wide.columns) == (96, 84)


def test_code_is_colored_and_escaped():
    html = render_code("if a < b:\n    return '<b>'")
    assert html.count('<span class="line">') == 2 and "<b>" not in html and '<span class="k">if</span>' in html


def test_a_deck_names_nothing_outside_of_its_file():
    html = make_deck(small_lesson(new_markdown_cell(SECTION), code("draw()", picture(), tags=["figure"])), "03")
    assert html.count("<section") == 3
    outside = re.findall(
        r"""(?:src|href)=["'](?!data:|#)[^"']*|url\((?!["']?data:)[^)]{0,60}""", html.partition("<script>")[0]
    )
    assert outside == []


def test_text_in_a_deck_is_escaped():
    html = make_deck(small_lesson(code("print('<i>')", printed("</section><i>\n"))), "03")
    assert "&lt;/section&gt;&lt;i&gt;" in html


@pytest.mark.parametrize("source", rules.LESSONS, ids=lambda source: source.stem)
def test_a_lessons_deck(source):
    notebook = rules.stored(source)
    planned = plan_deck(notebook)
    kinds = [slide.kind for slide in planned]
    assert kinds[0] == "title" and kinds[-1] == "points"
    n_exercises = sum(cell.source.startswith("### Exercise") for cell in notebook.cells)
    assert sum(slide.heading.startswith("Exercise") for slide in planned) == n_exercises
    shown = "\n".join(part.content for slide in planned for part in slide.parts)
    assert "solution_" not in shown and ".check(" not in shown
    deck = " ".join((shown + "\n".join(note for slide in planned for note in slide.notes)).split())
    assert [line for line in solution_lines(notebook) if line in deck] == []
    assert all(slide.notes for slide in planned if slide.kind in ("title", "question", "exercise"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"| {planned[0].parts[0].content} |" in readme, "the title slide asks another question than README's table"


@pytest.mark.slow
def test_nbconvert_makes_the_same_deck(tmp_path, monkeypatch):
    """After a plain install, as the ecosystem's convention has it; it takes the theme.toml of its folder, too."""
    monkeypatch.chdir(ROOT / "tests" / "publishing" / "themes" / "university")
    lesson = rules.notebook_path(rules.LESSONS[0])
    command = [
        "-m",
        "nbconvert",
        "--to",
        "slides",
        "--template",
        "cnn_course",
        str(lesson),
        "--output-dir",
        str(tmp_path),
    ]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    deck = (tmp_path / f"{lesson.stem}.slides.html").read_text(encoding="utf-8")
    assert "University of Example" in deck
    assert deck.rstrip() == make_deck(nbformat.read(lesson, as_version=4), lesson.stem).rstrip()


def test_the_installed_template_is_the_one_in_the_package():
    shared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    source = "course_utils/publishing/templates/cnn_course"
    target = shared["shared-data"][source]
    assert ROOT / source == slides.TEMPLATES / "cnn_course"
    for file in (ROOT / source).iterdir():
        assert (Path(sys.prefix) / target / file.name).read_bytes() == file.read_bytes(), "install anew: nox -s slides"


def test_a_formula_that_cannot_be_drawn_is_named_with_its_lesson():
    lesson = small_lesson(new_markdown_cell(SECTION.replace("\\frac{1}{2}", "\\frac{a}{")))
    with pytest.raises(MarkdownError, match=r"^03_small, cell 3: expected a formula .* got '\\\\frac\{a\}\{'"):
        make_deck(lesson, "03_small")


def test_a_picture_that_was_pasted_is_in_the_deck_and_each_cell_has_its_own():
    pasted = [
        new_markdown_cell(f"## {name}?\n\n**Predict.** ![{name}](attachment:x.png)", attachments={"x.png": attached})
        for name, attached in (("one", {"image/png": "AAAA"}), ("two", {"image/jpeg": "BBBB"}))
    ]
    html = make_deck(small_lesson(*pasted), "03_small")
    assert '<img alt="one" src="data:image/png;base64,AAAA"' in html
    assert '<img alt="two" src="data:image/jpeg;base64,BBBB"' in html
    del pasted[1]["attachments"]
    with pytest.raises(MarkdownError, match=r"^03_small, cell 4: expected a cell with the picture 'x.png' attached"):
        make_deck(small_lesson(*pasted), "03_small")


def displayed(source="show()", plain="<IPython.core.display.X object>", **data):
    """A cell that displays something; a name such as image_png stands for image/png."""
    data = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    return code(source, new_output("display_data", {**data, "text/plain": plain}))


def test_pictures_of_every_type_are_shown():
    svg = "<svg xmlns='http://www.w3.org/2000/svg'/>"
    cells = [displayed(image_png=PNG), displayed(image_jpeg=PNG), displayed(**{"image_svg+xml": svg})]
    planned = [slide.parts[0] for slide in plan_deck(small_lesson(*cells)) if slide.kind == "picture"]
    assert [part.type for part in planned] == ["image/png", "image/jpeg", "image/svg+xml"]
    assert [part.content for part in planned[:2]] == [PNG, PNG] and base64.b64decode(planned[2].content).decode() == svg
    assert planned[0].alt == "What the code displays: show()"
    html = make_deck(small_lesson(*cells), "03_small")
    assert all(f'<img alt="{part.alt}" src="data:{part.type};base64,{part.content}"' in html for part in planned)


FRAME = "<style>td {}</style><table><tr><th>0</th><td>1</td></tr></table>"
SHOWN = {
    "HTML": (displayed(text_html="<b>bold</b>"), "<b>bold</b>"),
    "tags that do not fit": (displayed(text_html="</section><div><b>bold"), "<div><b>bold</b></div>"),
    "a data frame": (displayed(text_html=FRAME, plain="   a\n0  1"), "<table><tr><th>0</th><td>1</td></tr></table>"),
    "Math": (displayed(text_latex="$\\displaystyle x^2$"), 'aria-label="\\displaystyle x^2"'),
    "Latex": (displayed(text_latex="\\begin{align}a&=b\\end{align}"), 'aria-label="\\begin{align}a'),
    "Markdown": (displayed(text_markdown="**bold**"), "<strong>bold</strong>"),
    "JSON": (displayed(application_json={"a": [1]}), '{\n  "a": [\n    1\n  ]\n}</pre>'),
    "text in colors": (displayed(text_html="<pre>x</pre>", plain="\x1b[1mx\x1b[0m"), ">x</pre>"),
    "a repr": (displayed(plain="<Axes: >"), "&lt;Axes: &gt;</pre>"),
}
MISSING = {
    "JavaScript": (displayed(application_javascript="alert(1)"), "JavaScript"),
    "a widget": (displayed(**{"application_vnd.jupyter.widget-view+json": {}}, plain="IntSlider()"), "a widget"),
    "a script": (displayed(text_html="<script>alert(1)</script>"), "HTML that runs"),
    "a film": (displayed(text_html="<video src='v.mp4'></video>"), "HTML that runs or needs another file"),
    "another library's": (displayed(**{"application_vnd.plotly.v1+json": {}}), "application/vnd.plotly.v1+json"),
}


@pytest.mark.parametrize("about", SHOWN)
def test_what_a_cell_displays_is_shown(about):
    cell, expected = SHOWN[about]
    body = make_deck(small_lesson(cell), "03_small").partition("<body>")[2].partition("<script>")[0]
    assert expected in body and "object" not in body and "<style>" not in body and body.count("</section>") == 2


@pytest.mark.parametrize("about", MISSING)
def test_of_what_no_slide_can_show_a_sentence_says_where_it_is(about, tmp_path, monkeypatch, capsys):
    cell, what = MISSING[about]
    (tmp_path / "03_small.ipynb").write_text(nbformat.writes(small_lesson(cell)))
    monkeypatch.setattr(slides, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(slides, "DECKS", tmp_path / "decks")
    monkeypatch.setattr(sys, "argv", ["slides"])
    slides.main()
    html = (tmp_path / "decks" / "03_small.html").read_text(encoding="utf-8")
    for words in (html, " ".join(capsys.readouterr().out.split())):
        assert f"03_small, cell 3: {what}" in words and "no slide can show" in words


def test_executed_anew_the_deck_shows_new_outputs(tmp_path, monkeypatch):
    lesson = small_lesson(code("print(20 + 22)", printed("0\n")))
    lesson.metadata["kernelspec"] = {"name": "tf-gpu", "display_name": "another machine's"}
    (tmp_path / "03_small.ipynb").write_text(nbformat.writes(lesson))
    monkeypatch.setattr(slides, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(slides, "DECKS", tmp_path / "decks")
    for options, expected in ([], "0"), (["--execute"], "42"):
        monkeypatch.setattr(sys, "argv", ["slides", "03", *options])
        slides.main()
        assert f">{expected}</pre>" in (tmp_path / "decks" / "03_small.html").read_text(encoding="utf-8")


def test_a_browser_is_the_named_one_or_one_that_is_found(tmp_path, monkeypatch):
    found = tmp_path / "chromium"
    found.write_text("")
    monkeypatch.setattr(chromium, "PLACES", {sys.platform: [str(found)]})
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert chromium.find_chromium() == str(found)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))  # a name that is wrong is said, and not passed over
    with pytest.raises(chromium.NoChromiumError, match=r"CHROMIUM names .*gone, which is no file; install"):
        chromium.find_chromium()


def test_without_a_browser_pdf_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slides, "DECKS", tmp_path)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))
    monkeypatch.setattr(sys, "argv", ["slides", "04", "--pdf"])
    with pytest.raises(SystemExit, match="2"):
        slides.main()
    assert "install one" in capsys.readouterr().err
