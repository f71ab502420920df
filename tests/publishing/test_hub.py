"""A class in a JupyterHub: its configuration by day; by night, or with `nox -s hub -- --test`, real hubs with students.

The hubs of the last part need JupyterHub and its proxy, which `nox -s hub` installs; the one with accounts needs root.
"""

import contextlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from in_browser import chromium, watched_page  # noqa: F401  chromium is a fixture
from patience import SERVER, wait_until

from course_utils.bench.classroom import Kernel
from course_utils.bench.hub import Student, attend, hub_table, run_lesson
from course_utils.publishing.editions import find_notebooks
from course_utils.publishing.hub import __main__ as program
from course_utils.publishing.hub import running, student
from course_utils.publishing.lab_server import ask
from course_utils.publishing.lessons import NOTEBOOKS
from course_utils.publishing.tables import GUIDE
from course_utils.results import read_result

ROOT = NOTEBOOKS.parent
TEXT = GUIDE.read_text(encoding="utf-8")
COPIES = sorted([path.name for path in find_notebooks(NOTEBOOKS)] + [path.name for path in NOTEBOOKS.glob("*.md")])
LESSON, NEWER = "01_loading.ipynb", "01_loading_new_2.ipynb"


# ---- by day: the configuration, what it starts, and what is said where something is missing


class Section(dict):
    """As traitlets' configuration: a part that is not there yet comes when it is named."""

    def __getattr__(self, name):
        return self.setdefault(name, Section())

    def __setattr__(self, name, value):
        self[name] = value


@pytest.fixture
def spawner():
    """What the course's configuration says of a student's server."""
    config = Section()
    exec(running.CONFIG.read_text(encoding="utf-8"), {"get_config": lambda: config})
    assert set(config) == {"Spawner"}  # accounts, addresses, the kind of spawner: not the course's to say
    return config.Spawner


def test_the_guide_has_the_configuration_as_it_is():
    code = running.CONFIG.read_text(encoding="utf-8").partition('"""\n\n')[2]
    assert textwrap.indent(re.sub(r"  # noqa: F821.*", "", code), "    ", lambda line: line.strip()) in TEXT


def test_table_of_a_hub_is_the_stored_result():
    assert TEXT.split("<!-- hub -->\n")[1].split("\n<!-- /hub -->")[0] == hub_table(read_result("hub"))


def start_as_a_hub_does(spawner, home, *paths):
    """Run the command for a student, with a stand-in for JupyterHub, which prints its arguments."""
    (home / "jupyterhub" / "singleuser").mkdir(parents=True)
    for name in ("__init__.py", "singleuser/__init__.py"):
        (home / "jupyterhub" / name).touch()
    (home / "jupyterhub" / "singleuser" / "__main__.py").write_text("import sys\n\nprint(sys.argv[1:])\n")
    (home / "json.py").write_text("raise SystemExit('a file of the student was taken for a library')\n")
    path = os.pathsep.join(map(str, [*paths, home / "libraries"]))
    (home / "libraries").mkdir()
    (home / "jupyterhub").rename(home / "libraries" / "jupyterhub")
    variables = os.environ | {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": path}
    command = [*spawner["cmd"], *spawner["args"]]
    return subprocess.run(command, env=variables, cwd=home, check=True, capture_output=True, text=True)


def test_a_student_gets_copies_and_then_the_server(spawner, tmp_path):
    done = start_as_a_hub_does(spawner, tmp_path)
    assert done.stdout.strip() == str(spawner["args"])
    folder = tmp_path / spawner["notebook_dir"].removeprefix("~/")
    assert folder.name == student.FOLDER and sorted(path.name for path in folder.iterdir()) == COPIES
    assert (folder / spawner["default_url"].rpartition("/")[2]).is_file()


def make_course(folder):
    """A course to be updated: its code is the one that is tested, its lessons are copies."""
    (folder / "notebooks").mkdir()
    (folder / "course_utils").symlink_to(ROOT / "course_utils", target_is_directory=True)
    for path in [*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("*.md")]:
        shutil.copy(path, folder / "notebooks")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="a folder of links, and no hub, on Windows")
