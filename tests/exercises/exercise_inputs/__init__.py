"""For each exercise that asks for a function, what its statement allows as input, for Hypothesis to draw from.

One module for each lesson, with one strategy for each such exercise, under the exercise's name; it draws the arguments
as a tuple. test_exercise_inputs.py beside it runs all of them; nothing is registered anywhere else.
"""
