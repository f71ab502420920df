"""The long runs behind the lessons: the shipped network, the validation curves, the spread over seeds.

Each finished run is stored at once, so a run that is killed goes on where it stopped when started again.
"""

import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from course_utils.bench.store import RESULTS, new_result, read_result, write_json
from course_utils.data import load_mnist, one_hot, prepare_images, split_validation

N_SEEDS = 10
VALIDATION_EPOCHS = 15


def _prepared():
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    train = prepare_images(train_images), one_hot(train_labels)
    return train, (prepare_images(test_images), one_hot(test_labels))


def progress_bar():
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns)


def advance(progress, task):
    """A callback that moves a progress bar by one for each epoch."""
    from course_utils._tensorflow import keras

    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: progress.advance(task))


def _train_and_test(seed, train, test, callbacks):
    from course_utils.training import train_seed_network

    start = time.perf_counter()
    model, history = train_seed_network(*train, seed=seed, callbacks=callbacks)
    seconds = time.perf_counter() - start
    test_loss, test_acc = model.evaluate(*test, verbose=0)
    n_correct = round(test_acc * len(test[0]))
    run = {"seed": seed, "n_correct": n_correct, "test_acc": n_correct / len(test[0]), "test_loss": test_loss}
    return model, run | {"loss": history["loss"], "accuracy": history["accuracy"], "seconds": round(seconds, 1)}


def seeds():
    """The seed's recipe from ten random seeds: what changes when nothing changes but chance."""
    from course_utils.training import EPOCHS

    try:
        result = read_result("seeds")
    except FileNotFoundError:
        result = new_result(seeds.__doc__, "nox -s bench -- seeds") | {"runs": []}
    missing = [seed for seed in range(N_SEEDS) if seed not in [run["seed"] for run in result["runs"]]]
    if not missing:
        print("all runs are stored; `nox -s bench -- seeds --fresh` makes them anew")
        return
    train, test = _prepared()
    with progress_bar() as progress:
        task = progress.add_task("epochs", total=N_SEEDS * EPOCHS, completed=(N_SEEDS - len(missing)) * EPOCHS)
        for seed in missing:
            _, run = _train_and_test(seed, train, test, [advance(progress, task)])
            result["runs"].append(run)
            write_json(RESULTS / "seeds.json", result)
            progress.console.print(f"seed {seed}: test accuracy {run['test_acc']:.4f}, {run['seconds']:.0f} s")


def validation():
    """The seed's recipe on 50,000 images, 10,000 set aside for validation, for longer than the seed trains."""
    from course_utils.training import train_seed_network

    (images, labels), _ = load_mnist()
    train, held_out = split_validation(prepare_images(images), one_hot(labels))
    with progress_bar() as progress:
        task = progress.add_task("epochs", total=VALIDATION_EPOCHS)
        _, history = train_seed_network(
            *train, seed=0, epochs=VALIDATION_EPOCHS, validation_data=held_out, callbacks=[advance(progress, task)]
        )
    result = new_result(validation.__doc__, "nox -s bench -- validation")
    write_json(RESULTS / "validation.json", result | {"seed": 0, "split_seed": 0, "history": history})


def confidence():
    """The seed's recipe on 50,000 images: how sure it is of each of the 10,000 others, and whether it is right."""
    from course_utils.training import EPOCHS, train_seed_network

    (images, labels), _ = load_mnist()
    (train, digits), (held_out, answers) = split_validation(prepare_images(images), labels)
    with progress_bar() as progress:
        task = progress.add_task("epochs", total=EPOCHS)
        model, _ = train_seed_network(train, one_hot(digits), seed=0, callbacks=[advance(progress, task)])
    probabilities = model.predict(held_out, batch_size=500, verbose=0)
    right = probabilities.argmax(axis=1) == answers
    result = new_result(confidence.__doc__, "nox -s bench -- confidence") | {"seed": 0, "split_seed": 0}
    # Two long texts and not two lists: a list would fill 20,000 lines.
    result["right"] = "".join("1" if one else "0" for one in right)
    result["confidence"] = " ".join(f"{one:.6f}" for one in probabilities.max(axis=1))
    write_json(RESULTS / "confidence.json", result)


def network():
    """The network that ships with the course: the seed's recipe from seed 0."""
    from course_utils.models import SEED_NETWORK_FILE, build_seed_network
    from course_utils.training import EPOCHS

    train, test = _prepared()
    with progress_bar() as progress:
        task = progress.add_task("epochs", total=EPOCHS)
        model, run = _train_and_test(0, train, test, [advance(progress, task)])
    # The optimizer's state would double the file, and nobody trains this network further.
    plain = build_seed_network()
    plain.set_weights(model.get_weights())
    plain.save(SEED_NETWORK_FILE)
    write_json(SEED_NETWORK_FILE.with_suffix(".json"), new_result(network.__doc__, "nox -s bench -- network") | run)
