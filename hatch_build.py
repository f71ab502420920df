"""What goes into a wheel beside the package: the executed lessons, which an installed course copies and reads from."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Lessons(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "standard":  # an editable install reads them where they are
            for lesson in Path(self.root, "notebooks").glob("*.ipynb"):
                build_data["force_include"][str(lesson)] = f"course_utils/lessons/{lesson.name}"
