"""A search for good hyperparameters: trials that train in turns on Dask's workers, most of them stopped early.

Three parts work together. A *sampler* of Optuna proposes settings. *Successive halving* decides which trials go on. And
lesson 12's workers train. Only this process, the driver, asks the sampler, tells it what came of it, and writes files.
"""

import contextlib
import io
import math
import numbers
import os
import zipfile
from pathlib import Path

import locket
import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import RandomSampler, TPESampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import Trial, TrialState, create_trial

from course_utils.scaling.tasks import TaskError, check_whole, count_workers, open_pool
from course_utils.scaling.training import ScalingError

SAMPLERS = {
    "random": RandomSampler,
    "tpe": TPESampler,
}  # TPE: tree-structured Parzen estimator; its first 10 are random


def search(
    train_to,
    space,
    *,
    rungs,
    n_trials,
    storage,
    sampler="random",
    seed=0,
    reduction_factor=3,
    address=None,
    n_workers=None,
):
    """Search for good hyperparameters on many workers, and hand back each trial as soon as it is over.

    Which trials go on is decided by asynchronous successive halving: all train to the first rung, a small number of
    epochs, and a trial trains on to the next rung only if its value is among the best third (for a `reduction_factor`
    of 3) of all values that were reported at its rung so far. So most epochs are spent on promising settings, at the
    risk of losing some that start slowly; the earliest trials have few rivals and are stopped less often. The method is
    from Jamieson and Talwalkar, 2016, *Non-stochastic Best Arm Identification and Hyperparameter Optimization*, and its
    asynchronous form from Li and others, 2020, *A System for Massively Parallel Hyperparameter Tuning* (ASHA).

    Everything is stored at once. After the driver or the machine was killed, the same call goes on: it first yields the
    trials that are over, then trains the others on from their last rung. With one worker at a time it finds exactly
    what it would have found undisturbed, if `train_to` does. With more, it depends on which trial is faster.

    Parameters
    ----------
    train_to : callable
        A worker calls ``train_to(settings, number, checkpoint, epochs)``: the trial's settings, its number, what the
        last call for this trial returned as checkpoint (None at first), and the rung to train to, in epochs from the
        start. It returns a pair: a value, the larger the better, and a checkpoint, bytes or a dict of NumPy arrays.
    space : dict
        A distribution of Optuna for each setting, as ``{"rate": FloatDistribution(1e-4, 1e-1, log=True)}``.
    rungs : sequence of int
        After how many epochs trials are compared, as (2, 6, 18).
    n_trials : int
        The budget: how many trials to start, those included that are stored. It may grow from call to call.
    storage : str or pathlib.Path
        A file for Optuna's journal. Checkpoints are in a folder beside it, as long as a trial isn't over.
    sampler : str
        ``"random"``, or ``"tpe"``, which learns from what was found.
    seed : int
    reduction_factor : int
        One of how many trials goes on.
    address, n_workers
        As in `run_tasks`.

    Yields
    ------
    optuna.trial.FrozenTrial
        Of interest: ``number``; ``params``, its settings; ``intermediate_values``, by rung; ``value``, the last of
        them; ``state.name``, which is COMPLETE, PRUNED, or FAIL. A trial fails if its value is not finite, or if
        `train_to` raised an exception twice; ``user_attrs["error"]`` says which.

    Raises
    ------
    TypeError, ValueError
        If the arguments are wrong.
    ScalingError
        If the storage is damaged, in use, or that of another search; if the workers cannot be used.
    TaskError
        At the end, if `train_to` raised exceptions in this call.
    """
    if not callable(train_to):
        raise TypeError(f"train_to must be a function, got {train_to!r}")
    pairs = space.items() if isinstance(space, dict) else ()
    if not pairs or not all(isinstance(name, str) and isinstance(one, BaseDistribution) for name, one in pairs):
        example = '{"rate": FloatDistribution(1e-4, 1e-1, log=True)}'
        raise TypeError(f"space must be a dict with a distribution for each setting, as {example}, got {space!r}")
    whole = isinstance(rungs, list | tuple) and rungs and all(type(rung) is int for rung in rungs)
    if not whole or [0, *rungs] != sorted({0, *rungs}):
        raise ValueError(
            f"rungs must be numbers of epochs, each larger than the one before, as (2, 6, 18), got {rungs!r}"
        )
    if sampler not in SAMPLERS:
        raise ValueError(f"sampler must be one of {', '.join(SAMPLERS)}, got {sampler!r}")
    for name, value, least in (("n_trials", n_trials, 1), ("reduction_factor", reduction_factor, 2), ("seed", seed, 0)):
        check_whole(name, value, least)
    plan = {"rungs": list(rungs), "sampler": sampler, "seed": seed, "reduction_factor": reduction_factor}
    return _search(train_to, space, plan, n_trials, Path(storage), address, count_workers(n_workers))


