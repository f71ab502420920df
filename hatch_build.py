"""What a wheel is made of beside the package: the lessons and pages that an installed course copies, and its text."""

import re
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class Lessons(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "standard":  # an editable install reads them where they are
            folder = Path(self.root, "notebooks")
            for path in [*folder.glob("*.ipynb"), *folder.glob("*.md")]:
                build_data["force_include"][str(path)] = f"course_utils/lessons/{path.name}"


class Readme(MetadataHookInterface):
    def update(self, metadata):
        """Show the README on an index, where no file is beside it: without its pictures, and links as plain words."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        text = re.sub(r"!\[[^]]*\]\((?!https?:)[^)]*\)\n*", "", text)
        text = re.sub(r"\[([^]]*)\]\((?!https?:)[^)]*\)", r"\1", text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
