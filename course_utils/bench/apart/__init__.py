"""Lesson 12's workers on hosts that are really apart, as far as one machine can have them.

- hosts.py: hosts with addresses and cables of their own, in namespaces of Linux's; they can be limited, cut off, ended.
- relay.py: a relay that hands on what it is sent after a while, because Linux's own delay is not in every kernel.
- sync.py: what a worker does to be timed: steps, and all-reduce alone.
- measure.py: `nox -s bench -- apart`.
- slurm.py: `nox -s slurm`, the lesson's line under a Slurm of its own.
"""