def epochs_spent(trials):
    """How many epochs trials have trained, not counting what was lost with a worker or the driver."""
    return sum(trial.last_step or 0 for trial in trials)


def _search(train_to, space, plan, n_trials, storage, address, n_workers):
    with _locked(storage):
        study = _open_study(storage, space, plan)
        checkpoints = Checkpoints(Path(f"{storage}.checkpoints"))
        trials = study.trials
        checkpoints.keep(trials)
        yield from (trial for trial in trials if trial.state.is_finished())
        waiting = [trial.number for trial in trials if not trial.state.is_finished()]
        to_ask = list(range(len(trials), n_trials))
        if not waiting and not to_ask:
            return
        failed = {}
        n_workers = min(n_workers, len(waiting) + len(to_ask))
        with open_pool(train_to, address, n_workers) as pool:
            results = iter(pool)
            while waiting or to_ask or len(pool):
                while (waiting or to_ask) and len(pool) < pool.count_slots():
                    if not waiting:
                        _ask(study, space, plan)
                        waiting.append(to_ask.pop(0))
                    trials = study.get_trials(deepcopy=False)  # copying takes time
                    trial = trials[waiting.pop(0)]
                    task = _what_next(trial, trials, plan)
                    if isinstance(task, TrialState):
                        yield _tell(study, trial, task, checkpoints)
                    else:
                        checkpoint = checkpoints.read(trial)
                        pool.submit((trial.number, task), (trial.params, trial.number, checkpoint, task))
                if not len(pool):
                    continue
                (number, rung), result, error = next(results)
                trial = study.get_trials(deepcopy=False)[number]
                if error is not None:
                    failed[f"trial {number}"] = error
                    why = f"{type(error).__name__}: {error}"
                else:
                    value, checkpoint = _check_result(result)
                    why = "" if math.isfinite(value) else f"the value after {rung} epochs is {value}"
                if why:
                    yield _tell(study, trial, TrialState.FAIL, checkpoints, why)
                else:
                    checkpoints.write(number, rung, checkpoint)  # first: the report says that it is there
                    Trial(study, trial._trial_id).report(value, rung)
                    checkpoints.keep(study.get_trials(deepcopy=False))
                    waiting.insert(0, number)
    if failed:
        raise TaskError(failed)


def _ask(study, space, plan):
    """Add a trial with settings that the sampler proposes.

    Each trial has its own sampler, made from the seed and the trial's number: after a restart it proposes the same.
    It is asked in memory and the trial stored in one piece, since a kill between two settings would leave half of it.
    """
    trials = study.get_trials(deepcopy=False)
    seed = np.random.SeedSequence([plan["seed"], len(trials)]).generate_state(1)[0]
    draft = optuna.create_study(direction="maximize", sampler=SAMPLERS[plan["sampler"]](seed=int(seed)))
    draft.add_trials(trials)
    settings = draft.ask(space).params
    study.add_trial(create_trial(state=TrialState.RUNNING, params=settings, distributions=space))


