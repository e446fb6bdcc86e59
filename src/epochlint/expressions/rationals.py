"""Exact rational numbers: an int where they are whole, a `Ratio` elsewhere.

`Ratio` is what the algebra needs of `fractions.Fraction`, and a test holds the two against each other. The import of
`fractions`, with decimal numbers, regular expressions and enumerations behind it, would take a commit hook longer than
everything that is calculated for a small file. The two compare and hash alike and may be mixed.
"""

from __future__ import annotations

from math import gcd

__all__ = ["Ratio", "Rational", "as_written", "lean", "power", "quotient", "ratio"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction as Ratio
    from typing import TypeAlias
else:
    import sys

    _MODULUS, _ENDLESS = sys.hash_info.modulus, sys.hash_info.inf

    def _is_rational(number):
        return type(number) is not float and hasattr(number, "denominator")

    class Ratio:
        """A rational number that is not whole, in lowest terms, with a positive denominator; made by `ratio` only."""

        __slots__ = ("denominator", "numerator")

        def __init__(self, numerator, denominator):
            self.numerator = numerator
            self.denominator = denominator

        def __repr__(self):
            return f"Ratio({self.numerator}, {self.denominator})"

        def __str__(self):
            return f"{self.numerator}/{self.denominator}"

        def __reduce__(self):
            return Ratio, (self.numerator, self.denominator)

        def __hash__(self):
            try:
                inverse = pow(self.denominator, -1, _MODULUS)
            except ValueError:  # the denominator is a multiple of the modulus
                absolute = _ENDLESS
            else:
                absolute = hash(hash(abs(self.numerator)) * inverse)
            result = absolute if self.numerator >= 0 else -absolute
            return -2 if result == -1 else result

        def __add__(self, other):
            if not _is_rational(other):
                return NotImplemented
            above = self.numerator * other.denominator + other.numerator * self.denominator
            return ratio(above, self.denominator * other.denominator)

        __radd__ = __add__

        def __sub__(self, other):
            return self + -other if _is_rational(other) else NotImplemented

        def __rsub__(self, other):
            return -self + other if _is_rational(other) else NotImplemented

        def __mul__(self, other):
            if not _is_rational(other):
                return NotImplemented
            return ratio(self.numerator * other.numerator, self.denominator * other.denominator)

        __rmul__ = __mul__

        def __truediv__(self, other):
            return quotient(self, other) if _is_rational(other) else NotImplemented

        def __rtruediv__(self, other):
            return quotient(other, self) if _is_rational(other) else NotImplemented

        def __neg__(self):
            return Ratio(-self.numerator, self.denominator)

        def __abs__(self):
            return Ratio(abs(self.numerator), self.denominator)

        def __pow__(self, exponent):
            return power(self, exponent) if type(exponent) is int else NotImplemented

        def __bool__(self):
            return True

        def __float__(self):
            return self.numerator / self.denominator

        def __floor__(self):
            return self.numerator // self.denominator

        def __ceil__(self):
            return -(-self.numerator // self.denominator)

        def __trunc__(self):
            return self.__floor__() if self.numerator > 0 else self.__ceil__()

        __int__ = __trunc__

        def __round__(self):
            """Return the nearest whole number, of two that are as near the even one."""
            below, rest = divmod(self.numerator, self.denominator)
            twice = 2 * rest
            return below + (twice > self.denominator or (twice == self.denominator and below % 2 == 1))

        def __eq__(self, other):
            if _is_rational(other):
                return self.numerator == other.numerator and self.denominator == other.denominator
            return self._apart(other) == 0 if type(other) is float else NotImplemented

        def __lt__(self, other):
            return self._apart(other) < 0

        def __le__(self, other):
            return self._apart(other) <= 0

        def __gt__(self, other):
            return self._apart(other) > 0

        def __ge__(self, other):
            return self._apart(other) >= 0

        def _apart(self, other):
            """Return a number with the sign of the difference to another one."""
            if type(other) is float:
                if other - other != 0:
                    return -other  # endless, or not a number
                above, below = other.as_integer_ratio()
            else:
                above, below = other.numerator, other.denominator
            return self.numerator * below - above * self.denominator


Rational: TypeAlias = "int | Ratio"


def ratio(above: int, below: int) -> Rational:
    """Return `above / below`, exactly. Raises ZeroDivisionError."""
    if not below:
        raise ZeroDivisionError("division by zero")
    shared = gcd(above, below) if below > 0 else -gcd(above, below)
    below //= shared
    return above // shared if below == 1 else Ratio(above // shared, below)


def quotient(left: Rational, right: Rational) -> Rational:
    """Return the quotient of two numbers, exactly. Raises ZeroDivisionError."""
    return ratio(left.numerator * right.denominator, left.denominator * right.numerator)


def power(number: Rational, exponent: int) -> Rational:
    """Return a whole power of a number, exactly."""
    above, below = number.numerator, number.denominator
    return ratio(above**exponent, below**exponent) if exponent >= 0 else ratio(below**-exponent, above**-exponent)


def lean(number: Rational) -> Rational:
    """Return a number that may come from elsewhere (a bool, a Fraction) as an int if it is whole, else as a `Ratio`."""
    kind = type(number)
    return number if kind is int or kind is Ratio else ratio(number.numerator, number.denominator)


def as_written(number: float) -> Rational:
    """Return a finite float as the decimal number that it is written as: 0.1 is a tenth."""
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    places = len(fraction) - int(exponent or 0)
    digits = int(whole + fraction)
    return ratio(digits, 10**places) if places > 0 else digits * 10**-places
