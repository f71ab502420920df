"""What grading writes from its records: points, tables, pages, imports, and answers that are worth a look."""

import csv
import inspect
import io
import itertools
import json
import re
from html.parser import HTMLParser

import matplotlib.colors
import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import chromium, watched_page  # noqa: F401
from test_exercises import BANKS, FUNCTIONS, source_of

from course_utils.exercises import engine, lessons
from course_utils.publishing.grading import exports, likeness, pages, reports
from course_utils.publishing.grading.scheme import Scheme, SchemeError, grade, read_scheme

NAMES = {lesson: [exercise.name for exercise in exercises] for lesson, exercises in engine.all_exercises().items()}


def make_record(student="anna", lesson="loading", statuses="right", sources=(), **more):
    """A record as grading writes it; each exercise has a status, or all have one."""
    names = NAMES[lesson]
    statuses = [statuses] * len(names) if isinstance(statuses, str) else statuses
    rows = [
        {"exercise": name, "status": status, "sentence": f"{name} is {status}.", "details": [], "source": None}
        for name, status in zip(names, statuses, strict=True)
    ]
    for name, source in dict(sources).items():
        rows[names.index(name)]["source"] = source
    record = {"student": student, "lesson": lesson, "notebook": f"{lesson}.ipynb", "digest": "0", "notes": []}
    return record | {"submitted": None, "late": None, "rows": rows} | more


def write_records(out, *records):
    for record in records:
        path = out / "records" / record.pop("folder", record["student"]) / f"{record['lesson']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record), encoding="utf-8")


def write_class(out, *records, scheme=None):
    """Write records and what comes of them; return grades.csv as a list of dict."""
    write_records(out, *records)
    reports.write(out, scheme=scheme)
    return list(csv.DictReader(io.StringIO((out / "grades.csv").read_text(encoding="utf-8-sig"))))


