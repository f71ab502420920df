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
# You will give the network away, as a file, to another program and over a network, and measure what each of these costs,
# what it changes, and for whom the network works worse.
#
# **60 minutes**, and 20 for *Going further*. At the end you can
#
# - save a network and load it bit for bit, and say what a stranger's file can do to you;
# - run it without Keras, let others ask it over a network, and notice when its answers go wrong without an error;
# - measure it separately for each group of people, and tell others what they must not use it for.
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
    raise UsageError("the course isn't installed here: in its folder, pip install -e . (README, Start)")

from course_utils.extras import require_extra

require_extra("sharing")

from course_utils import data, evaluation, exporting, networks, plotting
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
# `model.save` writes one file. It is a ZIP archive, so you can look inside.
#
# **Predict.** The network has 121,994 parameters. How many kilobytes will the file have?
#
# <!-- notes
# 9 minutes. Four bytes per parameter give 488 kB, and most get that far. The next question is the interesting one: what
# else must be in it? The layers, their order, their activation functions. Somebody says "the code". Keep that word for
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
# The numbers are nearly all of it: 4 · 121,994 bytes, or 488 kB. The rest of that part is the bookkeeping of its format,
# HDF5.

# %% [markdown]
# What else is in it? A computer that has never seen this course can predict with this file. Open `config.json` and look
# at three of its entries. It is written in **JSON**, a text format for numbers, strings, lists and dictionaries that
# looks much like Python.
#
# **Predict.** What does it say about a layer, to make that possible? Does it hold any code, yours or Keras's?
#
# <!-- slide
# ### What else is in it?
#
# A computer that has never seen this course can predict with this file.
#
# **Predict.** What does `config.json` say about a layer? Does it hold any code, yours or Keras's?
# -->

# %%
import json

config = json.loads(archive.read("config.json"))
for layer in config["config"]["layers"][1:4]:
    wanted = {"filters", "activation", "pool_size"} & set(layer["config"])
    print(layer["class_name"], {key: layer["config"][key] for key in sorted(wanted)})

# %% [markdown] tags=["reading"]
# A description of the layers, and no code at all. Loading builds the layers from the description and fills in the
# numbers.

# %% [markdown]
# Load the file again and compare the numbers, and what the two networks say about 1,000 images.

# %%
loaded = keras.saving.load_model(folder / "network.keras", compile=False)  # to predict, not to train
before, after = (network.predict(images[:1000], verbose=0) for network in (model, loaded))
alike = [np.array_equal(*pair) for pair in zip(model.get_weights(), loaded.get_weights())]
print("the same 121,994 numbers, to the last bit:", all(alike))
print("the same 10,000 probabilities, to 0.00001:", abs(before - after).max() < 1e-5)

# %% [markdown]
# The numbers aren't just close, they are identical. And the same operations on them give the same probabilities.
#
# Can a file hold a layer of your own, too? Keras's layer `Lambda` holds any Python function. The one below writes a line
# into a file. It stands for anything that a program of yours may do.
#
# **Predict.** Somebody puts this layer into a network and sends it to you. You don't train the network, you don't even
# predict with it, you only load it. What happens with `safe_mode=True`, which is the default, and with `False`?
#
# <!-- slide
# A layer may hold any Python function. This one writes a line into a file.
#
# **Predict.** A stranger sends you such a network, and all you do is load it. What happens?
# -->

# %% slideshow={"slide_type": "skip"}
import contextlib

with contextlib.chdir(folder):
    # One expression: it writes the line, then hands x on unchanged, the [1] of the list.
    write_a_line = lambda x: [
        __import__("pathlib").Path("note.txt").write_text("I could have read your mail.\n"), x
    ][1]
    gift = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Lambda(write_a_line), *model.layers])
    gift.save("gift.keras")

