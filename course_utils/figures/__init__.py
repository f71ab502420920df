"""The pictures of the lessons: one module a lesson, each picture a function with its alt text beside it.

A lesson hands over what it has computed, and the function draws, shows and closes the figure. What teaches stays in the
lesson. ``plotting`` has what any figure needs.
"""
