"""How the rule's own eigenvalues move at a repeated one, for the reader of `undefined`."""

from __future__ import annotations

from eigcheck.oracles.smoothness import Smoothness, measure
from eigcheck.trial.scene import Scene
from eigcheck.trial.voice import Voice


def singular(scene: Scene, voice: Voice) -> Smoothness | None:
    """The largest cluster measured, defective ones first; None where all eigenvalues are simple or all is determined."""
    state = scene.ground.state
    known = scene.ground.multiplicity.clusters
    if state is None or not known or all(why is None for why in scene.reasons):
        return None
    ranked = sorted(zip(known, scene.clusters, strict=True), key=lambda pair: (pair[0].semisimple, -pair[0].size))
    exact, members = ranked[0]
    return measure(scene.question(), state, voice.primals, members, exact.largest_block or 1)
