"""Checks of functions of a PyTorch network: what they leave as it was, and where they run."""

import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils.exercises import modules, pytorch

torch = pytest.importorskip("torch", reason="PyTorch is an extra")
pytestmark = pytest.mark.numbers

linux = pytest.mark.skipif(sys.platform != "linux", reason="only there is an answer judged in a copy of the kernel")


def train_step(network, images, labels, optimizer):
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def predict(network, images):
    mode = network.training
    network.eval()
    with torch.no_grad():
        classes = network(images).argmax(1)
    network.train(mode)
    return classes


ANSWERS = {"train_step": train_step, "predict": predict}


@pytest.fixture
def two_threads():
    """PyTorch's threads are at work, as they are in a kernel that has trained."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    (torch.ones(600, 600) @ torch.ones(600, 600)).sum()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def judged_here(monkeypatch):
    """The processes, seen from this one, in which exercises were judged."""
    found = []
    for name in ANSWERS:
        exercise = getattr(pytorch, name)
        judge = exercise._judge_here
        monkeypatch.setattr(
            exercise, "_judge_here", lambda answer, judge=judge: found.append(os.getpid()) or judge(answer)
        )
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_a_check_leaves_pytorch_as_it_was(name, two_threads):
    torch.manual_seed(3)
    expected = torch.rand(2).tolist()
    torch.manual_seed(3)
    assert getattr(pytorch, name).judge(ANSWERS[name]).status == "right"
    assert torch.rand(2).tolist() == expected
    assert torch.get_num_threads() == 2
    assert torch.is_grad_enabled()


def test_a_check_that_loads_pytorch_leaves_it_unseeded():
    code = "from course_utils.exercises import modules\n"
    code += "modules.run(lambda *_: 0, ((('Flatten',),), 'eval'), (1, 1, 1, 1))\n"
    code += "import torch; print(torch.initial_seed())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert int(run.stdout) != 0, run.stderr


def test_whatever_an_answer_sets_is_given_back():
    def switches(weights):
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(0)
        return weights

    torch.manual_seed(4)
    expected = torch.rand(1).item()
    torch.manual_seed(4)
    assert pytorch.to_torch.judge(switches).status == "wrong"
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32
    assert torch.rand(1).item() == expected


def test_a_check_works_whatever_is_set_in_the_kernel():
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad(), torch.device("meta"):  # as another device would be
            for name, answer in ANSWERS.items():
                assert getattr(pytorch, name).judge(answer).status == "right"
            assert not torch.is_grad_enabled()
    finally:
        torch.set_default_dtype(torch.float32)


@linux
@pytest.mark.parametrize("name", ANSWERS)
def test_a_copy_of_a_kernel_whose_threads_were_at_work_computes_in_one(name, two_threads, judged_here):
    said = getattr(pytorch, name)._judge_safely(ANSWERS[name])
    assert said.status == "right", said
    assert judged_here == []


@linux
def test_an_answer_to_any_exercise_may_compute_much_with_pytorch_in_a_copy(two_threads):
    def with_much_to_do(weights):
        much = torch.ones(600, 600) @ torch.ones(600, 600)
        moved = torch.tensor(weights) * (much / much)[0, 0]
        return moved.permute(3, 2, 0, 1) if weights.ndim == 4 else moved.T

    said = pytorch.to_torch._judge_safely(with_much_to_do)
    assert said.status == "right", said


@linux
def test_pytorch_for_a_gpu_takes_gradients_in_the_kernel_itself(judged_here, monkeypatch):
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
    said = pytorch.train_step._judge_safely(train_step)
    assert said.status == "right", said
    assert judged_here == [os.getpid()]


def test_without_pytorch_the_check_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(
        modules.extras, "why_missing", lambda extra: f"the extra {extra!r} is not installed: install it"
    )
    for name, answer in ANSWERS.items():
        said = getattr(pytorch, name).judge(answer)
        assert said.status == "not attempted"
        assert said.sentence.endswith("this check needs PyTorch: the extra 'torch' is not installed: install it.")
    assert pytorch.to_torch.judge(lambda weights: np.transpose(weights)).status == "wrong"


def test_exercises_are_loaded_without_pytorch_and_keras():
    code = "import sys; from course_utils.exercises import engine; engine.all_exercises(); "
    code += "print(sorted({'torch', 'keras', 'tensorflow'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr


def test_a_network_is_the_same_each_time_and_each_of_its_weights_is_its_own():
    rows = (("Conv2d", 2, 3, 2), ("BatchNorm2d", 3), ("Flatten",), ("Linear", 12, 4))
    one, other = (modules.build(rows).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)
    numbers = torch.cat([part.ravel() for part in one.values() if part.is_floating_point()])
    assert len(set(numbers.tolist())) == len(numbers)
    assert (one["1.running_var"] > 0).all()
