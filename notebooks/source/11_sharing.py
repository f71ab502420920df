# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11. Sharing
#
# You will give the network away four times, as a file, to another program, to a phone and over a network, and measure
# what each of the four costs and what it changes.
#
# **50 minutes**. At the end you can
#
# - save a network, load it to the bit, and say what a stranger's file can do to you;
# - run it without Keras, in float32 and in int8, and measure what that saves and what it loses;
# - let others ask it over a network, and tell them what it must not be used for.
#
# <!-- slide
# How do others use it?
# -->
#
# <!-- notes
# 1 minute. Ask who has ever loaded a network that somebody else trained, and what they knew about the file.
# -->

# %% tags=["setup"]
from importlib.util import find_spec
from IPython.core.error import UsageError

if not find_spec("course_utils"):
    raise UsageError("the course is missing here: in its folder, run nox -s lab or pip install -e .")

from course_utils.extras import require_extra

require_extra("sharing")

from course_utils import data, exporting, networks, plotting
from course_utils.exercises import sharing as exercise
from course_utils.figures import sharing as figures

import tempfile
from pathlib import Path

import keras
import numpy as np

plotting.use_course_style()
(_, _), (test_bytes, digits) = data.load_mnist()
images = data.prepare_images(test_bytes)
model = networks.load_seed_network()
scratch = tempfile.TemporaryDirectory()  # gone when the kernel stops
folder = Path(scratch.name)

# %% [markdown]
# ## What is in a saved network?
#
# `model.save` writes one file. It is a ZIP archive, so you can look into it.
#
# **Predict.** The network has 121,994 parameters. How many kilobytes will the file have?
#
# <!-- notes
# 9 minutes. Four bytes a parameter gives 488 kB, and most get that far. The next question, what else must be in it, is
# the interesting one: the layers, their order, their activation functions. Somebody says "the code". Keep that word for
# the stranger's network.
# -->

# %%
import zipfile

print(f"{model.count_params():,} parameters")
model.save(folder / "network.keras")
archive = zipfile.ZipFile(folder / "network.keras")
for part in archive.infolist():
    print(f"{part.filename:18} {part.file_size / 1000:5.0f} kB")

# %% [markdown] tags=["reading"]
# The numbers are nearly all of it. At 4 bytes each, these are 4 · 121,994 bytes, or 488 kB; what their part has beyond
# that is the bookkeeping of its format, HDF5.

# %% [markdown]
# And what else? A computer that has never seen this course can predict with this file. Open `config.json`, and look at
# three of its entries.
#
# **Predict.** What does it say about a layer, to make that possible? Is any code in it, of yours or of Keras?
#
# <!-- slide
# ### And what else?
#
# A computer that has never seen this course can predict with this file.
#
# **Predict.** What does `config.json` say about a layer? Is any code in it, of yours or of Keras?
# -->

# %%
import json

config = json.loads(archive.read("config.json"))
for layer in config["config"]["layers"][1:4]:
    wanted = {"filters", "activation", "pool_size"} & set(layer["config"])
    print(layer["class_name"], {key: layer["config"][key] for key in sorted(wanted)})

# %% [markdown] tags=["reading"]
# A description of the layers, in words: no code of yours and none of Keras. Loading builds the layers from the
# description and fills in the numbers.

# %% [markdown]
# Load the file again, and compare: the numbers, and what the two networks make of 1,000 images.

# %%
loaded = keras.saving.load_model(folder / "network.keras", compile=False)  # to predict, not to train on
before, after = (network.predict(images[:1000], verbose=0) for network in (model, loaded))
alike = [np.array_equal(*pair) for pair in zip(model.get_weights(), loaded.get_weights())]
print("the same 121,994 numbers, to the last bit:", all(alike))
print("the same 10,000 probabilities, to 0.00001:", abs(before - after).max() < 1e-5)

