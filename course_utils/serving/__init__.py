"""A small HTTP service that reads handwritten digits, and a page to draw them on; `nox -s serve` starts it."""
