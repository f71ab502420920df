"""What Sphinx learns for the book: formulas are drawn as in the decks, terms have their definition beside them."""

from docutils import nodes
from sphinx import addnodes

from course_utils.publishing.book.terms import SENSE, TermFinder, read_terms
from course_utils.publishing.lessons import NOTEBOOKS
from course_utils.publishing.markdown import draw_formula

NOT_IN = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.raw, nodes.math, nodes.math_block)
# Pages that are not for students, and the glossary itself.
WITHOUT_TERMS = (
    "glossary",
    "instructors",
    "install",
    "measurements",
    "contributing",
    "changelog",
    "licenses",
    "cite",
    "api/",
)


class term_use(nodes.inline):  # noqa: N801  as docutils names its nodes
    """The first use of a term on a page."""


def _open_term(self, node):
    attributes = {"href": node["uri"], "data-definition": node["definition"]}
    self.body.append(self.starttag(node, "a", "", CLASS="term", **attributes))


def _close_term(self, node):
    self.body.append("</a>")


def _skip(self, node):
    pass


def explain_terms(app, doctree, docname):
    """Give the first use of each term on a page its definition; in bold, a page defines the term itself."""
    if app.builder.name != "html" or docname.startswith(WITHOUT_TERMS):
        return
    finder = TermFinder(app.terms, int(docname[:2]) if docname[:2].isdigit() else 99)
    seen = set()
    page = app.builder.get_relative_uri(docname, "glossary")
    for text in list(doctree.findall(nodes.Text)):
        if any(isinstance(parent, NOT_IN) for parent in _parents(text)):
            continue
        pieces = list(finder.find(text.astext(), seen))
        if isinstance(text.parent, nodes.strong) or not any(term for _, term in pieces):
            continue
        text.parent.replace(text, [_node_of(words, term, page) for words, term in pieces])


def _node_of(words, term, glossary):
    if term is None:
        return nodes.Text(words)
    return term_use("", words, uri=f"{glossary}#{term.anchor}", definition=term.plain_definition)


def _parents(node):
    while node := node.parent:
        yield node


def _draw_inline(self, node):
    self.body.append(f'<span class="formula">{draw_formula(node.astext().strip(), inline=True)}</span>')
    raise nodes.SkipNode


def _draw_block(self, node):
    self.body.append(f'<div class="formula">{draw_formula(node.astext().strip(), inline=False)}</div>\n')
    raise nodes.SkipNode


def add_widgets(app, pagename, templatename, context, doctree):
    """Bring the widgets of a page to life: each kind has a script and a style, which other pages need not load."""
    if app.builder.name != "html":
        return
    kinds = app.env.metadata[pagename].get("widgets", "").split()  # of a page that Sphinx makes, empty
    for kind in kinds:
        app.add_css_file(f"widget-{kind}.css")
    if {"layers", "reader"} & set(kinds):
        app.add_js_file("seed-weights.js", loading_method="defer")
    for kind in kinds:
        app.add_js_file(f"widget-{kind}.js", loading_method="defer")


def name_language(app, pagename, templatename, context, doctree):
    """Say to screen readers that the lessons are English, whatever the language of what Sphinx puts around them."""
    context["language"] = "en"


def _read_glossary(app):
    app.terms = read_terms((NOTEBOOKS / "glossary.md").read_text(encoding="utf-8"))


def note_terms(app, doctree):
    """Let the search know the terms: who looks for one exactly finds its definition first."""
    if app.env.current_document.docname == "glossary":
        forms = [(SENSE.sub("", form), term.anchor) for term in app.terms for form in term.forms]
        entries = [("single", form, anchor, "main", None) for form, anchor in forms]
        doctree.next_node(nodes.section).append(addnodes.index(entries=entries))


def setup(app):
    app.add_node(term_use, html=(_open_term, _close_term), epub=(_skip, _skip))
    app.add_html_math_renderer("drawn", (_draw_inline, None), (_draw_block, None))
    app.connect("builder-inited", _read_glossary)
    app.connect("doctree-read", note_terms)
    app.connect("doctree-resolved", explain_terms)
    app.connect("html-page-context", add_widgets)
    app.connect("html-page-context", name_language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
