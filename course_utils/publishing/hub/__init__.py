"""A JupyterHub for a class: what the course needs of any hub, and one to try out on this machine (`nox -s hub`)."""