# %% slideshow={"slide_type": "slide"}
with contextlib.chdir(folder):  # which will be thrown away
    # Building the network above already called the function: remove its note.
    Path("note.txt").unlink(missing_ok=True)
    for safe_mode in (True, False):
        try:
            keras.saving.load_model("gift.keras", safe_mode=safe_mode, compile=False)
        except ValueError as error:
            print(f"{safe_mode = }:", str(error).partition(". ")[0])
        note = Path("note.txt").read_text() if Path("note.txt").exists() else "nothing"
        print(f"{safe_mode = }, note.txt holds:", note)

# %% [markdown] tags=["reading"]
# With `safe_mode=True`, Keras refuses. With `False`, the stranger's function ran *while the file was loaded*, with all
# the rights that you have. Don't follow advice to switch safe mode off because a file won't load.

# %% [markdown]
# Don't rely on safe mode either. [CVE-2025-1550](https://nvd.nist.gov/vuln/detail/CVE-2025-1550) (a number in the
# public list of security holes) was a way around it, fixed in Keras 3.9, and others have followed. **Pickle**, Python's
# own format for storing objects, in which many networks are passed around, has no such mode: a pickle can run any code
# while it is loaded. *A network is only numbers* is true of the numbers, not of the file:
#
# **Load a network as you would run a program: from people you would take a program from.**
#
# <!-- slide
# **Load a network as you would run a program:** from people you would take a program from.
#
# Safe mode helps. People have found ways around it before.
# -->

# %% [markdown]
# ## Does it give the same answers without Keras?
#
# A website or a phone has no Keras, and shouldn't need all of it to multiply some matrices. **ONNX** is a file format
# that many frameworks write, and many *runtimes* read: small programs that only run networks. It knows no Python, only a
# list of about 200 operations, and a network has to be made of these.
#
# **Predict.** Which operations will the file list for our eight layers? Will the probabilities from ONNX's own runtime be
# equal to Keras's bit for bit, nearly equal, or a little worse?
#
# <!-- notes
# 9 minutes. "Worse" is the usual answer: people think of an export as a copy of a copy. Let them say why it should be.
# The difference comes only from the order of the additions, which is worth five sentences: neither result is the true
# one.
# -->

# %%
import onnx
import onnxruntime

exporting.export_onnx(model, folder / "network.onnx")  # model.export of Keras, without its chatter
graph = onnx.load(folder / "network.onnx").graph
print(", ".join(node.op_type for node in graph.node))

session = onnxruntime.InferenceSession(folder / "network.onnx")
(by_onnx,) = session.run(None, {"images": images[:1000]})
equal_bit_for_bit = (by_onnx == before).mean()  # the share of the 10,000 probabilities
print(f"{equal_bit_for_bit = :.3f}")
largest_difference = abs(by_onnx - before).max()
print(f"{largest_difference = :.8f}")

# %% tags=["bounds"]
from course_utils.bounds import check_bounds

check_bounds(-0.001, equal_bit_for_bit, 0.999)
check_bounds(0, largest_difference, 1e-5)

# %% [markdown] tags=["reading"]
# From Transpose to the second Reshape, all of it does the work of Flatten; the first Reshape only prepares the input.
# The rest you know: a layer with an activation function has become two or three operations. The logits differ already
# (not shown here): the runtime adds the same products as Keras in another order, and float32 rounds after each
# addition, so the last digits differ. Neither of the two is the true one.

# %% [markdown]
# For phones there is a runtime of its own, **LiteRT** (formerly TensorFlow Lite), with its own file format. Here is the
# same network as three files, asked in four ways. Do all four agree?

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
# Now for the time. **Latency** is how long one question waits for its answer; throughput is how many are answered per
# second. You measure one image, and a thousand at once: several times each, and the shortest time counts. The cell prints
# the milliseconds for one image. The picture shows both cases as multiples of ONNX's time, the dotted line.
#
# **Predict.** Order them: `model.predict`, a plain call `model(images)`, ONNX, LiteRT. Which is fastest for one image,
# and which for a thousand? By a little, or by a lot?
#
# <!-- slide
# ### Four ways to ask
#
# The same network by `model.predict`, `model(images)`, ONNX, LiteRT.
#
# **Predict.** Which is fastest for one image, and which for a thousand? By a little, or by a lot?
# -->

