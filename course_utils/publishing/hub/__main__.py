"""Try out a JupyterHub for a class on this machine; only you can reach it."""

import argparse
import signal
from pathlib import Path

from course_utils.publishing.hub.running import CONFIG, NAMES, HubError, serve_hub
from course_utils.publishing.workspace import ROOT

EPILOG = f"""All students are you: each could read and delete what the others have. So it is nothing for a class; the
guide (INSTRUCTORS.md, JupyterHub) says what a class needs, and {CONFIG.name} beside this program is what any hub for
the course needs. `nox -s hub -- --test` tests all of that, in a quarter of an hour."""


def end(*received):
    """Stop waiting, and from now on listen to nobody: the students' servers end in order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="nox -s hub --", description=__doc__, epilog=EPILOG)
    parser.add_argument("--port", type=int, default=8000, help="for browsers (default: %(default)s)")
    parser.add_argument("--students", nargs="+", default=NAMES, metavar="NAME", help=f"default: {' '.join(NAMES)}")
    parser.add_argument(
        "--folder",
        type=Path,
        default=ROOT / "build" / "hub",
        help="for the log and the students' homes, which stay there (default: build/hub in the folder of the course)",
    )
    options = parser.parse_args()
    folder = options.folder.absolute()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        print("JupyterHub is starting", flush=True)
        with serve_hub(folder, names=options.students, port=options.port) as hub:
            print(f"Point your browser to {hub.address}", flush=True)
            print(f"Students: {', '.join(options.students)}. Password of each: {hub.password}", flush=True)
            print(f"Their files are in {hub.students}, its log is in {folder / 'log.txt'}", flush=True)
            print("For a second student, open a private window. Ctrl-C ends the hub and all servers.", flush=True)
            status = hub.process.wait()
        parser.exit(1, f"JupyterHub has ended with status {status}; why is in {folder / 'log.txt'}\n")
    except HubError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print("JupyterHub has ended, and all servers with it; the students' files stay", flush=True)


if __name__ == "__main__":
    main()
