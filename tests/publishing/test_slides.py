"""What a deck holds, planned from a small lesson and from each real one; test_decks_in_browser.py looks at them."""

import base64
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import lesson_rules as rules
import nbformat
import pytest
from lesson_rules import solution_lines
from nbformat.v4 import new_markdown_cell, new_output
from small_lesson import PNG, SECTION, code, picture, printed, small_lesson

from course_utils.publishing import chromium, slides
from course_utils.publishing.markdown import MarkdownError
from course_utils.publishing.slides import LINES, STUB, contents, make_deck, plan_deck, stacks
from course_utils.publishing.wall import WallError, render_code

ROOT = Path(__file__).parents[2]


def plan(*cells):
    """What the slides after title, contents and section hold, as (kind, [(kind, content, fragment), ...])."""
    planned = plan_deck(small_lesson(new_markdown_cell(SECTION), *cells))[3:]
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
    slide = plan_deck(small_lesson(new_markdown_cell(SECTION)))[2]
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
    _, _, _, *planned = plan_deck(
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
    slide = plan_deck(small_lesson(cell))[2]
    assert (slide.kind, slide.heading, slide.minutes) == ("exercise", "Exercise: halves", 4)
    assert [part.content for part in slide.parts] == ["Halve it."]
    html = make_deck(small_lesson(cell), "03")
    assert '<p class="kicker">4 minutes</p>' in html and 'data-minutes="4" data-timing="240" id="slide-3"' in html


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
    assert f"<h2>{heading}</h2>" in html
    assert f'<h2 class="running">{heading}<span class="said"> (code)</span></h2>' in html


FURTHER_SECTION = "## Going further: and smaller?\n\n**Predict.** Yes?\n\n<!-- notes\n7 minutes. Not in class.\n-->"
EXERCISE = "### Exercise: halves\n\n<!-- slide\nHalve it.\n-->\n<!-- notes\n4 minutes. Ha.\n-->"
QUIZ = [
    code("from course_utils.exercises import loading as exercise"),
    new_markdown_cell("## Quiz\n\nOn paper.\n\n<!-- notes\n3 minutes. Fingers.\n-->"),
    code("exercise.quiz.show()", tags=["quiz"]),
]


def test_the_minutes_are_spread_over_the_slides_without_what_goes_further():
    drawn = code("draw()", picture(), tags=["figure"])
    cells = [
        *(new_markdown_cell(SECTION), code("1", printed("1\n")), new_markdown_cell(EXERCISE), drawn),
        *(new_markdown_cell(FURTHER_SECTION), code("2", printed("2\n")), *QUIZ),
        new_markdown_cell("## Key points\n\n- One."),
    ]
    planned = plan_deck(small_lesson(*cells))
    seconds = [(slide.kind, slide.seconds) for slide in planned]
    assert seconds[:6] == [
        *(("title", 30), ("contents", 30)),  # the title's minute
        *(("question", 180), ("code", 180), ("exercise", 240), ("picture", 180)),  # the section's nine
    ]
    assert [pair for pair in seconds[6:9] if pair[1]] == []
    assert seconds[9:] == [("quiz", 45)] * 4 + [("points", 0)]
    assert sum(slide.seconds for slide in planned) == 60 * planned[0].minutes == 60 * (1 + 9 + 4 + 3)


def test_a_quiz_is_a_slide_a_question_and_its_answers_come_later_and_are_last_on_paper():
    questions = import_module("course_utils.exercises.loading").quiz.questions
    lesson = small_lesson(new_markdown_cell(SECTION), *QUIZ)
    planned = [slide for slide in plan_deck(lesson) if slide.kind == "quiz"]
    assert [slide.heading for slide in planned] == [f"Quiz: question {n} of 4" for n in (1, 2, 3, 4)]
    for slide, question in zip(planned, questions, strict=True):
        first, *choices, why = slide.parts
        assert first.content == question.text and [part.content for part in choices] == [*question.choices.values()]
        right = "".join("abcdef"[n] for n, part in enumerate(choices) if part.fragment)
        assert right == question.right and why.fragment and why.content == question.replies[right]
        wrong = [reply for letter, reply in question.replies.items() if letter not in question.right]
        assert all(reply in slide.notes[-1] for reply in wrong) and why.content not in slide.notes[-1]
        assert slide.steps == 1
    assert planned[0].notes[0] == "3 minutes. Fingers."
    html = make_deck(lesson, "03")
    assert html.count('class="right fragment custom" data-fragment-index="0"') == 4
    assert html.index('class="slide-answers" data-visibility="hidden"') > html.rindex('class="slide-quiz')


ALL_KINDS = [
    new_markdown_cell(SECTION),
    code("1"),
    new_markdown_cell(EXERCISE),
    new_markdown_cell(FURTHER_SECTION),
    *QUIZ,
]


def test_contents_name_sections_exercises_and_quiz_and_their_slides():
    planned = plan_deck(small_lesson(*ALL_KINDS))
    listed = [(index, slide.heading, slide.minutes) for index, slide in contents(planned)]
    assert listed == [
        *((2, "How small is it?", 9), (4, "Exercise: halves", 4)),
        *((5, "Going further: and smaller?", 7), (7, "Quiz: question 1 of 4", 3)),
    ]
    html = make_deck(small_lesson(*ALL_KINDS), "03")
    assert all(html.count(f' id="{name}"') == 1 for name in ("start", "contents"))
    for index, _, minutes in listed:
        assert f'<a href="#/slide-{index + 1}">' in html and f' id="slide-{index + 1}"' in html
        assert f'<span class="minutes">{minutes} min</span>' in html
    assert html.count('<li class="further">Going further</li>') == 1 and ">and smaller?</a>" in html


def test_a_section_is_a_stack():
    planned = plan_deck(small_lesson(*ALL_KINDS))
    groups = stacks(planned)
    assert [[index for index, _ in group] for group in groups] == [[0], [1], [2, 3, 4], [5, 6], [7, 8, 9, 10]]
    assert [slide for group in groups for _, slide in group] == planned


def test_a_bug_to_find_is_on_the_wall_and_a_stub_is_not():
    buggy = "def half(x):\n    return x / 3"
    for stub, shown in ((buggy, [("code", buggy, False)]), ("def half(x):\n    ...", []), ("half = ...", [])):
        cells = new_markdown_cell(EXERCISE), code(stub, tags=["exercise"])
        assert plan(*cells) == [("exercise", [("text", "Halve it.", False), *shown])]


def test_a_long_bug_is_on_a_slide_of_its_own_in_the_exercises_time():
    cells = new_markdown_cell(EXERCISE), code("x = 1\n" * 18 + "y = x", tags=["exercise"])
    first, second = plan_deck(small_lesson(new_markdown_cell(SECTION), *cells))[3:]
    assert (first.seconds, second.seconds, second.kind) == (120, 120, "exercise")
    assert second.addition == " (exercise)"


def test_a_comment_makes_the_next_code_shorter_for_the_wall_and_marks_its_lines():
    note = "Prose.\n\n<!-- code\na = 1\n…\n    c = …\n-->\n<!-- lines 1 | 3 -->\n<!-- output 1-4 -->"
    cell = code("a = 1\nif a:\n    b = 2\n    c = a + b", printed("1234567\n12\n"))
    part, output = plan_deck(small_lesson(new_markdown_cell(SECTION), new_markdown_cell(note), cell))[3].parts
    assert part.content == "a = 1\n…\n    c = …" and part.marks == [{1}, {3}] and output.content == "1234…\n12"
    with pytest.raises(WallError, match=r"^03, cell 5: expected lines of the cell in their order, got '    c = …'"):
        plan_deck(small_lesson(new_markdown_cell(SECTION), new_markdown_cell(note), code("a = 1")), "03")


def test_lines_of_code_wrap_only_where_they_would_be_too_small():
    wide, too_wide = (plan_deck(small_lesson(code("x" * length)))[2] for length in (96, 97))
    assert (wide.columns, too_wide.columns) == (96, 84)


def test_code_is_colored_and_escaped():
    html = render_code("if a < b:\n    return '<b>'")
    assert html.count('<span class="line"') == 2 and "<b>" not in html and '<span class="k">if</span>' in html


def test_a_deck_names_nothing_outside_of_its_file():
    html = make_deck(small_lesson(new_markdown_cell(SECTION), code("draw()", picture(), tags=["figure"])), "03")
    assert html.count("<section") == 7  # four slides in three stacks
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
    assert sum(slide.seconds for slide in planned) == 60 * planned[0].minutes
    assert len({slide.heading + slide.addition for slide in planned}) == len(planned)
    fits = [len(slide.parts) == 1 or slide.lines <= LINES for slide in planned if slide.kind == "code"]
    assert all(fits), "more on a slide than there is room for"
    stubs = [cell.source for cell in notebook.cells if "exercise" in rules.tags(cell)]
    bugs = [stub.partition("\n\n\n")[0] for stub in stubs if not STUB.search(stub)]
    assert [bug for bug in bugs if bug not in shown] == []
    n_questions = len(import_module(f"course_utils.exercises.{source.stem[3:]}").quiz.questions)
    assert kinds.count("quiz") == n_questions
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
    "JSON": (
        displayed(application_json={"a": [1]}),
        '<span class="line">  "a": [</span><span class="line">    1</span>',
    ),
    "text in colors": (displayed(text_html="<pre>x</pre>", plain="\x1b[1mx\x1b[0m"), ">x</span></pre>"),
    "a repr": (displayed(plain="<Axes: >"), "&lt;Axes: &gt;</span></pre>"),
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
    assert expected in body and "object" not in body and "<style>" not in body and body.count("</section>") == 6


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
        assert f">{expected}</span></pre>" in (tmp_path / "decks" / "03_small.html").read_text(encoding="utf-8")


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