# %% [markdown]
# The numbers are not just close: they are identical. And the same operations on them give the same probabilities.
#
# Can a file hold a layer of your own, too? Keras has a layer that holds any Python function, `Lambda`. The function below
# writes a line into a file. It stands for anything that a program of yours may do.
#
# **Predict.** Somebody puts this layer into a network and sends it to you. You do not train it, you do not even predict
# with it, you only load it. What happens, with `safe_mode=True`, which is the default, and with `False`?
#
# <!-- slide
# A layer may hold any Python function. This one writes a line into a file.
#
# **Predict.** A stranger sends you such a network, and all you do is load it. What happens?
# -->

# %% slideshow={"slide_type": "skip"}
import contextlib

with contextlib.chdir(folder):
    # One expression: write the line, then hand on x as it came, the [1] of the list.
    write_a_line = lambda x: [
        __import__("pathlib").Path("note.txt").write_text("I could have read your mail.\n"), x
    ][1]
    gift = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Lambda(write_a_line), *model.layers])
    gift.save("gift.keras")

# %% slideshow={"slide_type": "slide"}
with contextlib.chdir(folder):  # which will be thrown away
    Path("note.txt").unlink(missing_ok=True)  # start without a note
    for safe_mode in (True, False):
        try:
            keras.saving.load_model("gift.keras", safe_mode=safe_mode, compile=False)
        except ValueError as error:
            print(f"{safe_mode = }:", str(error).partition(". ")[0])
        note = Path("note.txt").read_text() if Path("note.txt").exists() else "nothing"
        print(f"{safe_mode = }, and in note.txt stands:", note)

# %% [markdown] tags=["reading"]
# With `safe_mode=True`, Keras refuses. With `False` the stranger's function ran *while the file was loaded*, with all
# the rights that you have. Many instructions on the web tell you to switch safe mode off when a file does not load.

# %% [markdown]
# Do not rely on any mode. [CVE-2025-1550](https://nvd.nist.gov/vuln/detail/CVE-2025-1550) was a way around safe mode,
# fixed in Keras 3.9, and others have followed. A pickle, the older way to store Python objects, has no such mode at all.
# *A network is only numbers* holds for the numbers, not for the file:
#
# **Load a network as you would run a program: from people you would take a program from.**
#
# <!-- slide
# **Load a network as you would run a program:** from people you would take a program from.
#
# Safe mode helps. It has been got around before.
# -->

# %% [markdown]
# ## Does it say the same without Keras?
#
# A web site or a phone has no Keras, and should not need 2 GB of it to multiply some matrices. **ONNX** is a file format
# that many frameworks write and many runtimes read. It knows no Python, only a list of some 200 operations, and what the
# network is made of must be on it.
#
# **Predict.** Which operations will the file list for our eight layers? And will the probabilities of ONNX's own runtime
# be equal to those of Keras to the bit, nearly equal, or a little worse?
#
# <!-- notes
# 9 minutes. "Worse" is the usual answer: an export is thought of as a copy of a copy. Let them say why it should be.
# The difference comes from the order of additions only, which is worth five sentences: neither result is the true one.
# -->

# %%
import onnx
import onnxruntime

exporting.export_onnx(model, folder / "network.onnx")  # model.export of Keras, without its chatter
graph = onnx.load(folder / "network.onnx").graph
print(", ".join(node.op_type for node in graph.node))

