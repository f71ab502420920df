"""What goes into a wheel beside the package: the lessons and pages, which an installed course copies and reads."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Lessons(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "standard":  # an editable install reads them where they are
            folder = Path(self.root, "notebooks")
            for path in [*folder.glob("*.ipynb"), *folder.glob("*.md")]:
                build_data["force_include"][str(path)] = f"course_utils/lessons/{path.name}"
