"""How probable a count is by chance: tails and quantiles of the binomial and the Poisson distribution.

The probabilities are scipy.special's. scipy.stats has all this as well, but takes a second to import, which every command
and every page server would pay at its start; tests/metrics/test_chance.py holds both against each other.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left
from dataclasses import dataclass

from scipy.special import betainc, gammainc, gammaincc

ROUNDING = 1 - 1e-9  # a probability of exactly 0.001, such as 0.1³, is not below it
_ENDLESS = 2**53


class _Counts(ABC):
    """A distribution of counts from 0 to `most`."""

    most: int

    @abstractmethod
    def at_most(self, x: int) -> float:
        """Return P(X ≤ x)."""

    @abstractmethod
    def at_least(self, x: int) -> float:
        """Return P(X ≥ x)."""

    def lowest(self, tail: float) -> int:
        """Return the lowest count whose lower tail P(X ≤ x) is not below `tail`, the quantile; of 0.5 it is the median."""
        return bisect_left(range(self.most), True, key=lambda x: self.at_most(x) >= tail * ROUNDING)

    def highest(self, tail: float) -> int:
        """Return the highest count whose upper tail P(X ≥ x) is not below `tail`."""
        return bisect_left(range(1, self.most + 1), True, key=lambda x: self.at_least(x) < tail * ROUNDING)


@dataclass(frozen=True)
class Binomial(_Counts):
    """How many of n cases, when each is counted with the probability p."""

    n: int
    p: float

    @property
    def most(self) -> int:
        """The highest count there is."""
        return self.n

    def at_most(self, x: int) -> float:
        """Return P(X ≤ x)."""
        if x < 0:
            return 0.0
        return float(betainc(self.n - x, x + 1, 1 - self.p)) if x < self.n else 1.0

    def at_least(self, x: int) -> float:
        """Return P(X ≥ x)."""
        if x > self.n:
            return 0.0
        return float(betainc(x, self.n - x + 1, self.p)) if x > 0 else 1.0


@dataclass(frozen=True)
class Poisson(_Counts):
    """How many cases, when `mean` are to be expected and none makes another likelier."""

    mean: float
    most = _ENDLESS

    def at_most(self, x: int) -> float:
        """Return P(X ≤ x)."""
        return float(gammaincc(x + 1, self.mean)) if x >= 0 else 0.0

    def at_least(self, x: int) -> float:
        """Return P(X ≥ x)."""
        return float(gammainc(x, self.mean)) if x > 0 else 1.0
