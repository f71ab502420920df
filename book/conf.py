"""The settings of the web book. `nox -s book` puts its pages together first, and gives those that it computes."""

from importlib.util import find_spec

from course_utils.publishing.book.inventories import ALIASES

project = "Convolutional neural networks"
author = "The authors of the course"
html_title = project

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "sphinx_copybutton",
    "course_utils.publishing.book.extension",
]
myst_enable_extensions = ["amsmath", "attrs_inline", "dollarmath"]
myst_heading_anchors = 4

default_role = "py:obj"  # what stands between single backticks in a docstring
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True  # as they are written: a value may be a path of this machine
autodoc_typehints = "none"
autodoc_mock_imports = [] if find_spec("torch") else ["torch"]
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
numpydoc_xref_aliases = ALIASES
numpydoc_xref_ignore = "all"

html_theme = "furo"
html_math_renderer = "drawn"
html_css_files = ["book.css"]
html_js_files = [("book.js", {"loading_method": "defer"})]
html_scaled_image_link = False
html_copy_source = html_show_sourcelink = False
html_show_search_summary = False  # it fetches the pages, which a browser refuses to a file
html_use_index = html_domain_indices = False
copybutton_selector = "div.highlight-python pre, div.highlight-bash pre, div.highlight-default pre"
copybutton_exclude = ".gp, .go"

epub_basename = epub_identifier = epub_uid = "cnn-course"
epub_show_urls = "no"
epub_exclude_files = ["search.html"]
suppress_warnings = ["epub.unknown_project_files"]