def read_csv(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


class Page(HTMLParser):
    """A page taken apart, as a strict reader does: tags must close in order, ids be unique, pictures have a text."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.tags, self.text = [], [], [], [], ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert not [name for name in attributes if name.startswith("on")] and tag != "script"
        assert tag != "img" or (attributes["src"].startswith("data:image/png;base64,") and attributes["alt"])
        assert tag != "th" or attributes["scope"] in ("row", "col")
        self.tags.append(tag)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []
        self.open += [tag] * (tag not in ("meta", "img"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data * (self.open[-1:] != ["style"])


# points


def test_without_a_scheme_a_right_answer_is_a_point(tmp_path):
    statuses = ["right", "wrong", "right", "missing"]
    (row,) = write_class(tmp_path, make_record(statuses=statuses))
    assert [row[f"loading.{name}"] for name in NAMES["loading"]] == ["1", "0", "1", "0"]
    assert [row[name] for name in ("loading late", "loading", "total", "of", "percent")] == ["0", "2", "2", "4", "50"]


@pytest.mark.parametrize("status", pages.STATUSES)
def test_only_right_gives_points(status):
    assert grade(make_record(statuses=status), Scheme()).total == 4 * (status == "right")


def test_weights_are_multiplied_and_columns_add_up(tmp_path):
    scheme = read_text(
        tmp_path,
        """
        [exercises]
        loading.histogram = 0
        "loading.mean_digit" = 2.5
        [lessons]
        loading = 2
        [late]
        penalty_per_day = 10
        [deadlines]
        loading = 2026-10-12T23:59:00
        """,
    )
    records = make_record(submitted="2026-10-13T12:00:00"), make_record(lesson="preparing", statuses="wrong")
    (row,) = write_class(tmp_path, *records, scheme=scheme)
    points = [float(row[f"loading.{name}"]) for name in NAMES["loading"] if name != "histogram"]
    assert points == [2, 2, 5]
    assert float(row["loading late"]) == -0.9
    assert float(row["loading"]) == sum(points) - 0.9 == float(row["total"])
    assert (row["of"], row["percent"]) == ("13", "62.31")


def test_a_zero_leaves_an_exercise_or_a_lesson_out_everywhere(tmp_path):
    scheme = Scheme(exercises={"loading.histogram": 0}, lessons={"preparing": 0})
    records = [make_record(student, ids={"moodle": "7"}) for student in ("anna", "bert")]
    write_class(tmp_path, *records, make_record("carl", "preparing", ids={"moodle": "8"}), scheme=scheme)
    paths = [path for path in tmp_path.rglob("*") if path.suffix in (".csv", ".html", ".json")]
    written = {path: path.read_text(encoding="utf-8") for path in paths if "records" not in path.parts}
    assert len(written) == 12
    for path, text in written.items():
        assert not re.search("histogram|preparing|Preparing", text), path
    assert "carl" in written[tmp_path / "grades.csv"]


def read_text(folder, text):
    (folder / "points.toml").write_text(inspect.cleandoc(text), encoding="utf-8")
    return read_scheme(folder / "points.toml")


@pytest.mark.parametrize(
    ("submitted", "percent"),
    [
        ("2026-10-12T23:59:00", 0),
        ("2026-10-13T01:59:00", 0),  # within the hours of grace
        ("2026-10-13T01:59:01", 10),  # and after them, days count from the deadline
        ("2026-10-13T23:59:00", 10),
        ("2026-10-13T23:59:01", 20),
        ("2026-10-17T12:00:00", 45),  # at most
        (None, 30),  # all that is known is that it was late
    ],
)
def test_each_day_that_has_begun_costs(tmp_path, submitted, percent):
    text = "[late]\npenalty_per_day = 10\ngrace_hours = 2\nat_most = 45\nmarked_late = 30\n"
    scheme = read_text(tmp_path, text + "[deadlines]\nloading = 2026-10-12T23:59:00")
    sentence, cost = scheme.lateness(make_record(submitted=submitted, late=submitted is None))
    assert cost == percent
    assert bool(sentence) is bool(percent)


def test_a_mark_without_a_time_costs_nothing_unless_the_scheme_says_so():
    assert Scheme().lateness(make_record(late=True)) == ("Marked as late.", 0)
    assert Scheme(marked_late=20).lateness(make_record(late=True)) == ("Marked as late.", 20)
    assert Scheme(marked_late=20).lateness(make_record(late=False)) == ("", 0)
    assert Scheme(marked_late=20).lateness(make_record()) == ("", 0)


def test_the_report_says_which_time_was_taken_and_a_deadline_without_any_time_is_a_warning(tmp_path):
    scheme = read_text(tmp_path, "[late]\npenalty_per_day = 10\n[deadlines]\nloading = 2026-10-12T23:59:00")
    write_class(tmp_path, make_record(submitted="2026-10-13T12:00:00"), make_record("bert"), scheme=scheme)
    assert "its time is 2026-10-13 12:00:00. Points taken away: 0.4." in Page(tmp_path / "reports" / "anna.html").text
    assert "no file has a time" not in Page(tmp_path / "overview.html").text
    write_class(tmp_path, make_record(), scheme=scheme)
    warning = "deadlines.loading: no file has a time, so nobody is late"
    assert reports.write(tmp_path, scheme=scheme) == [warning]
    assert warning in Page(tmp_path / "overview.html").text


def test_times_with_an_offset_are_compared_as_moments(tmp_path):
    scheme = read_text(tmp_path, "[late]\npenalty_per_day = 5\n[deadlines]\nloading = 2026-10-12T23:59:00+02:00")
    assert scheme.lateness(make_record(submitted="2026-10-12T21:59:00Z"))[1] == 0
    assert scheme.lateness(make_record(submitted="2026-10-12T22:00:00+00:00"))[1] == 5
    with pytest.raises(SchemeError, match=r"deadlines\.loading: expected a time without an offset.*anna.*got 2026"):
        scheme.lateness(make_record(submitted="2026-10-12T23:59:00"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exercise = 1", "exercise: expected a table of those there are, such as exercises; got exercise"),
        ("lessons = 2", r"lessons: expected a table, \[lessons\] on a line of its own, got 2"),
        (
            "[exercises]\nloading.histogramm = 1",
            r"exercises\.loading\.histogramm: expected an exercise .*loading\.histogram;",
        ),
        ("[exercises]\nloading = 1", r"exercises\.loading: expected an exercise"),
        (
            "[exercises]\nloading.histogram = '2'",
            r"exercises\.loading\.histogram: expected a number, 0 or more, got '2'",
        ),
        ("[exercises]\nloading.histogram = -1", "expected a number, 0 or more, got -1"),
        ("[exercises]\nloading.histogram = true", "expected a number, 0 or more, got True"),
        ("[exercises]\nloading.histogram = nan", "expected a number, 0 or more, got nan"),
        ("[exercises]\nloading.histogram = inf", "expected a number, 0 or more, got inf"),
        ("[exercises]\nloading.histogram.x = 1", r"expected a number, 0 or more, got \{'x': 1\}"),
        ("[lessons]\n01_loading = 2", r"lessons\.01_loading: expected a lesson of those there are, such as loading;"),
        ("[lessons]\nloading = [2]", r"lessons\.loading: expected a number, 0 or more, got \[2\]"),
        (
            "[late]\npenalty = 10",
            r"late\.penalty: expected a key of those there are, such as penalty_per_day; got penalty",
        ),
        ("[late]\nat_most = 120", r"late\.at_most: expected a percentage, 0 to 100, got 120"),
        ("[deadlines]\nloding = 2026-10-12T23:59:00", r"deadlines\.loding: expected a lesson .*such as loading"),
        ("[deadlines]\nloading = 2026-10-12", r"deadlines\.loading: expected a day and a time .*got 2026-10-12$"),
        ("[deadlines]\nloading = '2026-10-12T23:59:00'", "without quotes, .*got '2026-10-12T23:59:00'"),
        ("[late\n", r"expected TOML, got what cannot be read as such: .*at end of document"),
    ],
)
def test_a_fault_in_the_scheme_is_named(tmp_path, text, message):
    with pytest.raises(SchemeError, match=rf"points\.toml: .*{message}"):
        read_text(tmp_path, text)


def test_a_scheme_that_is_no_text_or_not_there_is_named(tmp_path):
    with pytest.raises(SchemeError, match=r"nothing\.toml: expected a TOML file, got No such file"):
        read_scheme(tmp_path / "nothing.toml")
    with pytest.raises(SchemeError, match="expected a TOML file, got "):
        read_scheme(tmp_path)
    (tmp_path / "points.toml").write_bytes("[lessons]\n# für\n".encode("utf-16"))
    with pytest.raises(SchemeError, match="expected a text in UTF-8"):
        read_scheme(tmp_path / "points.toml")
    (tmp_path / "points.toml").write_bytes(b"\xef\xbb\xbf[lessons]\r\nloading = 2\r\n")
    assert read_scheme(tmp_path / "points.toml").lessons == {"loading": 2}


# tables


def test_names_are_neither_formulas_nor_lost(tmp_path):
    names = ["=1+1", "+49 30", "-x", "@sum", "\t=2", "\uff1d3", 'Zoë "Z", née\nLi', "李"]
    records = [make_record(name, folder=f"s{number}") for number, name in enumerate(names)]
    found = [row["student"] for row in write_class(tmp_path, *records)]
    assert sorted(found) == sorted(["'=1+1", "'+49 30", "'-x", "'@sum", "'=2", "'\uff1d3", 'Zoë "Z", née Li', "李"])
    assert (tmp_path / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,")
    for path in tmp_path.rglob("*.csv"):
        cells = [cell for row in read_csv(path) for cell in row]
        assert not [cell for cell in cells if re.match("[=+@\uff1d]|-(?!(\\d|$))", cell)], path.name


def test_messages_are_no_formulas(tmp_path):
    record = make_record(statuses="wrong")
    record["rows"][0] |= {"sentence": '=HYPERLINK("http://x")\nand more'}
    write_class(tmp_path, record)
    table = csv.DictReader(io.StringIO((tmp_path / "answers.csv").read_text(encoding="utf-8-sig")))
    assert next(table)["message"] == '\'=HYPERLINK("http://x") and more'


def test_answers_have_a_row_each(tmp_path):
    write_class(tmp_path, make_record("bert", statuses=["right", "wrong", "error", "missing"]), make_record("Anna"))
    table = list(csv.DictReader(io.StringIO((tmp_path / "answers.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["student"], row["exercise"]) for row in table] == list(
        itertools.product(("Anna", "bert"), NAMES["loading"])
    )
    assert [row["status"] for row in table] == ["right"] * 4 + ["right", "wrong", "error", "missing"]
    assert table[5] == {
        "student": "bert",
        "lesson": "loading",
        "exercise": "histogram",
        "status": "wrong",
        "points": "0",
        "of": "1",
        "message": "histogram is wrong.",
        "notebook": "loading.ipynb",
    }


def test_a_lesson_without_a_record_counts_as_missing(tmp_path):
    rows = write_class(tmp_path, make_record("anna"), make_record("bert"), make_record("bert", "preparing"))
    assert [(row["student"], row["total"], row["of"], row["percent"]) for row in rows] == [
        ("anna", "4", "8", "50"),
        ("bert", "8", "8", "100"),
    ]
    assert "no notebook of this lesson" in Page(tmp_path / "reports" / "anna.html").text


def test_lessons_and_students_are_sorted(tmp_path):
    records = [make_record(student, lesson) for student in ("zoe", "Bert", "anna") for lesson in ("scaling", "loading")]
    rows = write_class(tmp_path, *records)
    assert [row["student"] for row in rows] == ["anna", "Bert", "zoe"]
    columns = list(rows[0])
    assert columns.index("loading") < columns.index("scaling")


def test_two_students_of_one_name_stay_two(tmp_path):
    records = [make_record("Anna", folder="Anna_1"), make_record("Anna", statuses="wrong", folder="Anna_2")]
    rows = write_class(tmp_path, *records)
    assert [(row["student"], row["total"]) for row in rows] == [("Anna_1", "4"), ("Anna_2", "0")]
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["Anna_1.html", "Anna_2.html"]


def test_nobody_handed_in_anything(tmp_path):
    (tmp_path / "records").mkdir()
    assert write_class(tmp_path) == []
    assert "0 students" in Page(tmp_path / "overview.html").text


@pytest.mark.parametrize("text", ["", "[]", '{"student": "anna"}', "{"])
def test_a_record_that_is_none_is_named(tmp_path, text):
    write_records(tmp_path, make_record())
    (tmp_path / "records" / "anna" / "loading.json").write_text(text, encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"expected a record of grading in .*loading\.json, got something else; delete it"
    ):
        reports.write(tmp_path)


def test_the_same_records_give_the_same_bytes_and_nothing_old_stays(tmp_path):
    records = [make_record(f"student {n}", statuses=["right", "wrong", "error", "missing"]) for n in range(5)]
    written = []
    for order in (records, records[::-1]):
        out = tmp_path / str(len(written))
        write_records(out, *order)
        (out / "reports").mkdir()
        (out / "reports" / "gone.html").touch()
        reports.write(out)
        reports.write(out)
        written.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert written[0] == written[1]
    assert not [path for path in written[0] if path.name == "gone.html"]


# pages


def test_a_report_says_what_the_check_says_and_what_was_handed_in(tmp_path):
    source = "def class_shares(labels, n_classes):\n    return labels < 1 & 2  # <b>&amp;"
    record = make_record(statuses=["right", "wrong", "wrong", "not attempted"], sources={"class_shares": source})
    record["notes"] = ["2 versions were handed in; <the> latest one was taken."]
    record["rows"][2] |= {"sentence": "Those are `counts < 3`.", "details": [["got", "[1 <i>2]\n  (int64)"]]}
    write_class(tmp_path, record)
    page = Page(tmp_path / "reports" / "anna.html")
    for text in (source, record["notes"][0], "Those are counts < 3.", "[1 <i>2]\n  (int64)", "1 of 4 points (25%)"):
        assert text in page.text
    assert set(page.links) == {f"#{one}" for one in page.ids} == {f"#loading.{name}" for name in NAMES["loading"]}
    assert page.tags.count("h1") == 1 and "i" not in page.tags and "b" not in page.tags
    assert pages.HINTS.replace("`", "") in page.text


@pytest.mark.parametrize(("line", "shown"), [("x = 1\n", 6 * pages.N_LINES), ("1 + ", pages.N_CHARACTERS)])
def test_a_very_long_answer_is_shortened_in_the_report_which_says_so(tmp_path, line, shown):
    source = line * 250_000
    record = make_record(statuses="wrong", sources={"histogram": source, "mean_digit": "y = 1\n" * 200})
    record["rows"][0]["details"] = [["got", source]]
    write_class(tmp_path, record)
    text = Page(tmp_path / "reports" / "anna.html").text
    assert text.count(f"The first {shown:,} characters; {len(source) - shown:,} more are left out here.") == 2
    assert text.count("left out") == 2 and source[:shown] in text and len(text) < 30_000
    assert "1 student, 4 exercises." in Page(tmp_path / "overview.html").text


def test_a_report_of_a_student_with_everything_right_offers_no_hints(tmp_path):
    write_class(tmp_path, make_record())
    assert "hint" not in Page(tmp_path / "reports" / "anna.html").text


@pytest.mark.parametrize("status", pages.STATUSES)
def test_each_status_has_its_words_in_a_report(tmp_path, status):
    write_class(tmp_path, make_record(statuses=status))
    page = Page(tmp_path / "reports" / "anna.html")
    assert pages.STATUSES[status][0] in page.text
    assert not [other for other, (words, *_) in pages.STATUSES.items() if other != status and words in page.text]


def luminance(color):
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in matplotlib.colors.to_rgb(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_and_numbers_stand_out_from_their_colors():
    """As the Web Content Accessibility Guidelines count it: 4.5 to 1."""
    for status, (_, bar, badge) in pages.STATUSES.items():
        assert 1.05 / (luminance(badge) + 0.05) >= 4.5, status
        ink = 1 if status == "unreadable" else 0
        light, dark = sorted((luminance(bar), ink), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, status
    assert len({bar for _, bar, _ in pages.STATUSES.values()}) == len(pages.STATUSES)


def test_the_overview_counts_statuses_and_mistakes(tmp_path):
    records = [make_record("a<b", statuses=["right", "wrong", "error", "missing"], folder="ab")]
    records += [make_record("bert", statuses=["wrong", "wrong", "right", "unreadable"])]
    write_class(tmp_path, *records)
    text = (tmp_path / "overview.html").read_text(encoding="utf-8")
    page, cells = (
        Page(tmp_path / "overview.html"),
        [re.sub("<.*?>", " ", row).split() for row in re.findall("<tr>.*", text)],
    )
    assert ["loading.histogram", "0", "2", "0", "0", "0", "0", "0"] in cells
    assert ["loading.mean_digit", "0", "0", "0", "0", "0", "1", "1"] in cells
    mistakes = [row for row in cells if row[-1].isdigit() and "is" in row]
    assert mistakes[0] == ["loading.histogram", "wrong", "histogram", "is", "wrong.", "2"]
    assert len(mistakes) == 3  # who handed in nothing made no mistake
    assert page.links == ["reports/ab.html", "reports/bert.html"]
    alt = re.search('alt="(.*?)"', text)[1]
    assert "loading.float32_bytes: 1; loading.histogram: 0; loading.class_shares: 1; loading.mean_digit: 0." in alt


def test_the_overview_names_those_of_whom_several_notebooks_came(tmp_path):
    choice = "handed in 2 times; taken was <a>.ipynb, the newest file, not b.ipynb"
    write_class(tmp_path, make_record("anna", choice=choice), make_record("bert"))
    page = Page(tmp_path / "overview.html")
    assert f"annaloading: {choice}" in page.text and page.links.count("reports/anna.html") == 2
    assert page.text.index("Worth a look") < page.text.index(choice)


def test_a_lesson_of_which_few_handed_in_a_notebook_is_a_warning(tmp_path):
    nothing = make_record("bert", "preparing", "missing", notebook=None)
    write_records(tmp_path, make_record("anna"), make_record("bert"), make_record("anna", "preparing"), nothing)
    (warning,) = reports.write(tmp_path)
    assert warning.startswith("lesson 02: 1 of 2 students handed it in, and it counts for all; to leave it out, ")
    assert warning.endswith("--lessons 01") and warning in Page(tmp_path / "overview.html").text
    write_records(tmp_path, make_record("bert", "preparing"))
    assert reports.write(tmp_path) == []


def test_the_bars_are_the_counts(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(pages.plotting, "encode_figure", lambda figure, alt: drawn.append(figure) or {"text/html": ""})
    statuses = [["right", "wrong", "error", "missing"], ["right", "right", "error", "not attempted"]]
    write_class(tmp_path, *(make_record(f"s{n}", statuses=four) for n, four in enumerate(statuses)))
    (ax,) = drawn[0].axes
    assert ax.get_xlabel() == "students" and ax.yaxis_inverted()  # the first exercise stands above
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"loading.{name}" for name in NAMES["loading"]]
    widths = {bars.get_label(): [bar.get_width() for bar in bars] for bars in ax.containers}
    assert widths == {
        "right": [2, 1, 0, 0],
        "wrong": [0, 1, 0, 0],
        "error": [0, 0, 2, 0],
        "not attempted": [0, 0, 0, 1],
        "missing": [0, 0, 0, 1],
    }
    ends = [sum(widths[status][n] for status in widths) for n in range(4)]
    assert ends == [2, 2, 2, 2] and ax.get_xlim() == (0, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["overview.html", "reports/anna.html"])
def test_a_page_keeps_nobody_out(tmp_path, chromium, name):  # noqa: F811
    """In a browser: nothing that axe-core finds fault with, nothing fetched, nothing that hangs over the page."""
    statuses = list(pages.STATUSES)
    records = [make_record("anna", statuses=statuses[:4]), make_record("anna", "preparing", statuses[3:])]
    for row in records[0]["rows"]:
        row |= {"details": [["got", "[1 2]\n" * 3 + "7" * 300]], "source": f"x = {'1' * 300}"}
    write_class(tmp_path, *records)
    with watched_page(chromium, name, viewport={"width": 1000, "height": 800}) as page:
        page.goto((tmp_path / name).as_uri())
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.faults == []


def test_half_a_pair_of_utf_16_breaks_no_page(tmp_path):
    write_class(tmp_path, make_record(statuses="wrong", sources={"histogram": 'histogram = "\ud800"'}))
    assert r'histogram = "\ud800"' in Page(tmp_path / "reports" / "anna.html").text


# imports


def test_canvas_finds_its_columns(tmp_path):
    """As its importer looks for them: Student, ID, then SIS User ID and SIS Login ID, Section, and the assignments."""
    ids = {"canvas": "4711"}
    records = [
        make_record("musteranna", ids=ids),
        make_record("bert", statuses="wrong"),
        make_record("bert", "training"),
    ]
    write_class(tmp_path, *records, scheme=Scheme(lessons={"loading": 0.375}))
    header, possible, *rows = read_csv(tmp_path / "imports" / "canvas.csv")
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert header[5:] == ["01 Loading the data", "05 Training"]
    assert possible[0].strip() == "Points Possible" and possible[5:] == ["1.5", "5"]
    assert rows == [
        ["bert", "", "", "bert", "", "0", "5"],
        ["musteranna", "4711", "", "", "", "1.5", "0"],
    ]
    assert not (tmp_path / "imports" / "canvas.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not [title for title in header if re.search(r"\(\d+\)$|(Current|Final) (Score|Points|Grade)", title)]


def test_moodle_finds_its_columns(tmp_path):
    """As its worksheet's importer looks for them, by their English names: a student is "Participant" and a number."""
    records = [
        make_record("Anna Muster", ids={"moodle": "12345"}, statuses=["right", "wrong", "right", "missing"]),
        make_record("Anna Muster", "training", ids={"moodle": "777"}),
        make_record("bert"),
    ]
    records[0]["rows"][1]["sentence"] = "Is `a < b`?"
    write_class(tmp_path, *records)
    names = sorted(path.name for path in (tmp_path / "imports").iterdir())
    assert names == ["canvas.csv", "moodle_01_loading.csv", "moodle_05_training.csv", "moodle_gradebook.csv"]
    (row,) = csv.DictReader(io.StringIO((tmp_path / "imports" / "moodle_01_loading.csv").read_text(encoding="utf-8")))
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(row)
    assert (row["Identifier"], row["Grade"], row["Maximum grade"]) == ("Participant 12345", "2", "4")
    assert "histogram: wrong. Is <code>a &lt; b</code>?" in row["Feedback comments"]
    (row,) = csv.DictReader(io.StringIO((tmp_path / "imports" / "moodle_05_training.csv").read_text(encoding="utf-8")))
    assert row["Identifier"] == "Participant 777"
    table = read_csv(tmp_path / "imports" / "moodle_gradebook.csv")
    assert table == [["Student", "01 Loading the data", "05 Training"], ["Anna Muster", "2", "5"], ["bert", "4", "0"]]


def test_results_json_is_gradescopes(tmp_path):
    record = make_record(statuses=["right", "wrong", "error", "missing"], late=True)
    write_class(tmp_path, record, scheme=Scheme(exercises={"loading.float32_bytes": 3}, marked_late=10))
    found = json.loads((tmp_path / "results" / "anna.json").read_text(encoding="utf-8"))
    assert found["score"] == 2.7
    assert found["output"] == "loading: Marked as late. Points taken away: 0.3."
    assert found["tests"][0] == {
        "name": "loading.float32_bytes",
        "score": 3,
        "max_score": 3,
        "status": "passed",
        "output": "right: float32_bytes is right.",
    }
    assert [test["status"] for test in found["tests"]] == ["passed", "failed", "failed", "failed"]
    assert set(found) <= {"score", "output", "tests"}


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (2, "2"), (10, "10"), (100.0, "100"), (2.5, "2.5"), (1 / 3, "0.33")]
)
def test_numbers_have_a_point_and_no_more_than_they_need(value, text):
    assert exports.number(value) == text


