"""What a lesson's Markdown says to its instructor: comments, which a reader of the notebook does not see.

`<!-- slide ... -->` is what a slide shows instead of the cell's own text, `<!-- notes ... -->` is for the speaker.
Three more speak of the code cell that comes next: `<!-- code ... -->` is a shorter version of it for a wall,
`<!-- output 1-36, 73- -->` keeps some columns of what it prints, and `<!-- lines 1-2 | 3 | 5-7 -->` marks lines of the
slide's code, a key press each. wall.py holds them to the cell.
"""

import re

COMMENT = re.compile(r"\s*<!--\s*(slide|notes|code|output|lines)\b(.*?)-->", re.DOTALL)


def read_comments(source):
    """Take a Markdown cell apart.

    Parameters
    ----------
    source : str

    Returns
    -------
    tuple of (str, str or None, str or None)
        The cell's own text, what its slide comment says, and what its notes say; None for what is missing.
    """
    found = {kind: text.strip() for kind, text in COMMENT.findall(source)}
    return COMMENT.sub("", source).strip(), found.get("slide"), found.get("notes")


def read_wall_comments(source):
    """What a Markdown cell says of the code cell that comes next, for a slide.

    Parameters
    ----------
    source : str

    Returns
    -------
    dict of {str: str}
        By "code", "output" and "lines"; without what is missing.
    """
    return {kind: text.strip("\n ") for kind, text in COMMENT.findall(source) if kind in ("code", "output", "lines")}


def remove_comments(notebook):
    """Remove the instructor's comments from a notebook, in place, and cells that hold nothing else.

    Parameters
    ----------
    notebook : dict
        As `json` or nbformat reads it; a cell's source is a text or a list of lines, and stays what it is.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = read_comments("".join(cell["source"]))[0]
            cell["source"] = text if isinstance(cell["source"], str) else text.splitlines(keepends=True)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["source"]]