def test_a_lesson_that_is_being_written_keeps_no_student_from_the_server(spawner, tmp_path):
    course, home = tmp_path / "course", tmp_path / "home"
    course.mkdir()
    text = (make_course(course) / "notebooks" / LESSON).read_text(encoding="utf-8")
    (course / "notebooks" / LESSON).write_text(text[: len(text) // 2], encoding="utf-8")
    (home / student.FOLDER).mkdir(parents=True)
    (home / student.FOLDER / LESSON).write_text("mine")
    done = start_as_a_hub_does(spawner, home, course)
    assert done.stdout.strip() == str(spawner["args"])
    assert "the lessons could not all be copied (above: why)" in done.stderr
    assert (home / student.FOLDER / LESSON).read_text() == "mine"


@pytest.mark.parametrize(
    ("system", "says"),
    [
        ("win32", "JupyterHub runs on Linux and macOS; on Windows, use the Windows Subsystem for Linux"),
        ("linux", r"jupyterhub and configurable-http-proxy must be installed: `nox -s hub` does that"),
    ],
)
def test_what_a_hub_lacks_is_said_with_what_to_do(monkeypatch, tmp_path, capsys, system, says):
    monkeypatch.setattr(running.sys, "platform", system)
    monkeypatch.setattr(running, "find_spec", lambda name: None)
    monkeypatch.setattr(running.shutil, "which", lambda *name, path=None: None)
    monkeypatch.setattr(program.signal, "signal", lambda *what: None)  # who runs the tests may still end them
    monkeypatch.setattr(sys, "argv", ["hub", "--folder", str(tmp_path)])
    with pytest.raises(SystemExit):
        program.main()
    assert re.search(says, " ".join(capsys.readouterr().err.split()))


def test_a_port_that_is_taken_is_named():
    with contextlib.closing(running.socket.create_server(("127.0.0.1", 0))) as other:
        taken = other.getsockname()[1]
        with pytest.raises(running.HubError, match=rf"port {taken} is not free .*: choose another with --port"):
            running.find_ports(taken)
    for port in (99999, -1):
        with pytest.raises(running.HubError, match=f"from 1 to 65535, got {port}"):
            running.find_ports(port)
    ports = running.find_ports(0)
    assert len(set(ports)) == 3 and all(ports)


@pytest.mark.skipif(sys.platform == "win32", reason="no JupyterHub on Windows")
def test_a_folder_is_for_one_hub_at_a_time(tmp_path):
    with running.hold(tmp_path) as held:
        with pytest.raises(running.HubError, match=r"a hub is running in .*--folder"), running.hold(tmp_path):
            pass
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(held,))
    with pytest.raises(running.HubError), running.hold(tmp_path):  # the hub is still there
        pass
    child.communicate()
    with running.hold(tmp_path):
        pass


def test_a_name_that_is_no_folder_is_told(tmp_path):
    with (
        pytest.raises(running.HubError, match="without a slash, got 'a/b'"),
        running.serve_hub(tmp_path, names=["a/b"]),
    ):
        pass


# ---- a hub to try out, with five students


def why_no_hub():
    """Why no hub can be started here; an empty text if one can."""
    try:
        running.find_proxy()
    except running.HubError as error:
        return str(error)
    return ""


def real(test):
    """A test with a real hub: it takes long, and needs more than the course does."""
    for mark in (pytest.mark.skipif(bool(why_no_hub()), reason=why_no_hub()), pytest.mark.nightly, pytest.mark.slow):
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course's folder, of which the hubs here have the lessons; a test may change them."""
    with pytest.MonkeyPatch.context() as patch:
        folder = make_course(tmp_path_factory.mktemp("course"))
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        yield folder


@pytest.fixture(scope="module")
def hub(course, tmp_path_factory):
    with running.serve_hub(tmp_path_factory.mktemp("hub")) as one:
        yield one


@pytest.fixture(scope="module")
def students(hub):
    """All five, who have logged in at once."""
    five = [Student(hub, name) for name in hub.names]
    with ThreadPoolExecutor(len(five)) as pool:
        list(pool.map(lambda one: attend(one, 0), five))
    return five


def status_of(action, *arguments):
    """The status with which something is refused; 200 if it is not."""
    try:
        action(*arguments)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    return 200


def refused(student, path, data=None):
    """The status with which a request is refused; 200 if it is not."""
    return status_of(lambda: student.ask(path, data).close())


def server_of(hub, student):
    """The process of a student's server."""
    for process in psutil.Process(hub.process.pid).children():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("JUPYTERHUB_USER") == student.name:
                return process
    return None


def restart(student):
    student.ask(f"/hub/api/users/{student.name}/server", method="DELETE").close()
    wait_until_ended(student)
    student.open_lab()


def wait_until_ended(student):
    """Wait until the hub knows that a student's server is no more; to ask the hub is no activity of the server's."""

    def ended():
        with student.ask(f"/hub/api/users/{student.name}") as answer:
            return not json.load(answer)["servers"]

    wait_until(ended, pause=1)


def write_into(student, name, words):
    """Write into the first cell of a notebook and save it, as JupyterLab does; the bytes of the file then."""
    path = f"/user/{student.name}/api/contents/{name}"
    with student.ask(path) as answer:
        model = json.load(answer)
    model["content"]["cells"][0]["source"] += words
    student.ask(path, json.dumps({"type": "notebook", "content": model["content"]}).encode(), method="PUT").close()
    return (student.work / name).read_bytes()


@real
def test_five_who_log_in_at_once_have_all_the_lessons_each(hub, students):
    assert sorted(path.name for path in hub.students.iterdir()) == sorted(hub.names) and len(hub.names) == 5
    for one in students:
        with one.ask(f"/user/{one.name}/api/contents/") as answer:
            served = sorted(entry["name"] for entry in json.load(answer)["content"])
        assert served == COPIES == sorted(path.name for path in one.work.iterdir())


@real
def test_each_runs_lesson_01_whole(students):
    """Two at a time: what a student's machine may lack is memory."""

    def run(one):
        run_lesson(one).close()
        with one.ask(f"/user/{one.name}/api/kernels") as answer:
            kernels = [kernel["id"] for kernel in json.load(answer)]
        for kernel in kernels:
            one.ask(f"/user/{one.name}/api/kernels/{kernel}", method="DELETE").close()
        return len(kernels)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, students)) == [1] * 5