# answers alike

POOL = lessons.read_solution("convolution", "average_pool")
OTHER = '''
def average_pool(image: "array", size: int = 2) -> "array":
    """Mine."""
    import numpy as n

    rows, columns = image.shape  # as it comes
    result = n.zeros((rows // size, columns // size))
    for row in range(rows // size):
        for column in range(columns // size):
            result[row, column] = image[row * size:(row + 1) * size, column * size:(column + 1) * size].mean()
    return result
'''
RENAMED = (
    re.sub(r"\brow\b", "i", re.sub(r"\bcolumn\b", "j", OTHER)).replace("result", "out").replace("# as it comes", "")
)
RENAMED = (
    RENAMED.replace('"""Mine."""', "")
    .replace(': "array"', "")
    .replace(' -> "array"', "")
    .replace("(image", "(img")
    .replace("image", "img")
)
RENAMED = (
    RENAMED.replace("import numpy as n\n", "import numpy as np\n")
    .replace("n.zeros", "np.zeros")
    .replace("\n    for", "\n\n    for", 1)
)


def alike(**sources):
    """What is found among students, by name, of whom each hands in one answer to convolution.average_pool."""
    return likeness.find_alike(
        [make_record(student, "convolution", sources={"average_pool": source}) for student, source in sources.items()]
    )


