"""The web book: static pages of the whole course, from the executed lessons, made by Sphinx.

- lessons.py: a lesson as a page: an executed notebook becomes Markdown with pictures.
- documents.py: all other pages: those in book/, and what they take from README.md, INSTRUCTORS.md and so on.
- terms.py: the glossary, and where a page uses one of its terms first.
- extension.py: what Sphinx learns: formulas are drawn, terms say what they mean, widgets come to life.
- inventories.py: where NumPy, Keras and others document what the course's docstrings name.
- build.py: puts the pages together, runs Sphinx, prints, packs the e-book; `nox -s book`.
"""