@real
@pytest.mark.parametrize(("name", "password"), [("anna", "not the password"), ("zora", None)])
def test_who_has_no_password_or_no_name_here_is_refused(hub, name, password):
    stranger = Student(hub, name)
    assert status_of(stranger.log_in, password) == 403
    assert refused(stranger, "/hub/api/user") == 403


@real
def test_who_is_off_the_list_does_not_get_in_again(tmp_path):
    for names, statuses in ((["anna", "bert"], [200, 200]), (["anna"], [200, 403])):
        with running.serve_hub(tmp_path, names=names) as hub:
            assert [status_of(Student(hub, name).log_in) for name in ("anna", "bert")] == statuses
            with pytest.raises(running.HubError, match="a hub is running"), running.serve_hub(tmp_path):
                pass


@real
def test_nobody_gets_into_anothers_server(hub, students):
    anna, bert = students[:2]
    assert refused(anna, "/user/anna/api/contents/") == 200
    for path, data in (("lab", None), ("api/contents/", None), ("api/kernels", None), ("api/kernels", b"{}")):
        assert refused(anna, f"/user/bert/{path}", data) in (403, 404), path
    assert refused(anna, "/hub/api/users/bert/server", b"{}") in (403, 404)
    with contextlib.closing(Kernel(bert)) as kernel:
        kernel.run("secret = 1")
        anna_there = Student(hub, "bert")  # with anna's cookies
        anna_there.jar = anna.jar
        assert status_of(Kernel, anna_there) == 403
    (port,) = {one.laddr.port for one in server_of(hub, bert).net_connections() if one.status == "LISTEN"}
    past_the_proxy = urllib.request.Request(f"http://127.0.0.1:{port}/user/bert/api/contents/", headers=anna.may)
    assert status_of(ask, past_the_proxy) == 403  # as from a kernel of anna's


