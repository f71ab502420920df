"""Scaling out: one training run on several workers, and many training runs on a cluster.

An extra, because only lessons 12 and 13 need it: ``pip install -e ".[scaling]"``.

- training.py: what a training run on several workers is: its settings, and which images each worker reads. NumPy only.
- loop.py: what one worker does: the training loop under a strategy of TensorFlow, with checkpoints.
- process.py: a worker's process, which ends when the command that started it does.
- workers.py: the command that starts the workers, watches them, and ends all of them together.
- meeting.py: how workers on several machines find each other, and learn that one of them has ended.
- tasks.py: independent runs as tasks on Dask.
- seeds.py: one such task: the original recipe from one random seed.
- search.py: a search for good hyperparameters: Optuna proposes, successive halving stops, Dask's workers train.
- cost.py: a small model of what all-reduce costs.
"""