def _what_next(trial, trials, plan):
    """The rung to train a trial to, or the state in which it ends: successive halving."""
    rungs = plan["rungs"]
    rung = trial.last_step  # None before the first rung
    if rung is None:
        return rungs[0]
    if rung == rungs[-1]:
        return TrialState.COMPLETE
    values = sorted(other.intermediate_values[rung] for other in trials if rung in other.intermediate_values)
    n_best = max(1, len(values) // plan["reduction_factor"])
    if trial.intermediate_values[rung] < values[-n_best]:
        return TrialState.PRUNED
    return rungs[rungs.index(rung) + 1]


def _tell(study, trial, state, checkpoints, why=""):
    """End a trial: store its state, delete its checkpoint, and return it as stored."""
    if why:
        Trial(study, trial._trial_id).set_user_attr("error", why)
    value = trial.intermediate_values[trial.last_step] if state == TrialState.COMPLETE else None
    told = study.tell(trial.number, value, state)
    checkpoints.keep(study.get_trials(deepcopy=False))
    return told


def _check_result(result):
    """What `train_to` returned, if it is a value and a checkpoint."""
    match result:
        case (numbers.Real() as value, bytes() | dict() as checkpoint):
            arrays = checkpoint.values() if isinstance(checkpoint, dict) else ()
            if all(isinstance(array, np.ndarray | np.generic) for array in arrays):
                return float(value), checkpoint
    raise TypeError(
        f"train_to must return a pair, a number and bytes or a dict of NumPy arrays, got {result!r:.200}; correct it "
        "and start the search again: it goes on where it was"
    )


# ---- what is stored: Optuna's journal, and the checkpoints of trials that are not over


@contextlib.contextmanager
def _locked(storage):
    """Keep other drivers out. The operating system opens the lock when a process ends, however it ends."""
    storage.parent.mkdir(parents=True, exist_ok=True)
    try:
        with locket.lock_file(f"{storage.resolve()}.in_use", timeout=0):
            yield
    except locket.LockError:
        raise ScalingError(
            f"another search uses {storage}: wait for its end, or stop it (in a notebook: restart the kernel)"
        ) from None


class _NoLock:
    """For Optuna's journal, which is locked already. Its own locks outlive a driver that is killed."""

    def acquire(self):
        return True

    def release(self):
        pass


def _open_study(storage, space, plan):
    """The study in a journal, which is made if it isn't there."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # it tells of every study that is made
    try:
        _cut_last_line(storage)
        backend = JournalStorage(JournalFileBackend(str(storage), lock_obj=_NoLock()))
        if "search" not in optuna.get_all_study_names(backend):
            optuna.create_study(study_name="search", storage=backend, direction="maximize")
        study = optuna.load_study(study_name="search", storage=backend, sampler=RandomSampler())
        found, trials = study.user_attrs.get("search"), study.trials
    except OSError:
        raise
    except Exception as error:  # whatever Optuna makes of lines that it did not write
        raise ScalingError(
            f"{storage} is no journal of a search, or damaged ({type(error).__name__}: {error}); put a copy of it in "
            "its place, or name another file to start over"
        ) from None
    wanted = plan | {f"space[{name!r}]": repr(distribution) for name, distribution in space.items()}
    if found is None and not trials:
        study.set_user_attr("search", wanted)
    elif found != wanted:
        found = found or {}
        differ = [
            f"{name} is {found.get(name)} there and {wanted.get(name)} here"
            for name in found | wanted
            if found.get(name) != wanted.get(name)
        ]
        raise ScalingError(f"{storage} is of another search: {'; '.join(differ)}; name another file, or go back to it")
    return study


def _cut_last_line(storage):
    """Remove a last line that a kill left unfinished: Optuna would write on in the same line."""
    if not storage.exists():
        return
    journal, start = storage.read_bytes(), b'{"op_code":'
    end = journal.rfind(b"\n") + 1
    if not journal.startswith(start[: len(journal)]) or journal.count(start, end) > 1:
        raise ValueError("its lines are not Optuna's")
    with open(storage, "r+b") as file:
        file.truncate(end)


class Checkpoints:
    """A folder with the last checkpoint of each trial that is not over, as ``NUMBER-RUNG.npz``.

    Parameters
    ----------
    folder : pathlib.Path
    """

    def __init__(self, folder):
        self._folder = folder

    def write(self, number, rung, checkpoint):
        """Write a checkpoint so that a kill at any moment leaves all of it or nothing."""
        self._folder.mkdir(exist_ok=True)
        arrays = checkpoint if isinstance(checkpoint, dict) else {"as bytes": np.frombuffer(checkpoint, np.uint8)}
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **arrays)
        scratch = self._folder / "part"
        scratch.write_bytes(content.getbuffer())
        os.replace(scratch, self._folder / f"{number}-{rung}.npz")

    def read(self, trial):
        """The checkpoint of a trial's last rung. None before the first, or if it was deleted: it starts over."""
        path = self._folder / f"{trial.number}-{trial.last_step}.npz"
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = dict(stored)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise ScalingError(f"{path} is damaged ({error}); delete it, and its trial starts over") from None
        return arrays["as bytes"].tobytes() if "as bytes" in arrays else arrays

    def keep(self, trials):
        """Delete all checkpoints but the last of each trial that is not over, and the folder when none is left."""
        names = [f"{trial.number}-{trial.last_step}.npz" for trial in trials if not trial.state.is_finished()]
        if self._folder.exists():
            for path in self._folder.iterdir():
                if path.name not in names:
                    path.unlink()
            with contextlib.suppress(OSError):
                self._folder.rmdir()
