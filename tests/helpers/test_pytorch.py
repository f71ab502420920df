"""The original network in PyTorch: it computes what Keras's does, and its helpers leave things as they were."""

import subprocess
import sys

import numpy as np
import pytest

from course_utils._tensorflow import keras
from course_utils.data import prepare_images
from course_utils.exporting import load_onnx
from course_utils.networks import build_seed_network, load_seed_network

torch = pytest.importorskip("torch", reason="PyTorch is an extra")

from torch import nn  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

from course_utils import pytorch  # noqa: E402

pytestmark = pytest.mark.numbers


@pytest.fixture
def twins():
    """The shipped network, and PyTorch's with its weights."""
    model, network = load_seed_network(), pytorch.SeedNetwork()
    pytorch.copy_weights(model, network)
    return model, network


def test_it_has_the_parameters_of_the_original_network():
    assert sum(weights.numel() for weights in pytorch.SeedNetwork().parameters()) == 121_994


def test_with_copied_weights_it_answers_as_keras_does(twins, mnist):
    model, network = twins
    images = prepare_images(mnist[1][0][:300])
    with torch.no_grad():
        answers = pytorch.FromKerasImages(network)(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(answers, model.predict(images, verbose=0), atol=1e-5)
    classes = pytorch.predict(network, pytorch.channels_first(images))
    assert classes.tolist() == answers.argmax(axis=1).tolist()


def test_maps_that_are_not_square_are_flattened_in_pytorchs_order():
    """Of (1, 2, 3): places 0 and 1, three channels each."""
    kernel = np.arange(6.0)[:, None]
    assert pytorch.after_flatten(kernel, (1, 2, 3)).tolist() == [[0, 3, 1, 4, 2, 5]]
    assert pytorch.to_torch(np.zeros((3, 5, 1, 32))).shape == (32, 1, 3, 5)
    assert pytorch.to_torch(np.arange(6).reshape(2, 3)).tolist() == [[0, 3], [1, 4], [2, 5]]
    assert pytorch.to_torch(np.arange(3)).tolist() == [0, 1, 2]


def test_layers_that_do_not_fit_are_named():
    network = pytorch.SeedNetwork()
    stack = [keras.Input((28, 28, 1)), keras.layers.BatchNormalization(), keras.layers.Flatten()]
    with pytest.raises(ValueError, match=r"expected 5 layers of type Conv2D or Dense with weights, got \['Batch"):
        pytorch.copy_weights(keras.Sequential(stack), network)
    model = build_seed_network()
    network.classifier[-1] = nn.Linear(64, 11)
    with pytest.raises(ValueError, match=r": expected weights of shape \(11, 64\), got \(10, 64\)"):
        pytorch.copy_weights(model, network)


@pytest.mark.parametrize("gradient", [1.0, 1e-3, 1e-6])
def test_keras_rmsprop_makes_kerass_steps(gradient):
    gradients = [gradient, -2 * gradient, gradient / 3]
    variable, weights = keras.Variable(np.zeros(1)), nn.Parameter(torch.zeros(1))
    ours, theirs = keras.optimizers.RMSprop(0.001, rho=0.9, epsilon=1e-7), pytorch.KerasRMSprop([weights])
    torchs_own = nn.Parameter(torch.zeros(1))
    own = torch.optim.RMSprop([torchs_own], lr=0.001, alpha=0.9, eps=1e-7)
    for one in gradients:
        ours.apply_gradients([(np.array([one], "float32"), variable)])
        weights.grad, torchs_own.grad = torch.tensor([one]), torch.tensor([one])
        theirs.step()
        own.step()
    assert weights.item() == pytest.approx(float(variable.numpy()[0]), rel=1e-4)
    if gradient < 1e-4:
        assert abs(torchs_own.item()) > 10 * abs(weights.item())  # PyTorch's own adds epsilon elsewhere


def test_weights_without_a_gradient_stay():
    used, unused = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    used.grad = torch.ones(2)
    pytorch.KerasRMSprop([used, unused]).step()
    assert (used < 1).all() and (unused == 1).all()


def test_first_weights_are_drawn_as_keras_draws_them():
    network = pytorch.SeedNetwork()
    pytorch.start_like_keras(network)
    layers = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    ours = [layer.kernel.numpy() for layer in build_seed_network().layers if layer.weights]
    for layer, kernel in zip(layers, ours, strict=True):
        assert not layer.bias.any()
        assert layer.weight.abs().max().item() == pytest.approx(abs(kernel).max(), rel=0.1)


def test_training_lowers_the_loss_and_leaves_the_network_in_training_mode(mnist):
    (images, labels), _ = mnist
    torch.manual_seed(0)
    network = pytorch.SeedNetwork().eval()
    loader = DataLoader(pytorch.Digits(images[:1280], labels[:1280]), batch_size=64, shuffle=True)
    losses = pytorch.train(network, loader, torch.optim.Adam(network.parameters()), epochs=2)
    assert len(losses) == 40 and np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])
    assert network.training