def test_answers_alike_but_for_names_are_named():
    assert RENAMED != OTHER and likeness.plain_form(RENAMED) == likeness.plain_form(OTHER)
    shipped, groups = alike(zoe=OTHER, bert=RENAMED, carl=OTHER.replace("mean", "sum"))
    assert shipped == {} and groups == {("bert", "zoe"): ["convolution.average_pool"]}


def test_what_stands_around_a_function_does_not_hide_it():
    around = "import numpy as np\n" + POOL + "\n\nprint(average_pool(np.eye(4), 2))\n"
    assert alike(anna=around)[0] == {"anna": ["convolution.average_pool"]}


def test_a_backslash_in_an_answer_warns_nobody():
    assert likeness.plain_form("def f(x):\n    return '\\d'")[1]


def test_the_lessons_own_solution_is_named_and_not_as_alike():
    shipped, groups = alike(anna=POOL, bert="# mine\n" + POOL.replace("image", "x"), carl=OTHER)
    assert shipped == {student: ["convolution.average_pool"] for student in ("anna", "bert")} and groups == {}


@pytest.mark.parametrize(
    "other", [OTHER.replace("// size", "/ size"), OTHER.replace("mean()", "mean(0)"), "x = (", "..."]
)
def test_answers_that_do_something_else_are_not_named(other):
    assert alike(anna=OTHER, bert=other) == ({}, {})


