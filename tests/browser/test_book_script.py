"""book.js and book.css in a real browser, in a page from a file: quizzes, predictions, what came out, terms, print."""

import html
import itertools
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from widget_pages import is_too_wide

from course_utils.exercises import convolution, pytorch
from course_utils.exercises.report import LOOKS, with_code
from course_utils.publishing.book.lessons import question_form

pytestmark = pytest.mark.slow

STATIC = Path(__file__).parents[2] / "book" / "static"
SINGLE = convolution.quiz.questions[0]
MULTIPLE = next(question for question in pytorch.quiz.questions if len(question.right) > 1)
COLORS = """
body { margin: 0; font: 16px/1.5 sans-serif; overflow-wrap: break-word;
  --color-foreground-primary: #000; --color-foreground-secondary: #5a5c63; --color-foreground-muted: #6b6f76;
  --color-foreground-border: #878787; --color-background-primary: #fff; --color-background-secondary: #f8f9fb;
  --color-background-border: #eeebee; --color-brand-content: #2757dd; --color-link: #2757dd;
  --font-size--small: 87.5%; background: var(--color-background-primary); color: var(--color-foreground-primary); }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; } body {
  --color-foreground-primary: #cfd0d0; --color-foreground-secondary: #9ca0a5; --color-foreground-muted: #81868d;
  --color-foreground-border: #666; --color-background-primary: #131416; --color-background-secondary: #1a1c1e;
  --color-background-border: #303335; --color-brand-content: #5ca5ff; --color-link: #5ca5ff; } }
article { max-width: 40em; margin: 0 auto; padding: 0 1em; } .table-wrapper { overflow-x: auto; }
a { color: var(--color-link); } pre { overflow: auto; }
"""  # Furo's
KERNEL = "An array as large as the window, of weights; a filter has one for each channel of what it reads, and a bias."
WIDE = "<div style='width: 900px'>a wide cell</div>"
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def term(words, definition=KERNEL):
    return f'<a class="term" href="glossary.html#term-{words}" data-definition="{html.escape(definition)}">{words}</a>'


def prediction(key):
    label = f'<label for="{key}">Your prediction</label>'
    return f'<div class="prediction">{label}<textarea id="{key}" rows="2"></textarea></div>'


def output(text):
    return f'<div class="output highlight-text"><div class="highlight"><pre tabindex="0">{text}</pre></div></div>'


def outcome(inside):
    return f'<details class="outcome"><summary>What came out</summary>{inside}</details>'


LESSON = f"""<h1>A lesson</h1><p class="outcomes"></p>
    <p>A {term("kernel")} slides.</p>
    <p style="text-align: right">At the end of a line: {term("map", "A grid of sums.")}</p>
    {prediction("p-03-one")}
    <div class="highlight-python"><div class="highlight"><pre>print({"9" * 200})</pre></div></div>
    {outcome(output("9" * 200) + f'<img class="drawing" alt="nines" src="{PIXEL}" style="width: 720px">')}
    {prediction("p-03-two")}
    {outcome(f'<div class="table-wrapper"><table><tr><td>{term("filter")}</td><td>{WIDE}</td></tr></table></div>')}
    <details class="hint"><summary>Hint 1 of 1</summary><p>A hint.</p></details>
    <details class="solution"><summary>A solution</summary><pre>{"return" + chr(10) * 15}x</pre></details>
    <h2>Quiz</h2>{question_form(SINGLE, "q", 1)}{question_form(MULTIPLE, "q", 2)}"""