session = onnxruntime.InferenceSession(folder / "network.onnx")
(by_onnx,) = session.run(None, {"images": images[:1000]})
equal_to_the_bit = (by_onnx == before).mean()  # the share of the 10,000 probabilities
print(f"{equal_to_the_bit = :.3f}")
largest_difference = abs(by_onnx - before).max()
print(f"{largest_difference = :.8f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(-0.001, equal_to_the_bit, 0.999)
check_bounds(0, largest_difference, 1e-5)

# %% [markdown] tags=["reading"]
# You know all of these but the ones that reshape: a layer with an activation function has become two or three
# operations. The runtime adds the same products as Keras in another order, and float32 rounds after each sum, so the last
# digits differ. Neither of the two is the true one.

# %% [markdown]
# A phone has its own runtime, **LiteRT** (once TensorFlow Lite), with its own format. Here are all of them side by side:
# the same network as three files, and asked in four ways. Do all four agree?

# %% slideshow={"slide_type": "skip"}
exporting.export_litert(model, folder / "network.tflite")
ways = {
    "predict": lambda x: model.predict(x, verbose=0),
    "a plain call": lambda x: model(x).numpy(),
    "ONNX": exporting.load_onnx(folder / "network.onnx"),
    "LiteRT": exporting.load_litert(folder / "network.tflite"),
}


for name in ("network.keras", "network.onnx", "network.tflite"):
    print(f"{name:14} {(folder / name).stat().st_size / 1000:4.0f} kB")
for name, ask in ways.items():
    difference = abs(ask(images[:100]) - before[:100]).max()
    print(f"{name:13} largest difference below 0.00001: {difference < 1e-5}")

# %% [markdown]
# Now for the time, for one image and for a thousand: each measured several times, the shortest time counts. Printed are
# the milliseconds for one image. The picture shows both cases, as multiples of ONNX's time, which is the dotted line.
#
# **Predict.** Order them: `model.predict`, a plain call `model(images)`, ONNX, LiteRT. Who is fastest for one image, who
# for a thousand? By a little, or by a lot?
#
# <!-- slide
# ### Four ways to ask
#
# The same network by `model.predict`, `model(images)`, ONNX, LiteRT.
#
# **Predict.** Who is fastest for one image, who for a thousand? By a little, or by a lot?
# -->

# %% slideshow={"slide_type": "skip"}
import time


def least_seconds(ask, x, n):
    """The shortest of n measurements: whatever else the computer does can only add to it."""
    seconds = []
    for _ in range(n):
        start = time.perf_counter()
        ask(x)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


one = {name: least_seconds(ask, images[:1], 20) for name, ask in ways.items()}
thousand = {name: least_seconds(ask, images[:1000], 3) for name, ask in ways.items()}

# %%
predict_ms, plain_call_ms, onnx_ms, litert_ms = (1000 * one[name] for name in ways)
print(f"{predict_ms = :.3f}")
print(f"{plain_call_ms = :.3f}")
print(f"{onnx_ms = :.3f}")
print(f"{litert_ms = :.3f}")

# %% tags=["bounds"]
check_bounds(0.1, predict_ms, 50000.0)
check_bounds(0.05, plain_call_ms, 20000.0)
check_bounds(0.001, onnx_ms, 5000.0)
check_bounds(0.001, litert_ms, 5000.0)
check_bounds(0.5, one["predict"] / one["ONNX"], 50000.0)
check_bounds(0.1, one["predict"] / one["a plain call"], 500.0)
check_bounds(0.05, thousand["predict"] / thousand["ONNX"], 20.0)

# %% tags=["figure"]
figures.draw_times(one, thousand)

# %% [markdown] tags=["reading"]
# For a thousand images the arithmetic decides, and everybody does the same arithmetic. For one image hardly any
# arithmetic is left, and what you see is everything around it: `predict` sets up batches, callbacks and a loop for a
# single image. That is not slow code. It is code for another task, and whoever answers one question at a time has to ask
# in another way.
#
# <!-- slide
# For a thousand images, the arithmetic. For one image, everything around it.
# -->

# %% [markdown]
# ## How small can it get?
#
# A weight has 32 bits. Does it need them? **Quantization** stores a whole number instead, the *code*, from −128 to 127,
# one byte. For all weights of a filter together there is one *scale*, the size of a step, and one *zero point*, the code
# that stands for 0:
#
# $$\text{value} \approx \text{scale} \cdot (\text{code} - \text{zero point})$$
#
# The next cell moves each weight to the nearest of the values that so many bits allow. The one after it counts right
# answers, and in the picture the dotted line is the network with all its bits.
#
# **Predict.** Give every weight of the network only 8 bits, that is 256 values; then 6, 4, 3, 2. From where on will the
# accuracy fall, and how far?
#
# <!-- notes
# 6 minutes. Most expect a slow loss with each bit. Draw a ruler with 256 marks, and one with 4, before they answer. The
# test images are used to report a curve here: no number of bits is chosen by it.
# -->

# %%
def round_to_bits(weights, n_bits):
    """The same weights, each moved to the nearest of 2 ** n_bits - 1 values, filter by filter."""
    axes = tuple(range(weights.ndim - 1))  # all but the last: one filter, or one unit
    n_steps = 2 ** (n_bits - 1) - 1
    scale = abs(weights).max(axis=axes, keepdims=True) / n_steps
    return np.round(weights / np.maximum(scale, 1e-12)) * scale

# %%
full = (ways["ONNX"](images[:2000]).argmax(axis=1) == digits[:2000]).mean()
rounded = keras.models.clone_model(model)
accuracies = {}
for n_bits in (8, 7, 6, 5, 4, 3, 2):
    rounded.set_weights([round_to_bits(w, n_bits) if w.ndim > 1 else w for w in model.get_weights()])
    answers = rounded.predict(images[:2000], batch_size=500, verbose=0).argmax(axis=1)
    accuracies[n_bits] = (answers == digits[:2000]).mean()
lost_at_8_bits, lost_at_2_bits = full - accuracies[8], full - accuracies[2]
print(f"{lost_at_8_bits = :.4f}")
print(f"{lost_at_2_bits = :.4f}")

# %% tags=["bounds"]
check_bounds(-0.005, lost_at_8_bits, 0.005)
check_bounds(0.1, lost_at_2_bits, 1)

# %% tags=["figure"]
figures.draw_accuracies(accuracies, full)

# %% [markdown] tags=["reading"]
# Nothing happens for a long time, and then it breaks. A logit is a sum of many products, and hundreds of small errors of
# either sign cancel out, until each of them is as large as the weights.
#
# <!-- slide
# Nothing happens for a long time, and then it breaks.
# -->

# %% [markdown]
# LiteRT quantizes what the layers compute as well, and there the range is not known beforehand: it depends on the
# images. So the converter wants examples. Training images, not test images.
#
# **Predict.** What share of the bytes will the file keep? And over all 10,000 test images, what will happen to the
# accuracy?
#
# <!-- slide
# ### Everything in int8
#
# LiteRT stores what the layers compute in int8, too. It learns the range from training images.
#
# **Predict.** What share of the bytes will the file keep? What will happen to the accuracy?
# -->

# %%
examples = data.prepare_images(data.load_mnist()[0][0][:200])
exporting.export_litert(model, folder / "int8.tflite", examples=examples)
small, large = ((folder / name).stat().st_size for name in ("int8.tflite", "network.tflite"))
int8_accuracy = (exporting.load_litert(folder / "int8.tflite")(images).argmax(axis=1) == digits).mean()
float32_accuracy = (ways["LiteRT"](images).argmax(axis=1) == digits).mean()
size_ratio = small / large
print(f"{size_ratio = :.2f}")
print(f"{int8_accuracy = :.4f}")
print(f"{float32_accuracy = :.4f}")

# %% tags=["bounds"]
check_bounds(0.2, size_ratio, 0.35)
check_bounds(0.983, int8_accuracy, 0.994)
check_bounds(0.985, float32_accuracy, 0.993)

# %% [markdown] tags=["reading"]
# About a quarter of the bytes: one for each weight in place of four. The two accuracies lie well inside each other's
# interval (lesson 6). That is why networks on phones are int8.
#
# <!-- slide
# About a quarter of the bytes. The two accuracies lie well inside each other's interval.
# -->

# %% [markdown]
# Int8 is not free everywhere: what has few weights, or rare large values, loses more. Measure.

# %% [markdown]
# ### Exercise: quantize by hand
#
# Given are `values`, an array; `scale`, the size of one step; and `zero_point`, the code of the value 0. Wanted is the
# code of each value: the nearest one, and for values beyond the ends −128 or 127. The result is of type `int8`. No value
# of the checks lies in the middle between two codes.
#
# <!-- slide
# From values to codes: the nearest step of size `scale`, counted from `zero_point`, from −128 to 127, as `int8`.
#
# `quantize(np.array([-1, 0, 0.26]), 0.01, 0)` is `[-100, 0, 26]`
# -->
#
# <!-- notes
# 5 minutes. The slip that nobody sees is the last step: NumPy turns 131 into −125 without a word when it converts. Let
# them find it by the check, then ask in which programs of theirs it might be waiting.
# -->

# %% tags=["exercise"]
def quantize(values, scale, zero_point):
    """The int8 code of each value."""
    ...

# %% tags=["check"]
exercise.quantize.check(quantize)
# exercise.quantize.hint()
# exercise.quantize.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_quantize(values, scale, zero_point):
    codes = np.round(values / scale) + zero_point
    return np.clip(codes, -128, 127).astype("int8")


exercise.quantize.check_solution(solution_quantize)

# %% [markdown]
# ## How do others ask it?
#
# Not everybody should need the file. A **service** keeps it in one place and answers over the network: a picture comes
# in, a digit goes out. The course has one, in `course_utils/serving/service.py`, with a page to draw on. In a terminal,
#
#     nox -s serve
#
# starts it and says where to point a browser. The next cell starts it from Python, and its `ask` sends it something as
# any program would. The service runs ONNX's runtime; Keras is not even imported.
#
# **Predict.** Which of these pictures will it answer with a digit, and which not: a seven, blank paper, two digits, a
# text file, a seven of 8 million pixels?
#
# <!-- slide
# A picture comes in, a digit goes out: `nox -s serve`
#
# **Predict.** Which will it answer with a digit: a seven, blank paper, two digits, a text file, a seven of 8 million
# pixels?
# -->
#
# <!-- notes
# 9 minutes. Start `nox -s serve` on the projector's machine and let somebody draw; it listens to this machine only. If
# somebody asks how the class can reach it: `-- --host 0.0.0.0`, and talk about who else then can.
# -->

# %%
import atexit
import http.client
import io
import subprocess
import sys

command = [sys.executable, "-m", "course_utils.serving", "--port", "0"]  # 0: any port that is free
service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
atexit.register(service.terminate)  # should you stop before the end of the lesson
port = int(service.stdout.readline().split()[3].rpartition(":")[2])  # reading digits at http://…:PORT


def ask(path, body, kind):
    """Send something to the service; the status of its answer, and what the answer says."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    client.request("POST", path, body, {"Content-Type": kind})
    answer = client.getresponse()
    return answer.status, json.loads(answer.read())

# %% [markdown]
# The pictures are made of test digits, as somebody might write them on a screen: dark ink on white paper.

# %% slideshow={"slide_type": "skip"}
from PIL import Image


def on_paper(*pictures, times=4):
    """Digits of MNIST as a picture file: dark ink on white paper, so many times as large."""
    row = np.hstack([np.pad(255 - picture, 8, constant_values=255) for picture in pictures])
    Image.fromarray(row.repeat(times, 0).repeat(times, 1)).save(file := io.BytesIO(), "PNG")
    return file.getvalue()

# %% [markdown]
# Each answer has a **status**. 200 means answered; 4xx means that *you* can do something about it, and a sentence says
# what; 5xx would be the service's own fault.

# %%
asked = {
    "a seven": on_paper(test_bytes[0]),
    "blank paper": on_paper(0 * test_bytes[0]),
    "two digits": on_paper(test_bytes[0], test_bytes[1]),
    "a text file": b"seven",
    "a large seven": on_paper(test_bytes[0], times=64),
}
for name, body in asked.items():
    status, answer = ask("/predict", body, "image/png")
    print(f"{name:13} {status}  {answer.get('digit', answer.get('detail'))}")

# %% [markdown] tags=["reading"]
# Both sevens are read, the rest is refused with a sentence. (A traceback would help nobody outside, and would tell a
# stranger what the program looks like inside.) The network refused nothing: it knows no *this is no digit*. Code that
# looks at the picture before it did.

# %% [markdown]
# Whatever comes from outside needs a limit, in bytes, in pixels and in seconds, or else one request can stop the service
# for all. And what if something comes through that should not? The next cell sends digits a hundred at a time and counts
# what is read correctly.
#
# **Predict.** A page sends 1,000 test digits as plain numbers, with paper as 1 and ink as 0, the way a screen has it. The
# network has been trained the other way round. How many will it read, and what will the service say?
#
# <!-- slide
# **Predict.** 1,000 test digits arrive with paper as 1 and ink as 0, the wrong way round. How many are read correctly?
# -->

# %%
def share_right(pictures):
    """The share of the first 1,000 test digits that the service reads; and its statuses."""
    read, statuses = [], set()
    for start in range(0, 1000, 100):
        body = json.dumps({"images": pictures[start : start + 100, :, :, 0].tolist()})
        status, answer = ask("/predict/arrays", body, "application/json")
        statuses.add(status)
        read += answer["digits"]
    return (read == digits[:1000]).mean(), statuses

# %%
as_trained, _ = share_right(images[:1000])
turned_over, statuses = share_right(1 - images[:1000])
print(f"{as_trained = :.3f}")
print(f"{turned_over = :.3f}")
print("the service says:", statuses)

# %% tags=["bounds"]
check_bounds(0.98, as_trained, 1)
check_bounds(0, turned_over, 0.6)

# %% [markdown] tags=["reading"]
# Status 200, each time. Nothing is broken: shape, type and range are what they should be, and the answers are worthless.
# This is a usual fault of services that hold a network: what is done to a picture *before* the network is
# written twice, once for training and once for the service, and the two differ. No error tells; a known picture with a
# known answer does, asked for at every start.
#
# <!-- slide
# 200, each time. Preparing is written twice, for training and for the service, and the two differ: no error tells.
# -->

# %% [markdown]
# How good a service is also depends on how many it answers, and how long the unlucky ones wait. `nox -s bench -- serving`
# has measured it, with ONNX's runtime and with one Keras `predict` for each request, on one machine, from 1, 8 and 32
# clients at a time. On the right is the **99th percentile**, the time within which 99 of 100 questions are answered: a
# mean hides the slow ones, and whoever asks a hundred times meets one.

# %% tags=["figure"]
from course_utils.results import read_result

figures.draw_load(read_result("serving"))

# %% [markdown]
# More clients bring more answers only as long as somebody is idle. From then on each new client makes the others wait:
# the curve on the right goes on rising when the one on the left hardly does.
#
# Stop the service as a system would, with a signal: it takes no more questions, answers those that it has, and ends.
#
# <!-- slide
# More clients bring more answers only as long as somebody is idle. From then on they wait.
# -->

# %% slideshow={"slide_type": "skip"}
service.terminate()
print("ended:", service.wait(timeout=300) is not None)

# %% [markdown]
# ### Exercise: paper and ink
#
# This function stands before the network in somebody's service. It is given the `rows` of a picture as a screen has it:
# 0 is black ink, 255 white paper. It returns what the network reads, of shape (1, height, width, 1) and type `float32`.
# Nothing fails, and nearly all answers are wrong. Fix it.
#
# <!-- slide
# This stands before the network. `rows`: 0 is black ink, 255 white paper.
#
# `np.array(rows, dtype="float32")[None, ..., None] / 255`
#
# Nothing fails, and nearly all answers are wrong. Fix it.
# -->
#
# <!-- notes
# 3 minutes. Whoever looks for a wrong shape or type looks in the wrong place: both are right. Ask how they would have
# noticed in production. Then: where else in the course are a picture's numbers turned over (lesson 8)?
# -->

# %% tags=["exercise"]
def to_batch(rows):
    """What the network reads, from the rows of a picture with dark ink (0) on white paper (255)."""
    return np.array(rows, dtype="float32")[None, ..., None] / 255

# %% tags=["check"]
exercise.to_batch.check(to_batch)
# exercise.to_batch.hint()
# exercise.to_batch.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
def solution_to_batch(rows):
    paper_is_one = np.array(rows, dtype="float32")[None, ..., None] / 255
    return 1 - paper_is_one


exercise.to_batch.check_solution(solution_to_batch)

# %% [markdown]
# ## What must others know?
#
# Whoever gets your network was not in this course, and has not seen what you have seen of it. A **model card** says what
# they must know, in a page ([Mitchell and others, 2018](https://arxiv.org/abs/1810.03993)).
#
# **Predict.** Before you read ours: which three facts about this network would you want to know before you let it read
# the points on your own exam?
#
# <!-- notes
# 4 minutes. Collect the facts on the board, then tick them off in the card. What is never on the board is the sentence
# about who wrote the digits. Our card is printed from stored measurements, and a test holds it to them.
# -->

# %% slideshow={"slide_type": "skip"}
from IPython.display import Markdown, display
from course_utils.publishing import model_card

parts = model_card.make_card().split("\n## ")[1:]
for number in (1, 3, 4):  # three of them
    title, _, items = parts[number].partition("\n")
    display(Markdown(f"**{title}**\n{items}"))

# %% [markdown] tags=["reading"]
# That is a part of it; all of it lies beside the network, in `course_utils/assets/seed_network.md`. Somebody who was not
# in this course would not guess that it never saw a letter, that it can be sure when it is wrong, or that it fails when a
# digit is off center. And nobody can say whether it reads some people's hands worse than others': no image of MNIST says
# who wrote it.
#
# <!-- slide
# ### What does ours say?
#
# - What it is for, and what not: amounts, postal codes, marks, medical records.
# - Where it fails: digits that are shifted, turned, small; and letters.
# - Each number was measured, and says on what.
# - What nobody knows: whose hands it reads worse. No image of MNIST says who wrote it.
# -->

# %% [markdown]
# Two things make a card worth more than a description:
#
# - **Each number was measured, and says on what.** For ours, `nox -s bench -- errors` measures them anew, and a test
#   compares.
# - **It says what the network is not for**, and what nobody knows.

# %% [markdown]
# ### Exercise: a claim
#
# Which of these may stand in a card of this network? Put the letter in place of `...`.
#
# - a: It reads nearly all handwritten digits.
# - b: Where its probability is near 1, you can rely on it.
# - c: On MNIST's test images it reads the share above, in the interval above; on other people's digits, nobody has
#   measured it.
# - d: It treats everybody's handwriting alike.
#
# <!-- slide
# Which may stand in the card?
#
# - **a** It reads nearly all handwritten digits.
# - **b** Where its probability is near 1, you can rely on it.
# - **c** On MNIST's test images: this share, this interval. On other digits nobody has measured it.
# - **d** It treats everybody's handwriting alike.
# -->
#
# <!-- notes
# 1 minute. Vote by hands, then ask of each sentence: which cell has measured it?
# -->

# %% tags=["exercise"]
claim = ...

# %% tags=["check"]
exercise.claim.check(claim)
# exercise.claim.hint()
# exercise.claim.solution()

# %% tags=["solution"] jupyter={"source_hidden": true}
solution_claim = "c"
exercise.claim.check_solution(solution_claim)

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
#
# <!-- slide
# Four questions. Answer them on paper first.
# -->
#
# <!-- notes
# 3 minutes. Question 3 is worth a talk with the neighbor before the answer.
# -->

# %% tags=["quiz"]
exercise.quiz.show()

# %% tags=["quiz"]
# exercise.quiz.answer(1, "a")

# %% [markdown]
# ## Key points
#
# - A saved network is a description and numbers, the same to the bit when loaded; and loading it runs what the
#   description names. Take it from people you would take a program from.
# - Another runtime says the same to the last digits, int8 nearly the same in a quarter of the bytes; for one image at a
#   time, what counts is everything around the arithmetic.
# - A service that holds a network fails without an error. Limits, a known picture with a known answer, and a card that
#   says what it is not for belong to it.
#
# **Next:** [12. Scaling out](12_scaling.ipynb) asks what to do when one machine is not enough.
