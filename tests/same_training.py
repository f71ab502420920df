"""Are two runs one training, computed in two ways? The first steps tell: later ones can make more and more of rounding.

How much depends on the random seed and on the optimizer; the cause was not found. Measured with the original network
and RMSprop, over six random seeds, six settings of the processor (oneDNN from SSE4.1 to AVX-512 and off, 1, 2 and 8
threads), and batches taken whole or in halves, all against all; the largest differences:

======  ============  ===========================================================
steps   of the loss   of the weights, on average, as a share of what they moved by
======  ============  ===========================================================
3       0.000004      0.003
5       0.0007        0.04
10      0.02          0.12
20      0.26          0.19
======  ============  ===========================================================

A fault, such as a mean divided by the wrong number, goes far beyond that from the first step on.
"""

import numpy as np

STEPS = 3
LOSS, SHARE = 1e-4, 0.02
LATER = 0.5  # within 20 steps


def assert_same_losses(losses, expected):
    """Losses, step by step: the first few are the same, and none of the later ones is far off."""
    assert len(losses) == len(expected) >= 1
    np.testing.assert_allclose(losses[:STEPS], expected[:STEPS], rtol=0, atol=LOSS)
    np.testing.assert_allclose(losses[:20], expected[:20], rtol=0, atol=LATER)


def assert_same_weights(weights, expected, start):
    """Lists of arrays after the first few steps: they went the same way from the start."""
    weights, expected, start = (np.concatenate([np.ravel(a) for a in arrays]) for arrays in (weights, expected, start))
    moved, difference = np.abs(expected - start).mean(), np.abs(weights - expected).mean()
    assert moved > 0, "the weights must have moved for the comparison to mean anything"
    assert difference < SHARE * moved, f"on average {difference:.1e} apart, after they moved by {moved:.1e}"