# %% slideshow={"slide_type": "skip"}
import time


def least_seconds(ask, x, n):
    """The shortest of n measurements: other programs can only add to it."""
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
# For a thousand images the arithmetic decides, and all four do the same arithmetic. For one image there is hardly any
# arithmetic, and you see everything around it: `predict` sets up batches, callbacks and a loop for a single image. That
# isn't slow code. It is code for another task. To answer one question at a time, use a plain call, `model(images)`, or
# a runtime.
#
# <!-- slide
# For a thousand images, the arithmetic. For one image, everything around it.
# -->

# %% [markdown]
# ## How do others ask it?
#
# Not everybody should need the file. A **service** keeps it in one place and answers over the network: a picture comes
# in, a digit goes out. The course has one, in `course_utils/serving/service.py`, with a page to draw on. In a terminal,
# in the folder of the course, type the line with which you open the course, with `serve` in place of `lab`:
#
#     .venv/bin/nox -s serve
#
# (On Windows: `.venv\Scripts\nox -s serve`. In a terminal of JupyterLab, or in an environment of your own:
# `python -m course_utils.serving`.) It starts the service. Point your browser to the address that it prints. The
# service runs ONNX's runtime; Keras isn't even imported.
#
# **A request and an answer** in HTTP, the language in which browsers and services talk:
#
# - A **request** is a message to a service. Its method `POST` sends something along; `GET` only fetches.
# - It goes to an address and a **port**: `127.0.0.1` is always your own machine, and the port is the number of one
#   program on it. It names an **endpoint**, one thing that the service can do, as in `/predict`.
# - It begins with *headers*, lines that describe it. `Content-Type` says what the bytes that it sends are, as in
#   `image/png`.
# - The answer has a **status code**. 200 means answered. 4xx means that *you* can do something about it, and a sentence
#   says what. 5xx would be the service's own fault.
# - What the answer says is JSON here.
#
# In a second terminal, in the folder of a picture of one digit, called `seven.png` here (8000 is the port that the
# service names; in PowerShell, write `curl.exe` and `"@seven.png"`):
#
#     curl -H "Content-Type: image/png" --data-binary @seven.png http://127.0.0.1:8000/predict
#
# The next cell starts the service from Python. Its `ask` sends a request, as any program would.
#
# <!-- slide
# A picture comes in, a digit goes out: `nox -s serve`
#
# - **request**: `POST` to `127.0.0.1`, port 8000, endpoint `/predict`, with a `Content-Type`
# - **answer**: a status code (200, 4xx, 5xx), and JSON
# -->
#
# <!-- notes
# 9 minutes. Start `nox -s serve` on the projector's machine and let somebody draw; it listens to this machine only. If
# somebody asks how the class can reach it: `-- --host 0.0.0.0`, and talk about who else can then.
# -->
#
# <!-- code
# …
# command = [sys.executable, "-m", "course_utils.serving", …  # any free port; …
# service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
# …
# port = int(…)  # reading digits at http://…:PORT
#
# def ask(path, body, kind):
#     client = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
#     client.request("POST", path, body, {"Content-Type": kind})
#     answer = client.getresponse()
#     return answer.status, json.loads(answer.read())
# -->
# <!-- lines 2-3 | 8-9 | 10-11 -->

# %%
import atexit
import http.client
import io
import subprocess
import sys

command = [sys.executable, "-m", "course_utils.serving", "--port", "0"]  # any free port; nox: 8000
service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
atexit.register(service.terminate)  # should you stop before the end of the lesson
port = int(service.stdout.readline().split()[3].rpartition(":")[2])  # reading digits at http://…:PORT