def test_a_name_that_an_answer_does_not_bind_stays():
    assert likeness.plain_form("def f(x):\n    return np.sum(x)") != likeness.plain_form(
        "def f(x):\n    return np.max(x)"
    )
    assert likeness.plain_form("def f(x):\n    return np(x)") != likeness.plain_form("def f(x):\n    return x(x)")
    assert likeness.plain_form("def f(x):\n    return g(x=1)") != likeness.plain_form("def f(y):\n    return g(y=1)")


def solved(student, lesson, *names):
    """A record whose answers to some exercises are the lesson's own."""
    return make_record(student, lesson, sources={name: lessons.read_solution(lesson, name) for name in names})


def test_a_short_answer_alone_is_not_named():
    for name in ("mean_digit", "class_shares"):
        assert likeness.find_alike([solved(student, "loading", name) for student in ("anna", "bert")]) == ({}, {})
    short = {"mean_digit": "def mean_digit(images, labels, digit):\n    return images[labels == digit].mean(0)"}
    assert likeness.find_alike([make_record(s, sources=short) for s in ("anna", "bert")]) == ({}, {})


@pytest.mark.parametrize("lesson", [lesson for lesson in NAMES if lesson not in ("start_here", "sharing")])
def test_a_lesson_solved_by_its_own_solutions_is_named(lesson):
    shipped, groups = likeness.find_alike(
        [solved("anna", lesson, *NAMES[lesson]), solved("bert", lesson, *NAMES[lesson])]
    )
    assert groups == {} and list(shipped) == ["anna", "bert"] and len(shipped["anna"]) >= 1


