"""The web book: static pages of the whole course, from the executed lessons, made by Sphinx.

    lessons.py    a lesson as a page: an executed notebook becomes Markdown with pictures
    documents.py  all other pages: those in book/, and what they take from README.md, INSTRUCTORS.md and so on
    terms.py      the glossary, and the definition of a term wherever a page uses it first
    extension.py  what Sphinx is told beside conf.py: formulas are drawn, terms are explained
    inventories.py  where NumPy, Keras and others document what the course's docstrings name
    build.py      puts the pages together and runs Sphinx; `nox -s book`
"""
