"""The tables that a program writes into README.md and INSTRUCTORS.md, each between two marks of its own."""

from course_utils.publishing.workspace import ROOT

README, GUIDE = ROOT / "README.md", ROOT / "INSTRUCTORS.md"


def write_table(table, path, *, mark):
    """Put a table into a file, in place of the one that is there between the marks."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(f"<!-- {mark} -->")
    after = rest.split(f"<!-- /{mark} -->")[1]
    text = f"{before}<!-- {mark} -->\n{table}\n<!-- /{mark} -->{after}"
    path.write_text(text, encoding="utf-8", newline="\n")