def test_short_answers_that_are_alike_together_are_named():
    sources = {name: lessons.read_solution("loading", name) for name in ("mean_digit", "class_shares")}
    mine = {name: source.replace("labels ==", "1 * labels ==") for name, source in sources.items()}
    mine["class_shares"] = mine["class_shares"].replace("return", "assert True\n    return")
    shared = {student: mine for student in ("anna", "bert")} | {"carl": mine | {"mean_digit": sources["mean_digit"]}}
    records = [make_record(student, sources=answers) for student, answers in shared.items()]
    assert likeness.find_alike(records)[1] == {("anna", "bert"): ["loading.class_shares", "loading.mean_digit"]}


def test_values_are_not_named():
    source = lessons.read_solution("building", "thumbnail_parameters")
    records = [
        make_record(student, "building", sources={"thumbnail_parameters": source}) for student in ("anna", "bert")
    ]
    assert likeness.plain_form(source)[1] >= likeness.SIZE and likeness.find_alike(records) == ({}, {})


def test_functions_to_fix_are_not_named():
    source = lessons.read_solution("convolution", "slide")
    records = [make_record(student, "convolution", sources={"slide": source}) for student in ("anna", "bert")]
    assert likeness.plain_form(source)[1] >= likeness.SIZE and likeness.find_alike(records) == ({}, {})