@pytest.fixture
def files(tmp_path):
    """Two pages of a book, lesson.html and glossary.html, with the script and the style beside them."""
    for name in ("book.js", "book.css"):
        (tmp_path / name).write_bytes((STATIC / name).read_bytes())
    for name, body in {"lesson": LESSON, "glossary": "<h1>Glossary</h1><p class='outcomes'></p>"}.items():
        text = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"><style>{COLORS}</style>
            <link rel="stylesheet" href="book.css"><script defer src="book.js"></script></head>
            <body><main><article>{body}</article></main></body></html>"""
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    return tmp_path


@contextmanager
def lesson_page(browser, files, *, before="", **options):
    """The lesson, opened from its file; ``before`` is a script that runs first."""
    options = {"viewport": {"width": 1100, "height": 800}, "offline": True} | options
    with watched_page(browser, f"book_{files.name}", **options) as page:
        if before:
            page.add_init_script(before)
        page.goto((files / "lesson.html").as_uri())
        yield page
        assert page.faults == []


@pytest.fixture
def page(chromium, files):  # noqa: F811
    with lesson_page(chromium, files) as page:
        yield page


# ---- quizzes


def answer(form, letters):
    for box in form.locator("input").all():
        wanted = box.get_attribute("value") in letters
        if box.is_checked() != wanted:
            box.click()
    form.get_by_role("button", name="Check").click()
    return tuple(form.locator(f".quiz-{part}").inner_text() for part in ("verdict", "sentence"))


def plain(sentence):
    return html.unescape(re.sub(r"<[^>]+>", "", with_code(sentence)))


def test_each_answer_to_a_question_gets_the_reply_that_the_lesson_gives(page):
    single, multiple = page.locator(".quiz-question").all()
    for form, words in ((single, "Choose one first."), (multiple, "Tick all choices that are right.")):
        form.get_by_role("button", name="Check").click()
        assert form.locator(".quiz-reply").inner_text() == words, "which is no reply to an answer"
    given = []
    for form, question, most in [(single, SINGLE, 1), (multiple, MULTIPLE, len(MULTIPLE.choices))]:
        sizes = range(1, most + 1)
        for letters in itertools.chain(*(itertools.combinations(question.choices, size) for size in sizes)):
            status, sentence = question.reply("".join(letters))
            verdict, said = answer(form, letters)
            assert verdict == LOOKS[status][0], letters
            if sentence.startswith("Part of it: "):
                sentence = "Part of it: what you ticked is right, and at least one more choice is. "
                sentence += "Tick all of them together."
            assert said == plain(sentence), letters
            given.append((status, sentence.startswith("Part")))
    assert len(given) == len(SINGLE.choices) + 2 ** len(MULTIPLE.choices) - 1
    assert set(given) == {("right", False), ("wrong", False), ("wrong", True)}


def test_a_reply_has_a_word_and_a_color_and_goes_when_the_answer_changes(page):
    form = page.locator(".quiz-question").first
    color = "(verdict) => getComputedStyle(verdict).backgroundColor"
    for letter in SINGLE.choices:
        answer(form, letter)
        red, green, blue = bytes.fromhex(LOOKS["right" if letter == SINGLE.right else "wrong"][1].removeprefix("#"))
        assert form.locator(".quiz-verdict").evaluate(color) == f"rgb({red}, {green}, {blue})"
    form.locator("label").first.click()
    assert form.get_by_role("status").inner_text() == ""
    page.reload()
    assert page.locator(".quiz-question :checked").count() == 0
    assert page.evaluate("localStorage.length") == 0, "no answer is kept"


def test_keys_alone_answer_a_question(page):
    single, multiple = page.locator(".quiz-question").all()
    single.locator("input").first.focus()
    place = list(SINGLE.choices).index(SINGLE.right)
    for key in [*["ArrowDown"] * place, *["Space"] * (place == 0), "Tab"]:
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "Check"
    page.keyboard.press("Enter")
    assert single.get_by_role("status").inner_text().startswith("Right")
    page.keyboard.press("Tab")
    for letter in MULTIPLE.choices:
        if letter in MULTIPLE.right:
            page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert multiple.get_by_role("status").inner_text().startswith("Right")


# ---- predictions


def test_a_prediction_is_kept_over_a_reload_until_it_is_empty(page):
    one, two = page.locator("textarea").all()
    assert page.get_by_label("Your prediction").count() == 2
    one.fill("It is 0, for\n<b>the weights</b> cancel out.")
    page.reload()
    assert [one.input_value(), two.input_value()] == ["It is 0, for\n<b>the weights</b> cancel out.", ""]
    assert page.evaluate("Object.keys(localStorage)") == ["cnn-course:p-03-one"]
    one.fill("")
    assert page.evaluate("localStorage.length") == 0
    assert page.locator(".prediction-note").all_inner_texts() == ["", ""]


def test_the_room_for_a_prediction_grows_with_its_text_and_with_the_page(page):
    def hidden(area):
        return area.evaluate("(area) => area.scrollHeight - area.clientHeight")

    area = page.locator("textarea").first
    before = area.bounding_box()["height"]
    area.fill("line\n" * 12)
    assert area.bounding_box()["height"] > 3 * before and hidden(area) == 0
    area.fill("Many words that go on and on. " * 12)
    tall = area.bounding_box()["height"]
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_function("(tall) => document.querySelector('textarea').offsetHeight > tall", arg=tall)
    assert hidden(area) == 0
    page.reload()
    assert area.bounding_box()["height"] > tall and hidden(area) == 0
    area.fill("")
    assert abs(area.bounding_box()["height"] - before) < 1


REFUSED = {
    "all": "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
}


@pytest.mark.parametrize("refused", REFUSED)
def test_where_the_browser_keeps_nothing_the_page_says_so_and_goes_on(chromium, files, refused):  # noqa: F811
    with lesson_page(chromium, files, before=REFUSED[refused]) as page:
        note = page.locator(".prediction-note").first
        assert note.inner_text() == ""
        page.locator("textarea").first.fill("It is 0.")
        assert "doesn't keep it" in note.inner_text()
        page.get_by_role("button", name="Open everything that came out").click()
        assert page.locator("details.outcome[open]").count() == 2
        assert answer(page.locator(".quiz-question").first, SINGLE.right)[0] == "Right"


# ---- what came out


def test_one_button_opens_and_closes_all_that_came_out_and_it_is_kept(page):
    button = page.locator(".outcomes").get_by_role("button")
    opened = page.locator("details[open]")
    assert button.inner_text() == "Open everything that came out" and opened.count() == 0
    button.click()
    assert opened.count() == page.locator("details.outcome[open]").count() == 2
    page.reload()
    assert opened.count() == 2 and button.inner_text() == "Close it all again"
    button.press("Enter")
    assert opened.count() == 0
    page.reload()
    assert opened.count() == 0 and button.inner_text() == "Open everything that came out"
    page.get_by_text("What came out").first.click()
    assert opened.count() == 1, "one opens by itself"


def test_a_page_where_nothing_came_out_has_no_button(page, files):
    page.goto((files / "glossary.html").as_uri())
    page.wait_for_function("document.documentElement.classList.contains('has-script')")
    assert page.get_by_role("button").count() == 0 and not page.locator(".outcomes").is_visible()


def test_on_paper_all_that_came_out_is_open_and_then_as_it_was(page):
    page.get_by_text("What came out").first.click()
    count = "window.printed = document.querySelectorAll('details[open]').length"
    page.evaluate(f"addEventListener('beforeprint', () => ({count}))")
    page.pdf()
    assert page.evaluate("printed") == page.locator("details.outcome").count() == 2
    page.wait_for_function("document.querySelectorAll('details[open]').length === 1")
    page.emulate_media(media="print")
    assert [button for button in page.get_by_role("button").all() if button.is_visible()] == []
    breaks = page.locator("pre").evaluate_all("(all) => all.map((pre) => getComputedStyle(pre).breakInside)")
    assert breaks == ["avoid", "avoid", "auto"], "the last one has 16 lines"
    wraps = page.locator("pre").evaluate_all("(all) => all.map((pre) => getComputedStyle(pre).whiteSpace)")
    assert set(wraps) == {"pre-wrap"}, "paper does not scroll"


# ---- terms


def card(page):
    return page.locator(".term-card")


def test_a_pointer_on_a_term_shows_its_definition_and_may_go_there(page):
    kernel = page.locator("a.term").first
    assert not card(page).is_visible() and kernel.get_attribute("aria-describedby") is None
    kernel.hover()
    card(page).wait_for()
    tip = page.get_by_role("tooltip")
    assert tip.inner_text() == KERNEL and kernel.get_attribute("aria-describedby") == tip.get_attribute("id")
    assert not page.get_by_role("link", name="In the glossary").is_visible(), "the term is the link"
    tip.hover()
    page.wait_for_timeout(400)
    assert card(page).is_visible()
    page.mouse.move(5, 700)
    card(page).wait_for(state="hidden")
    assert kernel.get_attribute("aria-describedby") is None
    kernel.hover()
    card(page).wait_for()
    page.keyboard.press("Escape")
    page.wait_for_timeout(400)
    assert not card(page).is_visible()
    kernel.click()
    page.wait_for_url("**/glossary.html#term-kernel")


def test_a_pointer_that_passes_by_shows_nothing(page):
    page.locator("a.term").first.hover()
    page.mouse.move(5, 700)
    page.wait_for_timeout(400)
    assert not card(page).is_visible()


def test_keys_alone_show_a_definition_send_it_away_and_follow_it(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "kernel" and card(page).is_visible()
    page.locator("a.term").first.hover()
    page.mouse.move(5, 700)
    page.wait_for_timeout(400)
    assert card(page).is_visible(), "as long as it has the focus"
    page.keyboard.press("Escape")
    assert not card(page).is_visible()
    page.keyboard.press("Tab")
    assert page.get_by_role("tooltip").inner_text() == "A grid of sums."
    page.keyboard.press("Tab")
    assert not card(page).is_visible() and page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#term-map")


def test_a_finger_shows_a_definition_first_and_then_follows_it(chromium, files):  # noqa: F811
    options = {"viewport": {"width": 360, "height": 700}, "has_touch": True, "is_mobile": True}
    with lesson_page(chromium, files, **options) as page:
        kernel, link = page.locator("a.term").first, page.get_by_role("link", name="In the glossary")
        kernel.tap()
        assert card(page).is_visible() and link.is_visible() and page.url.endswith("lesson.html")
        page.get_by_role("heading", name="A lesson").tap()
        assert not card(page).is_visible()
        kernel.tap()
        link.tap()
        page.wait_for_url("**/glossary.html#term-kernel")
        page.go_back()
        kernel.tap()
        assert card(page).is_visible() and page.url.endswith("lesson.html")
        kernel.tap()
        page.wait_for_url("**/glossary.html#term-kernel")


def test_a_card_goes_with_its_term_when_the_page_scrolls_or_its_window_changes(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.set_viewport_size({"width": 360, "height": 400})
    page.wait_for_function("document.querySelector('.term-card').getBoundingClientRect().right <= 360")
    distance = """() => document.querySelector(".term-card").getBoundingClientRect().top
        - document.querySelector("a.term").getBoundingClientRect().bottom"""
    before = page.evaluate(distance)
    page.evaluate("scrollTo(0, 40)")
    page.wait_for_function("scrollY === 40")
    page.wait_for_function(f"Math.abs(({distance})() - {before}) < 1")
    assert card(page).is_visible()


@pytest.mark.parametrize("width", [360, 1100])
def test_a_card_lies_within_the_window_and_nothing_cuts_it_off(chromium, files, width):  # noqa: F811
    with lesson_page(chromium, files, viewport={"width": width, "height": 700}) as page:
        page.get_by_role("button", name="Open everything").click()
        for place, name in enumerate(("kernel", "map", "filter")):
            link = page.locator("a.term").nth(place)
            link.evaluate("(link) => scrollTo(0, link.getBoundingClientRect().bottom + scrollY - innerHeight + 5)")
            link.hover()
            card(page).wait_for()
            page.get_by_role("tooltip").wait_for()
            whole = page.evaluate("""() => {
                const box = document.querySelector(".term-card").getBoundingClientRect();
                const { left, right, top, bottom } = box;
                const corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
                const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                const within = corners.map(([a, b]) => document.elementFromPoint(a + (x - a) / 9, b + (y - b) / 9));
                return within.every((one) => one?.closest(".term-card")) && box.left >= 0 && box.right <= innerWidth;
            }""")
            assert whole and not is_too_wide(page), name
            page.mouse.move(2, 2)
            card(page).wait_for(state="hidden")


# ---- all of it


def test_keys_can_scroll_code_where_it_is_wider_than_the_page_and_stop_nowhere_else(page):
    page.get_by_text("A solution").click()
    code = page.locator("pre")
    assert [pre.get_attribute("tabindex") for pre in code.all()] == ["0", "0", None]
    page.get_by_role("button", name="Open everything").click()
    page.set_viewport_size({"width": 3000, "height": 800})
    page.add_style_tag(content="article { max-width: none !important; }")
    page.wait_for_function("[...document.querySelectorAll('pre')].every(({ tabIndex }) => tabIndex === -1)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(chromium, files, scheme):  # noqa: F811
    options = {"viewport": {"width": 360, "height": 800}, "color_scheme": scheme}
    with lesson_page(chromium, files, **options) as page:
        page.locator("details").evaluate_all("(all) => all.forEach((details) => (details.open = true))")
        page.locator("textarea").first.fill("It is 0.")
        answer(page.locator(".quiz-question").first, SINGLE.right)
        answer(page.locator(".quiz-question").last, MULTIPLE.right[0])
        page.locator("a.term").first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert card(page).is_visible() and not is_too_wide(page)
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
        inside = (
            "(all) => all.every((one) => one.getBoundingClientRect().right <= document.documentElement.clientWidth)"
        )
        assert page.locator("img.drawing, pre, textarea, .quiz-question").evaluate_all(inside)
        assert (
            page.locator("img.drawing").evaluate("(image) => getComputedStyle(image).backgroundColor")
            == "rgb(255, 255, 255)"
        )


def test_in_high_contrast_a_verdict_and_a_choice_have_a_frame(chromium, files):  # noqa: F811
    with lesson_page(chromium, files, forced_colors="active") as page:
        form = page.locator(".quiz-question").first
        answer(form, SINGLE.right)
        assert form.locator(".quiz-verdict").evaluate("(one) => getComputedStyle(one).borderTopStyle") == "solid"
        chosen = form.locator("label:has(:checked)")
        assert chosen.evaluate("(one) => getComputedStyle(one).outlineStyle") == "solid"


def test_without_scripts_all_can_be_read_and_nothing_is_offered_that_does_nothing(chromium, files):  # noqa: F811
    with lesson_page(chromium, files, java_script_enabled=False) as page:
        assert page.get_by_role("button").count() == 0
        assert page.get_by_text(re.compile(r"^1\. ")).is_visible() and page.locator(".quiz-choice").first.is_visible()
        page.get_by_text("A solution").click()
        assert page.locator("details.solution pre").is_visible()


def test_a_student_can_read_the_script_and_it_asks_nobody():
    text = (STATIC / "book.js").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 250 and max(map(len, text.splitlines())) <= 120 and text.startswith("/* ")
    for word in ("fetch(", "XMLHttpRequest", "eval(", "http", "import ", "export "):
        assert word not in text, word
    style = (STATIC / "book.css").read_text(encoding="utf-8")
    assert "url(" not in style and "@import" not in style and max(map(len, style.splitlines())) <= 120
