"""A small logistic regression: how features become a probability. Fitting it is in ``eval``; here it is only used."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Logistic:
    """Probability = 1 / (1 + exp(-z)) with z = ``intercept`` + Σ weight · value. ``weights`` stand in the order of ``names``.

    Source: Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 20(2), 1958.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float

    def probability(self, values: Sequence[float]) -> float:
        """For ``values`` in the order of ``names``."""
        z = self.intercept + sum(weight * value for weight, value in zip(self.weights, values, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return {"intercept": self.intercept, "weights": dict(zip(self.names, self.weights, strict=True))}

    @classmethod
    def from_json(cls, value: Mapping[str, object], names: Sequence[str]) -> Logistic:
        """From what ``to_json`` gave, for features in the order of ``names``. Raises ValueError where it does not fit them."""
        weights, intercept = value.get("weights"), value.get("intercept")
        if not isinstance(weights, Mapping) or set(weights) != set(names) or not isinstance(intercept, int | float):
            raise ValueError("other features than these")
        return cls(tuple(names), tuple(float(weights[name]) for name in names), float(intercept))
