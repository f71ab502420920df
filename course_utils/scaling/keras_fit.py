"""What many tutorials show: Keras's own `fit` under a strategy of several workers. With Keras 3 it fails.

The issue is keras-team/keras#20585. A worker runs this in place of loop.py when asked to, and a test will notice when
it starts to work.
"""

from course_utils import networks
from course_utils._tensorflow import tf
from course_utils.data import load_mnist, one_hot, prepare_images


def work(task, say):
    """Try it, and report what happens."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    say(up=strategy.num_replicas_in_sync)
    images, labels = load_mnist()[0]
    with strategy.scope():
        model = networks.build_seed_network()
        model.compile(**networks.SEED_RECIPE)
    error = ""
    try:
        model.fit(prepare_images(images[:128]), one_hot(labels[:128]), batch_size=64, verbose=0)
    except Exception as raised:  # whatever Keras raises: that is what we want to see
        lines = str(raised).strip().splitlines()
        error = f"{type(raised).__name__}: {lines[0]} ... {lines[-1].strip()}"
    say(report={"fit_error": error})
    return 0
