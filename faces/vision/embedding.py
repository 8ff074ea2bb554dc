"""An embedder: one network, or several whose vectors are joined to one.

Two networks that were trained apart make different mistakes, so that of two faces that only one of them takes
for the same person the joined vectors are further apart. The cosine distance of joined vectors is the mean of
the networks' distances, weighted with the squares of their weights.
"""

from collections.abc import Sequence

import numpy as np

from faces.vision.profiles import EmbedderProfile
from faces.vision.types import Detection, Embedded, FaceCrops, Network, Pixels, Vectors


class FaceEmbedder:
    """The networks of a profile.

    Parameters
    ----------
    profile : EmbedderProfile
        Names the networks and their weights.
    networks : sequence of Network
        Open networks, in the order of the profile.
    """

    def __init__(self, profile: EmbedderProfile, networks: Sequence[Network]) -> None:
        if [network.name for network in networks] != [part.network.name for part in profile.parts]:
            raise ValueError(f"{profile.name} is made of other networks")
        self.name, self.dimensions = profile.name, profile.dimensions
        self.networks = tuple(networks)
        self._profile = profile

    def crop(self, picture: Pixels, detection: Detection, /) -> FaceCrops:
        """Return the aligned face, once for each network: (side, side, 3) uint8 RGB."""
        return tuple(network.crop(picture, detection) for network in self.networks)

    def embed(self, faces: Sequence[FaceCrops], /) -> Embedded:
        """Return the embeddings (n, dimensions), L2-normalised, and the clarity (n,) of faces."""
        if not faces:
            return Embedded.empty(self.dimensions)
        crops = zip(*faces, strict=True)
        return joined(
            self._profile,
            [network.embed(np.stack(mine)) for network, mine in zip(self.networks, crops, strict=True)],
        )


def joined(profile: EmbedderProfile, found: Sequence[Embedded]) -> Embedded:
    """Return the embeddings of a profile from those of its networks, for the same n faces.

    The clarity is the geometric mean of the networks': a face is clear if it is to all of them.
    """
    if len(found) == 1:
        return found[0]
    vectors = [part.weight * one.vectors for part, one in zip(profile.parts, found, strict=True)]
    clarity = np.prod([one.clarity for one in found], axis=0) ** (1 / len(found))
    return Embedded(np.concatenate(vectors, axis=1).astype(np.float32), np.asarray(clarity, np.float32))


def vectors_of(profile: EmbedderProfile, network: str, vectors: Vectors) -> Vectors:
    """Return one network's own vectors, of length 1, out of joined ones (n, dimensions). Raises KeyError."""
    start = 0
    for part in profile.parts:
        end = start + part.network.dimensions
        if part.network.name == network:
            return np.asarray(vectors[:, start:end] / part.weight, dtype=np.float32)
        start = end
    raise KeyError(network)