def ask(path, body, kind):
    """Send something to the service; the status code of its answer, and what the answer says."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    client.request("POST", path, body, {"Content-Type": kind})
    answer = client.getresponse()
    return answer.status, json.loads(answer.read())

# %% [markdown]
# The pictures are made from test digits, as somebody might draw them on a screen: dark ink on white paper.

# %% slideshow={"slide_type": "skip"}
from PIL import Image


def on_paper(*pictures, times=4):
    """Digits of MNIST as a picture file: dark ink on white paper, `times` as large."""
    row = np.hstack([np.pad(255 - picture, 8, constant_values=255) for picture in pictures])
    Image.fromarray(row.repeat(times, 0).repeat(times, 1)).save(file := io.BytesIO(), "PNG")
    return file.getvalue()

# %%
status, answer = ask("/predict", on_paper(test_bytes[0]), "image/png")
answer["probabilities"] = [round(p, 2) for p in answer["probabilities"]]  # to be read more easily
print(status, json.dumps(answer))

# %% [markdown]
# That is a whole answer: the digit, and ten probabilities. What about these?
#
# **Predict.** Which will it answer with a digit, and which not: blank paper, two digits, a text file, a seven of 8
# million pixels?
#
# <!-- slide
# **Predict.** Which will it answer with a digit: blank paper, two digits, a text file, a seven of 8 million pixels?
# -->

# %%
asked = {
    "blank paper": on_paper(0 * test_bytes[0]),
    "two digits": on_paper(test_bytes[0], test_bytes[1]),
    "a text file": b"seven",
    "a large seven": on_paper(test_bytes[0], times=64),
}
for name, body in asked.items():
    status, answer = ask("/predict", body, "image/png")
    print(f"{name:13} {status}  {answer.get('digit', answer.get('detail'))}")

# %% [markdown] tags=["reading"]
# The seven is read, and the rest is refused with a sentence. (A traceback would help nobody outside, and would show a
# stranger what the program looks like inside.) The network didn't refuse anything: it has no answer *this is no digit*.
# Code that looks at the picture first did.

# %% [markdown]
# Whatever comes from outside needs a limit, in bytes, in pixels and in seconds. Otherwise one request can stop the
# service for everybody. And what if something comes through that shouldn't? The next cell sends digits a hundred at a
# time and counts how many are read correctly.
#
# **Predict.** A page sends 1,000 test digits as plain numbers, with paper as 1 and ink as 0, the way screens store
# pictures. The network was trained the other way around. How many of the 1,000 will it read correctly, and what will
# the service say?
#
# <!-- slide
# **Predict.** 1,000 test digits arrive with paper as 1 and ink as 0, the wrong way around. How many are read correctly?
# -->

# %%
def count_right(pictures):
    """How many of the first 1,000 test digits the service reads correctly, and its status codes."""
    read, codes = [], set()
    for start in range(0, 1000, 100):
        body = json.dumps({"images": pictures[start : start + 100, :, :, 0].tolist()})
        status, answer = ask("/predict/arrays", body, "application/json")
        codes.add(status)
        read += answer["digits"]
    return int((read == digits[:1000]).sum()), codes


n_as_trained, _ = count_right(images[:1000])
n_inverted, codes = count_right(1 - images[:1000])
print(f"{n_as_trained = }\n{n_inverted = }")
print("the service says:", codes)

# %% tags=["bounds"]
check_bounds(980, n_as_trained, 1000)
check_bounds(300, n_inverted, 499)

# %% [markdown] tags=["reading"]
# 200, each time. Nothing is broken: shape, type and range are what they should be, and more than half of the answers are
# wrong. It is the training-serving skew of lesson 8: what happens to a picture *before* the network is written twice,
# once for training and once for the page, and the two differ.
#
# <!-- slide
# 200, each time. The preparation is written twice, for training and for serving, and the two differ: no error says so.
# -->

# %% [markdown]
# What would have told you? Two things that every service should have. **Known pictures with known answers**, sent at
# every start through the *whole* path, the page included. And **monitoring**: watching, while the service runs, how
# many requests come, how long they wait, which digits are answered, and what the pictures look like, as in their mean
# gray. Monitoring needs no labels, and it can also notice what known pictures can't: that the world has changed, for
# example because somebody bought another camera.
#
# <!-- slide
# - **Known pictures with known answers**, at every start, through the whole path.
# - **Monitoring**: how many requests, how long they wait, which digits, how gray the pictures.
# -->
#
# <!-- code
# def answers_known_pictures(prepare):
#     body = json.dumps({"images": prepare(test_bytes[:10]).tolist()})
#     _, answer = ask("/predict/arrays", body, "application/json")
#     return answer["digits"] == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
#
# pages = {"ink is 1": lambda picture: picture / 255, "paper is 1": lambda picture: …}
# for name, prepare in pages.items():
#     known, gray = answers_known_pictures(prepare), …
#     …
# -->

# %%
def answers_known_pictures(prepare):
    """Whether ten known pictures get their known answers, if a page prepares them like this."""
    body = json.dumps({"images": prepare(test_bytes[:10]).tolist()})
    _, answer = ask("/predict/arrays", body, "application/json")
    return answer["digits"] == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


pages = {"ink is 1": lambda picture: picture / 255, "paper is 1": lambda picture: 1 - picture / 255}
for name, prepare in pages.items():
    known, gray = answers_known_pictures(prepare), prepare(test_bytes[:1000]).mean()
    print(f"{name:10}  known pictures: {known!s:5}  mean gray that arrives: {gray:.2f}")
print(f"mean gray of the training images: {data.load_mnist()[0][0].mean() / 255:.2f}")

# %% [markdown]
# Stop the service as a system would, with a signal. (The service is written to answer the requests that it has before
# it ends; no request is waiting here. On Windows, `terminate` ends it at once.)

# %% slideshow={"slide_type": "skip"}
service.terminate()
print("ended:", service.wait(timeout=300) is not None)

# %% [markdown]
# ### Exercise: paper and ink
#
# This function runs before the network in somebody's service. `rows` are the rows of a picture as screens store it: 0
# is black ink, 255 white paper. It returns what the network reads, of shape (1, height, width, 1) and type `float32`.
# Nothing fails, and most answers are wrong. Fix it.
#
# <!-- slide
# This runs before the network. `rows`: 0 is black ink, 255 white paper. Nothing fails, and most answers are wrong. Fix it.
# -->
#
# <!-- notes
# 3 minutes. Students who look for a wrong shape or type look in the wrong place: both are right. Ask how they would have
# noticed in production. Then: where else in the course is a picture inverted (lesson 8)?
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
# ## For whom does it work worse?
#
# An accuracy is a mean over everybody. A **subgroup evaluation** measures it separately for each group of people.
#
# Nothing in MNIST's files says who wrote a digit. But Chhavi Yadav and Léon Bottou traced all of them to their writers
# ([2019](https://arxiv.org/abs/1905.10498)): the first 5,001 test images are by high-school students, the other 4,999 by
# employees of the Census Bureau. About half of the training images are by each of the two
# ([LeCun and others, 1998](https://doi.org/10.1109/5.726791)).
#
# **Predict.** Of the test images, the network misreads about 1%. What percentage of the students' digits will that be,
# and of the employees' digits? How large a difference would you still put down to chance?
#
# <!-- slide
# The first 5,001 test images are by high-school students, the other 4,999 by Census employees. The network misreads
# about 1% of all.
#
# **Predict.** What percentage of the students' digits, and of the employees'? What difference could be chance?
# -->
#
# <!-- notes
# 6 minutes. Take the guesses on the board before the cell. Most expect a small difference, since both groups wrote half
# of the training images. Then let them say what the school that wants to grade exams with this network should be told.
# -->

# %%
wrong = networks.load_seed_probabilities().argmax(axis=1) != digits  # as stored with the network
groups = {"students": wrong[:5001], "employees": wrong[5001:]}
for name, group in groups.items():
    low, high = evaluation.wilson_interval(group.sum(), len(group))
    count = f"{group.sum():3} of {len(group):,}"
    print(f"{name:9}  {count} misread: {group.mean():.2%} ({low:.2%} to {high:.2%})")

rng = np.random.default_rng(0)
at_random = [rng.permutation(wrong)[:5001].sum() for _ in range(2000)]
print(f"5,001 images drawn at random, {len(at_random):,} times: ", end="")
print(f"{min(at_random)} to {max(at_random)} of them misread")

# %% tags=["figure"]
figures.draw_groups(groups)

# %% [markdown] tags=["reading"]
# The students' digits are misread four times as often. The intervals are far apart, and of 2,000 random draws none came
# near: chance doesn't explain this. (Images by one writer are clustered, lesson 6, so both intervals are too narrow. But
# they wouldn't overlap even if they were twice as wide.) The accuracy of the whole test set holds for neither group.
#
# It isn't that the students were missing in training: half of those images are theirs. The rates say that there is a
# difference, not where it comes from.
#
# <!-- slide
# Four times as many errors on the students' digits. The one number for all holds for neither group.
# -->

# %% [markdown]
# What do you do when a network reads some people's digits better than others'?
#
# - **Report** both rates. Anyone who wants to read students' exams is told the students' rate, that it was measured on
#   other students, and that the card says *not for grades*.
# - **Collect** digits from the people that the network is for, more from those that it reads worse, and measure again.
# - **Decide** whether the worse rate is good enough for that use. If not, let it reject more (lesson 8), let people read,
#   or don't use it.
#
# <!-- slide
# Report each group's rate. Collect more from those it reads worse. Decide by the worse rate.
# -->

# %% [markdown]
# ## What must others know?
#
# Anyone who gets your network wasn't in this course, and hasn't seen what you have seen of it. A **model card** says what
# they must know, on one page ([Mitchell and others, 2018](https://arxiv.org/abs/1810.03993)).
#
# **Predict.** Before you read ours: which three facts about this network would you want to know before you let it read
# the score on your own exam?
#
# <!-- notes
# 4 minutes. Collect the facts on the board, then tick them off in the card. Ask which of them the accuracy alone would
# have hidden. Our card is printed from stored measurements, and a test holds it to them.
# -->

# %% slideshow={"slide_type": "skip"}
from IPython.display import Markdown, display
from course_utils.publishing import model_card

parts = model_card.make_card().split("\n## ")[1:]
for number in (1, 3, 4):  # three of its parts
    title, _, items = parts[number].partition("\n")
    display(Markdown(f"**{title}**\n{items}"))

# %% [markdown] tags=["reading"]
# That is half of it; the whole card lies beside the network, in `course_utils/assets/seed_network.md`. Somebody who
# wasn't in this course wouldn't guess that the network has never seen a letter, that it can be sure and wrong, that it
# fails when a digit is off center, or that it reads some people's digits worse than others'.
#
# <!-- slide
# ### What does ours say?
#
# - What it is for, and what not: amounts, postal codes, grades, medical records.
# - Where it fails: digits that are shifted, turned, small; and letters.
# - Whose digits it reads worse: high-school students', four times as many errors.
# - Each number was measured, and the card says on what.
# -->

# %% [markdown]
# Two things make a card worth more than a description. **Each number was measured, and the card says on what.** (For
# ours, `nox -s bench -- errors` measures them again, and a test compares.) And **it says what the network is not for**,
# and what nobody knows.

# %% [markdown]
# ### Exercise: a claim
#
# Which of these belongs in a card of this network? Put its letter in place of `...`.
#
# - a: It reads nearly all handwritten digits.
# - b: Where its probability is near 1, you can rely on it.
# - c: It reads the percentages of MNIST's test images given above, with the intervals given above; nobody has measured
#   it on other people's digits.
# - d: It treats everybody's handwriting alike.
#
# <!-- slide
# Which belongs in the card?
#
# - **a** It reads nearly all handwritten digits.
# - **b** Where its probability is near 1, you can rely on it.
# - **c** It reads these percentages of MNIST's test images, with these intervals; nobody has measured it on others.
# - **d** It treats everybody's handwriting alike.
# -->
#
# <!-- notes
# 1 minute. Vote by show of hands, then ask of each sentence: which cell has measured it?
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
# ## Going further: How small can it get?
#
# A weight has 32 bits. Does it need them? **Quantization** stores a whole number instead, a *code*. In **int8**, that is
# one byte, with 256 codes from −128 to 127. A *scale*, the size of one step, and a **zero point**, the code that stands
# for 0, say what a code means:
#
# $$\text{value} \approx \text{scale} \cdot (\text{code} - \text{zero point})$$
#
# Both follow from the range of the values, from *low* to *high*, which must contain 0: the 256 codes span it in 255
# steps.
#
# $$\text{scale} = \frac{\text{high} - \text{low}}{255}, \qquad
# \text{zero point} = -128 - \text{round}\left(\frac{\text{low}}{\text{scale}}\right)$$
#
# Weights are usually spread on both sides of 0. For them the range is taken symmetric, one for each filter, and code −128
# is left out: the zero point is 0, and $n$ bits give $2^n - 1$ values.
#
# The next cell moves each weight to the nearest of these values. The one after it counts correct answers, and in the
# picture the dotted line is the network with all its bits.
#
# **Predict.** Give every weight of the network only 8 bits, that is 255 values; then 7 bits and so on, down to 2, that is
# 3 values. Where will the accuracy start to fall, and how far?
#
# <!-- slide
# A weight as a code of 8 bits: 255 values. With 2 bits: 3 values.
#
# **Predict.** From 8 bits down to 2: where will the accuracy start to fall, and how far?
# -->
#
# <!-- notes
# 6 minutes. Most expect a slow loss with each bit. Draw a ruler with 255 marks, and one with 3, before they answer. The
# test images report a curve here: no number of bits is chosen by it.
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
# Next to nothing happens for a long time, and then it breaks. A logit is a sum of many products, and many small errors
# of both signs largely cancel out, until each of them is as large as the weights.
#
# <!-- slide
# Next to nothing happens for a long time, and then it breaks.
# -->

# %% [markdown]
# LiteRT quantizes the layers' outputs as well, and their range isn't known beforehand: it depends on the images. So the
# converter wants **representative data**, some typical inputs, and takes the range from what the layers make of them.
# Give it training images, not test images.
#
# **Predict.** How large will the new file be, compared with the old one? Over all 10,000 test images, what will happen
# to the accuracy?
#
# <!-- slide
# ### Everything in int8
#
# LiteRT quantizes the layers' outputs, too. It takes their range from representative data: training images.
#
# **Predict.** How large will the new file be, compared with the old one? What will happen to the accuracy?
# -->

# %%
examples = data.prepare_images(data.load_mnist()[0][0][:200])
exporting.export_litert(model, folder / "int8.tflite", examples=examples)
size_ratio = (folder / "int8.tflite").stat().st_size / (folder / "network.tflite").stat().st_size
by_int8 = exporting.load_litert(folder / "int8.tflite")(images).argmax(axis=1) == digits
by_float32 = ways["LiteRT"](images).argmax(axis=1) == digits
n_only_float32, n_only_int8 = int((by_float32 & ~by_int8).sum()), int((by_int8 & ~by_float32).sum())
p_value = evaluation.mcnemar_p_value(n_only_float32, n_only_int8)
print(f"{size_ratio = :.2f}")
print(f"{n_only_float32 = }\n{n_only_int8 = }")
print(f"{p_value = :.2f}")

# %% tags=["bounds"]
check_bounds(0.2, size_ratio, 0.35)
check_bounds(0, n_only_float32, 60)
check_bounds(0, n_only_int8, 60)
check_bounds(0, p_value, 1)

# %% [markdown] tags=["reading"]
# About a quarter of the bytes: one for each weight instead of four. The two read the same images, so this is a paired
# comparison, and only the discordant pairs tell them apart, the images that exactly one of the two reads correctly.
# There are a few on either side, and the accuracy changes by their difference. By McNemar's test (lesson 6), a fair
# coin would often split them like this.
#
# <!-- slide
# About a quarter of the bytes. The images that only one of the two reads correctly are few, on either side; the
# accuracy changes by their difference.
# -->

# %% [markdown]
# Whether int8 is faster, too, depends on the processor and its runtime, and nothing here measured it. Nor is it free
# everywhere: a network with few weights, or with rare large values, loses more. Measure.

# %% [markdown]
# ### Exercise: quantize by hand
#
# `values` is an array, `scale` the size of one step, and `zero_point` the code of the value 0. Return the code of each
# value: the nearest one, and −128 or 127 for values beyond the ends. (Here all 256 codes are used.) The result has the
# type `int8`. No value in the checks lies in the middle between two codes.
#
# <!-- slide
# From values to codes: the nearest step of size `scale`, counted from `zero_point`, from −128 to 127, as `int8`.
#
# `quantize(np.array([-1, 0, 0.26]), 0.01, 0)` is `[-100, 0, 26]`
# -->
#
# <!-- notes
# 5 minutes. The slip that nobody sees is the last step: NumPy turns 131 into −125 without a word when it converts. Let
# the check find it, then ask in which of their programs it might be waiting.
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
# ## Going further: How many can ask at a time?
#
# How good a service is also depends on how many requests it answers, and how long the unlucky ones wait.
# `nox -s bench -- serving` measured both on one machine, with ONNX's runtime and with one Keras `predict` per request,
# for 1, 8 and 32 clients that ask at the same time. For the waiting, it took the *99th percentile* of the latency: 99
# of 100 requests are answered within that time. A mean would hide the slow ones.
#
# **Predict.** With 32 clients instead of one, how many times as many answers per second will the service give? How many
# times as long will they wait? And if slow answers came independently, with what probability would somebody who asks a
# hundred times get at least one that is slower than the 99th percentile?
#
# <!-- slide
# 1, 8 and 32 clients ask at the same time.
#
# **Predict.** With 32 clients instead of one: how many times as many answers per second? How many times the waiting?
# -->
#
# <!-- notes
# 4 minutes. The two curves belong together: throughput stops growing, and from then on latency pays for each new client.
# -->

# %%
from course_utils.results import read_result

measured = read_result("serving")
few, *_, many = measured["onnx"]
slow = [clients["percentile_99_ms"] for clients in (few, many)]
print(f"{measured['machine']}, ONNX's runtime, {many['clients']} clients instead of {few['clients']}:")
print(f"{many['answers_a_second'] / few['answers_a_second']:.1f} times the answers per second")
print(f"{slow[1] / slow[0]:.0f} times the 99th percentile of the latency")
print(f"at least one slow answer in a hundred, if they are independent: {1 - 0.99**100:.0%}")

# %% tags=["figure"]
figures.draw_load(measured)

# %% [markdown] tags=["reading"]
# More clients bring more answers only while some of the machine is idle. From then on, each new client makes the others
# wait. And slow answers aren't rare for those who ask often: if they came independently, most people who ask a hundred
# times would meet one.
#
# <!-- slide
# More clients bring more answers only while some of the machine is idle. From then on, they wait.
# -->

# %% [markdown]
# Servers for large networks use **dynamic batching**: they collect the requests that arrive within a few milliseconds
# and answer them with a single call of the network. It pays where a call costs much besides the arithmetic, as with
# `predict`, or on a GPU. For our small network in ONNX's runtime it would bring next to nothing.

# %% [markdown]
# ## Quiz
#
# Answer each question on paper first. Then take the `#` away below, put in your answer, and run the line: it says why.
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
# - A saved network is a description and numbers, the same bit for bit when it is loaded. Loading it runs what the
#   description names, so take it only from people you would take a program from.
# - Another runtime gives the same probabilities, except for the last digits. For one image at a time, everything around
#   the arithmetic counts. A service goes wrong without an error: it needs limits, known pictures, and monitoring.
# - One accuracy for all hides for whom a network works worse. Measure each group separately, and write into a model
#   card what you measured, on what, and what the network is not for.
#
# **Next:** [12. Scaling out](12_scaling.ipynb) asks what to do when one machine is not enough.