@pytest.mark.parametrize("status", ["not attempted", "missing", "unreadable"])
def test_what_nobody_handed_in_is_not_named(status):
    records = [make_record(s, "convolution", status, sources={"average_pool": OTHER}) for s in ("anna", "bert")]
    assert likeness.find_alike(records) == ({}, {})


def test_those_who_have_most_in_common_come_first():
    pad = OTHER.replace("average_pool", "side_after")
    records = [make_record(s, "convolution", sources={"average_pool": OTHER, "side_after": pad}) for s in ("y", "z")]
    records += [
        make_record(s, "convolution", sources={"average_pool": OTHER.replace("mean", "sum")}) for s in ("a", "b")
    ]
    groups = likeness.find_alike(records)[1]
    assert list(groups) == [("y", "z"), ("a", "b")] and len(groups["y", "z"]) == 2


def test_independent_right_answers_are_not_named():
    """The banks' right answers are written apart, by hand: no two of one exercise, the lesson's own among them."""
    n_pairs, n_large = 0, 0
    for key, exercise in FUNCTIONS.items():
        answers = [source_of(answer) for answer in BANKS[key].rights.values() if inspect.isfunction(answer)]
        forms = [
            likeness.plain_form(source) for source in [*filter(None, answers), lessons.read_solution(*key.split("."))]
        ]
        single = [size for form, size in forms if form.count("\n") == 1]  # a line that says def, and one statement
        assert all(size < likeness.SIZE for size in single), key
        for one, other in itertools.combinations(forms, 2):
            assert one[0] != other[0], f"{key}: {one[0]}"
            n_pairs, n_large = n_pairs + 1, n_large + (min(one[1], other[1]) >= likeness.SIZE)
        assert exercise.key == key
    assert n_pairs > 300 and n_large > 50


def test_the_overview_names_them_as_a_place_to_look(tmp_path):
    records = [
        make_record(s, "convolution", sources={"average_pool": c})
        for s, c in {"a": OTHER, "b": RENAMED, "c": POOL}.items()
    ]
    write_class(tmp_path, *records)
    page = Page(tmp_path / "overview.html")
    assert "That proves nothing" in page.text
    assert page.links == [f"reports/{student}.html" for student in "cababc"]
    assert not re.search(r"cheat|copied|plagiar|fraud", page.text, re.IGNORECASE)
