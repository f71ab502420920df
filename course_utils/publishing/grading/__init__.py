"""Grade a class, `nox -s grade -- FOLDER`: from submissions to records, and from these to grades and reports.

- submissions.py finds the students in a folder and their notebooks.
- answers.py takes the answers out of a notebook, with what they need.
- runner.py is the process in which an answer runs; it has no checks in it. sandbox.py starts it and ends it.
- wire.py is how values travel between the two: nothing that arrives can execute code.
- judging.py has the checks: it calls each answer in its process and makes a row of what comes back.
- networks.py trains the networks that were handed in, in a process of its own.
- records.py stores the rows; processes.py hands the students to several processes of this machine.
- scheme.py reads what answers are worth and what being late costs.
- reports.py writes all that is made from the records: the pages of pages.py, the imports of exports.py, and what
  likeness.py finds alike.
"""