@real
def test_with_the_simple_spawner_files_processes_and_the_hubs_secrets_are_everyones(hub, students):
    """What the guide warns of, held to what is so."""
    anna, bert = students[:2]
    with contextlib.closing(Kernel(anna)) as kernel:
        kernel.run(f"open({str(bert.work / LESSON)!r}, 'a').close()")
        kernel.run(f"assert open({str(hub.students.parent / 'jupyterhub.sqlite')!r}, 'rb').read(6) == b'SQLite'")
        kernel.run(f"import os\nos.kill({server_of(hub, bert).pid}, 0)")


@real
@pytest.mark.parametrize("name", ["anna", "bert"])
def test_in_a_browser_a_student_logs_in_and_has_lesson_00_open(hub, students, chromium, name):  # noqa: F811
    with watched_page(chromium, f"hub-{name}") as page:
        page.goto(hub.address)
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(hub.password)
        page.get_by_role("button", name="Sign in").click()
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        assert page.url.endswith(f"/user/{name}/lab/tree/00_start_here.ipynb")
        page.get_by_text("| Idle").wait_for()
        assert page.get_by_role("heading", name="0. Start here").is_visible()
        assert page.faults == []


def update(course, words):
    """A new version of lesson 01 lies in the course's folder, as after a `git pull`."""
    path = course / "notebooks" / LESSON
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += words
    nbformat.write(notebook, path)


@real
def test_an_update_while_a_student_works_loses_nothing(course, students):
    bert, dina, emil = students[1], students[3], students[4]
    ended, untouched = write_into(emil, LESSON, "\n\nEmil was here."), (dina.work / LESSON).read_bytes()
    emil.ask("/hub/api/users/emil/server", method="DELETE").close()
    write_into(bert, LESSON, "\n\nBert was here.")
    with contextlib.closing(Kernel(bert)) as kernel:
        kernel.run("x = 41")
        update(course, "\n\nNew in the second week.")
        kernel.run("assert x + 1 == 42")
        edited = write_into(bert, LESSON, "\n\nBert goes on.")
    for one in (bert, emil, dina):
        restart(one) if one is not emil else one.open_lab()
    for one, own in ((bert, edited), (emil, ended), (dina, untouched)):
        assert (one.work / LESSON).read_bytes() == own, one.name
        assert sorted(path.name for path in one.work.glob("[!.]*")) == sorted([*COPIES, NEWER])
        with one.ask(f"/user/{one.name}/api/contents/{NEWER}") as answer:
            assert "New in the second week." in json.load(answer)["content"]["cells"][0]["source"]
    assert b"Bert was here." in edited and b"Bert goes on." in edited and b"Emil was here." in ended
    newer = write_into(bert, NEWER, "\n\nBert again.")
    restart(bert)  # nothing has changed since: no copy comes, and the newer one is the student's, too
    assert (bert.work / NEWER).read_bytes() == newer and (bert.work / LESSON).read_bytes() == edited
    assert sorted(path.name for path in bert.work.glob("[!.]*")) == sorted([*COPIES, NEWER])


@real
def test_a_hub_ends_with_who_started_it_even_if_that_was_killed(tmp_path):
    command = [sys.executable, "-m", "course_utils.publishing.hub", "--port", "0", "--folder", str(tmp_path)]
    with subprocess.Popen([*command, "--students", "anna"], stdout=subprocess.PIPE, text=True) as program:
        lines = [program.stdout.readline() for _ in range(4)]
        port, password = re.search(r":(\d+)", lines[1])[1], re.search(r"anna\. Password of each: (\S+)", lines[2])[1]
        (process,) = psutil.Process(program.pid).children()
        anna = Student(running.Hub(int(port), ["anna"], tmp_path / "students", password, program), "anna")
        attend(anna, 0)
        assert (anna.work / LESSON).is_file()
        everything = [process, *process.children(recursive=True)]
        assert len(everything) >= 3  # hub, proxy, server
        process.suspend()  # it takes long to end
        try:
            program.kill()
            program.wait()
            with pytest.raises(running.HubError, match="a hub is running in"), running.hold(tmp_path):
                pass
        finally:
            process.resume()
        assert psutil.wait_procs(everything, timeout=SERVER)[1] == []


