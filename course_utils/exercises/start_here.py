"""The exercise and the quiz of lesson 00, Start here: toys, to learn how checks, hints, and solutions work."""

import numpy as np

from course_utils.exercises.engine import function
from course_utils.exercises.quiz import Question, Quiz

LESSON = 0


@function(
    cases={
        "three of eight pixels hold ink": (np.array([[0, 9, 0, 200], [0, 0, 255, 0]], dtype="uint8"),),
        "a blank image": (np.zeros((3, 3), dtype="uint8"),),
        "nothing but ink": (np.full((2, 5), 255, dtype="uint8"),),
        "one pixel": (np.array([[7]], dtype="uint8"),),
        "600 pixels with ink, more than a uint8 can count": (np.repeat(np.arange(2, dtype="uint8"), 600)[None],),
    },
    shows="A comparison gives True and False, which count as 1 and 0, so their mean is a share.",
    hints=[
        "Which pixels hold ink? `image > 0` is True for those, and False for the others.",
        "True counts as 1 and False as 0. So what is the sum of `image > 0`, and what is its mean?",
    ],
)
def ink_share(image):
    """The share of an image's pixels that hold ink."""
    return np.mean(image > 0)


ink_share.mistake(
    "That is a count. A share is the count divided by the number of all pixels.", lambda image: np.sum(image > 0)
)
ink_share.mistake("That is the share of paper. Ink is whatever is above 0.", lambda image: np.mean(image == 0))
ink_share.mistake("That is a percentage. A share goes from 0 to 1.", lambda image: 100 * np.mean(image > 0))
ink_share.mistake("That is the number of all pixels. How many of them hold ink?", lambda image: image.size)
for look in (np.mean, lambda image: np.mean(image) / 255):
    ink_share.mistake(
        "That is how dark the image is on average. Every pixel above 0 counts the same, faint or dark.", look
    )
ink_share.mistake("255 is only the darkest ink. Any pixel above 0 holds some.", lambda image: np.mean(image == 255))


quiz = Quiz(
    Question(
        "You come back from lunch, run a cell in the middle of a lesson, and get `NameError: name 'model' is not "
        "defined`. What helps?",
        right="b",
        a=(
            "Install the course again",
            "The course is fine. The name is missing because the cell that defines it has not run in this kernel.",
        ),
        b=(
            "Menu *Kernel*, *Restart Kernel and Run All Cells*",
            "All cells run in order, and each finds the names that it needs. What you wrote stays.",
        ),
        c=(
            "Write `model = None` above",
            "Then the name exists, and the next line that uses it fails: the network itself is still missing.",
        ),
    ),
)