def test_no_step_has_the_gradient_of_the_one_before():
    """Plain gradient descent moves weights by the rate times the gradient of this batch alone."""
    torch.manual_seed(0)
    network, images, labels = nn.Sequential(nn.Flatten(), nn.Linear(4, 3)), torch.rand(6, 1, 2, 2), torch.arange(6) % 3
    steps = []
    for _ in range(3):
        before = network[1].weight.detach().clone()
        (gradient,) = torch.autograd.grad(nn.functional.cross_entropy(network(images), labels), network[1].weight)
        pytorch.train(network, [(images, labels)], torch.optim.SGD(network.parameters(), lr=0.1))
        steps.append((network[1].weight.detach() - before, -0.1 * gradient))
    for moved, should in steps:
        torch.testing.assert_close(moved, should, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("training", [True, False])
def test_a_prediction_leaves_the_mode_and_keeps_no_graph(training):
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Dropout(0.9)).train(training)
    images = torch.rand(7, 1, 28, 28)
    first, second = (pytorch.predict(network, images, batch_size=3) for _ in range(2))
    assert first.tolist() == second.tolist() and first.shape == (7,) and network.training is training


def test_digits_are_given_one_at_a_time_and_distorted_where_asked(mnist):
    (images, labels), _ = mnist
    plain, distorted = (pytorch.Digits(images[:9], labels[:9], distort=distort) for distort in (False, True))
    image, label = plain[3]
    assert image.shape == (1, 28, 28) and image.dtype == torch.float32 and type(label) is int and label == labels[3]
    assert len(plain) == 9 and np.array_equal(image.numpy()[0] * 255, images[3])
    first, second = distorted[3][0], distorted[3][0]
    assert not torch.equal(first, second) and first.dtype == torch.float32 and 0 <= first.min() <= first.max() <= 1


@pytest.mark.slow
@pytest.mark.parametrize("training", [True, False])
def test_an_exported_network_takes_any_number_of_images(twins, mnist, tmp_path, capfd, recwarn, training):
    model, network = twins
    served = pytorch.FromKerasImages(network).train(training)
    pytorch.export_onnx(served, tmp_path / "network.onnx", torch.zeros(2, 28, 28, 1))
    assert served.training is training and list(recwarn) == []
    assert capfd.readouterr() == ("", "")
    read, images = load_onnx(tmp_path / "network.onnx"), prepare_images(mnist[1][0][:5])
    for n in (1, 5):
        np.testing.assert_allclose(read(images[:n]), model.predict(images[:n], verbose=0), atol=1e-5)


def test_a_worker_that_loads_batches_loads_neither_keras_nor_tensorflow():
    code = "import sys, course_utils.pytorch; print(sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_threads_of_pytorch_wait_asleep():
    """Where other programs run, too, threads that wait in a loop take ten times as long."""
    code = "import course_utils, os; print(os.environ['OMP_WAIT_POLICY'])"
    environment = {"PATH": "", "SYSTEMROOT": "C:\\Windows"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "PASSIVE\n"