# ---- idle times, made short


def shortened(arguments):
    """The arguments of the configuration, with a minute or a second in place of many minutes."""
    short = [re.sub(r"(timeout=)\d+$", r"\g<1>60", re.sub(r"(interval=)\d+$", r"\g<1>1", one)) for one in arguments]
    assert sum(a != b for a, b in zip(short, arguments, strict=True)) == 5
    return [*short, "--allow-root"]


@real
def test_what_is_idle_ends_and_what_computes_goes_on_and_all_files_stay(course, spawner, tmp_path):
    settings = {"Spawner.args": shortened(spawner["args"])}
    with running.serve_hub(tmp_path, names=["anna", "bert"], settings=settings) as hub, contextlib.ExitStack() as stack:
        students = [Student(hub, name) for name in hub.names]
        anna = students[0]
        for one in students:
            attend(one, 0)
        busy, idle = (stack.enter_context(contextlib.closing(Kernel(one))) for one in reversed(students))
        done = tmp_path / "done"
        code = f"import time, pathlib\nwhile not pathlib.Path({str(done)!r}).exists():\n    time.sleep(0.1)"
        working = stack.enter_context(ThreadPoolExecutor(1)).submit(busy.run, code)
        try:
            idle.run("x = 1")  # its connection stays open, as an open page does
            anna.ask("/user/anna/api/terminals", b"{}").close()
            of_anna, of_bert = (server_of(hub, one) for one in students)
            assert len(of_anna.children()) == 2  # a kernel and a terminal
            saved = write_into(anna, LESSON, "\n\nAnna was here.")
            psutil.wait_procs([of_anna], timeout=SERVER)
            assert not of_anna.is_running() and len(of_bert.children()) == 1 and not working.done()
        finally:
            done.touch()
        working.result()  # nothing ended it
        assert (anna.work / LESSON).read_bytes() == saved
        wait_until_ended(anna)
        anna.open_lab()
        assert (anna.work / LESSON).read_bytes() == saved
        assert (
            not list(anna.work.glob("*_new_2*"))
            or (course / "notebooks" / LESSON).read_bytes() != (NOTEBOOKS / LESSON).read_bytes()
        )
        with contextlib.closing(Kernel(anna)) as kernel:
            kernel.run("x = 2")


# ---- accounts of the machine: JupyterHub as it comes, with PAM and a process of each student's own


PASSWORD = "a long password"
HASHED = "$6$cnncourse$fBelr/jjov2WitLuaAuu9uEiz9QlN2ysoKxMjpLfqy2vIRAf/XNQZ6Tks9dMEWWZGojLbRg4ndbRCcx.OtulF."
FIRST_UID = 61_000


def closed_folder(path):
    """The outermost folder above a path into which not everyone may go; None if everyone may."""
    above = [folder for folder in reversed(path.resolve().parents) if not folder.stat().st_mode & stat.S_IXOTH]
    return above[0] if above else None


