"""Verifiers: small siamese heads that are trained on a folder of people, over the vectors of an embedder."""

__all__ = ["charts", "export", "head", "measures", "splits", "training"]
