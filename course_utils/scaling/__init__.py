"""Scaling out: one training on several workers, and many trainings on a cluster.

An extra, as only lesson 12 needs it: ``pip install -e ".[scaling]"``.

- training.py: what a training on several workers is: its settings, and which images each worker reads. NumPy only.
- loop.py: what one worker does: the training loop under a strategy of TensorFlow, with checkpoints.
- process.py: the process of a worker, which ends with the command that started it.
- workers.py: the command that starts the workers, watches them, and ends all of them together.
- meeting.py: how workers on several machines find each other, and hear of each other's end.
- tasks.py: independent runs as tasks on Dask.
- seeds.py: such a task: the seed's recipe from one random seed.
- cost.py: a small model of what it costs to add up the slopes of many workers.
"""