def with_accounts(folder, names):
    """A command that starts another where the machine has more accounts; outside of it, nothing changes.

    Homes are what lies in ``folder / "students"``; and where Python or the course lie in a folder that nobody else may
    enter, as root's home, they are there alone.
    """
    lines = {"passwd": "{0}:x:{1}:{1}::/home/{0}:/bin/sh\n", "shadow": "{0}:" + HASHED + ":20000:0:99999:7:::\n"}
    lines["group"] = "{0}:x:{1}:\n"
    script = ["set -eu"]
    for file, line in lines.items():
        text = Path("/etc", file).read_text() + "".join(
            line.format(name, FIRST_UID + i) for i, name in enumerate(names)
        )
        (folder / file).write_text(text)
        (folder / file).chmod(0o600 if file == "shadow" else 0o644)
        script.append(f"mount --bind '{folder / file}' /etc/{file}")
    for number, name in enumerate(names):
        home = folder / "students" / name
        home.mkdir(parents=True, mode=0o700)
        shutil.chown(home, FIRST_UID + number, FIRST_UID + number)
    script.append(f"mount --bind '{folder / 'students'}' /home")
    hidden = {place: closed_folder(place) for place in map(Path, (sys.base_prefix, sys.prefix, ROOT))}
    hidden = {place.resolve(): closed for place, closed in hidden.items() if closed}
    for number, place in enumerate(hidden):
        (folder / f"place{number}").mkdir()
        script.append(f"mount --bind '{place}' '{folder / f'place{number}'}'")
    script += [f"mount -t tmpfs -o mode=755 tmpfs '{closed}'" for closed in sorted(set(hidden.values()))]
    for number, place in enumerate(hidden):
        script.append(f"mkdir -p '{place}' && mount --bind '{folder / f'place{number}'}' '{place}'")
    return ("unshare", "--mount", "sh", "-c", "\n".join([*script, 'exec "$@"']), "sh")


def why_no_accounts():
    """Why no hub can be started here that gives each student an account; an empty text if one can."""
    if sys.platform != "linux" or os.geteuid():
        return "accounts of their own are tested as root, on Linux"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "this machine allows no folders that only one program sees (unshare), so no accounts for a test"
    return ""


@pytest.fixture(scope="module")
def with_their_own(tmp_path_factory):
    """Two students of a hub as JupyterHub comes, but for the course's configuration."""
    folder, names = tmp_path_factory.mktemp("accounts"), ("anna", "bert")
    settings = {"JupyterHub.authenticator_class": "pam", "JupyterHub.spawner_class": "localprocess"}
    within = with_accounts(folder, names)
    with running.serve_hub(folder, names=[*names, "zora"], settings=settings, within=within) as hub:
        hub.password = PASSWORD
        students = [Student(hub, name) for name in names]
        for one in students:
            attend(one, 0)
        yield hub, students


accounts = pytest.mark.skipif(bool(why_no_accounts()), reason=why_no_accounts())


@real
@accounts
@pytest.mark.parametrize(("name", "password"), [("anna", "not the password"), ("zora", PASSWORD)])
def test_without_the_accounts_password_or_without_an_account_nobody_gets_in(with_their_own, name, password):
    hub, _ = with_their_own
    assert status_of(Student(hub, name).log_in, password) == 403


@real
@accounts
def test_with_accounts_a_student_works_with_rights_of_their_own_and_reads_nobodys_files(with_their_own):
    hub, (anna, bert) = with_their_own
    secrets = hub.students.parent
    server = server_of(hub, bert)
    closed = [
        *(f"/home/bert/{student.FOLDER}/{LESSON}", f"/proc/{server.pid}/environ", "/etc/shadow"),
        *(secrets / name for name in ("jupyterhub.sqlite", "jupyterhub_cookie_secret", "jupyterhub_config.py")),
    ]
    assert all(Path(path).exists() for path in closed[1:]) and (bert.work / LESSON).is_file()
    kernel = run_lesson(anna)  # Python and the course can be read, and lesson 01 runs
    with contextlib.closing(kernel):
        kernel.run(f"import os\nassert os.getuid() == {FIRST_UID}")
        for way in (*(f"open({str(path)!r})" for path in closed), f"os.kill({server.pid}, 0)"):
            kernel.run(f"try:\n    {way}\n    allowed = True\nexcept PermissionError:\n    allowed = False")
            kernel.run(f"assert not allowed, {way!r}")
        kernel.run(f"import pathlib\nassert not os.access({str(NOTEBOOKS / LESSON)!r}, os.W_OK)")
    assert {path.stat().st_uid for path in bert.work.iterdir()} == {FIRST_UID + 1}
    for path in ("lab", "api/contents/", "api/kernels"):
        assert refused(anna, f"/user/bert/{path}") in (403, 404)
