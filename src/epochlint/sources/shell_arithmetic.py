"""Integer arithmetic of the shell, `$(( … ))`: C's operators on 64 bits. What is not known makes the result unknown."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str], int | None]

_BINARY = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<=": 7, ">=": 7, "<": 7, ">": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "**": 11,
}  # fmt: skip
_SIGNS = sorted([*_BINARY, "?", ":", "(", ")", "!", "~"], key=len, reverse=True)
_ASSIGNING = ("++", "--", "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=")
_LONGEST = 2_000
_DEEPEST = 50


class _Unknown(Exception):
    """The value of an expression is not known, or the expression is not understood."""


def calculate(text: str, lookup: Lookup) -> int | None:
    """Return the value of an expression, or None. `lookup` gives the value of a variable, None if it is not known."""
    if len(text) > _LONGEST or assigned_in(text):
        return None
    try:
        calculation = _Calculation(_tokens(text), lookup)
        value = calculation.ternary(0) if calculation.tokens else 0
        return value if not calculation.tokens else None
    except _Unknown:
        return None


def assigned_in(text: str) -> tuple[str, ...]:
    """Return the names that an expression assigns to, at least; an assignment to nothing clear gives the name ""."""
    plain = text.replace("==", "  ").replace("!=", "  ").replace("<=", " <").replace(">=", " >")
    if "<<=" in text or ">>=" in text:
        plain = text.replace("==", "  ").replace("!=", "  ")
    if "=" not in plain and "++" not in plain and "--" not in plain:
        return ()
    found = []
    for sign in ("=", "++", "--"):
        offset = plain.find(sign)
        while offset >= 0:
            before = plain[:offset].rstrip(" \t\n+-*/%&|^<>")
            after = plain[offset + len(sign) :].lstrip()
            name = _last_name(before) or (_first_name(after) if sign != "=" else "")
            found.append(name)
            offset = plain.find(sign, offset + len(sign))
    return tuple(found)


def _last_name(text: str) -> str:
    start = len(text)
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    name = text[start:]
    return name if name and not name[0].isdigit() else ""


def _first_name(text: str) -> str:
    end = 0
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    name = text[:end]
    return name if name and not name[0].isdigit() else ""


def integer(text: str) -> int | None:
    """Return the value of an integer as the shell writes it (`8`, `-8`, `010`, `0x10`), or None."""
    stripped = text.strip()
    digits = stripped[1:] if stripped[:1] in ("-", "+") else stripped
    if not digits.isascii() or not digits[:1].isdigit() or len(digits) > 18:
        return None
    try:
        if digits[:2] in ("0x", "0X"):
            value = int(digits[2:], 16)
        else:
            value = int(digits, 8) if digits[0] == "0" and len(digits) > 1 else int(digits)
    except ValueError:
        return None
    return -value if stripped[0] == "-" else value


def _tokens(text: str) -> list[str]:
    """Split an expression, the last token first."""
    tokens = []
    offset = 0
    while offset < len(text):
        character = text[offset]
        if character in " \t\r\n":
            offset += 1
            continue
        end = offset
        while end < len(text) and (text[end].isalnum() or text[end] == "_"):
            end += 1
        token = text[offset:end] or next((sign for sign in _SIGNS if text.startswith(sign, offset)), "")
        if not token:
            raise _Unknown
        tokens.append(token)
        offset += len(token)
    return tokens[::-1]


class _Calculation:
    """A recursive descent over tokens, which stand last first."""

    def __init__(self, tokens: list[str], lookup: Lookup) -> None:
        self.tokens = tokens
        self.lookup = lookup

    def _next(self) -> str:
        if not self.tokens:
            raise _Unknown
        return self.tokens.pop()

    def _is_next(self, token: str) -> bool:
        return bool(self.tokens) and self.tokens[-1] == token

    def ternary(self, depth: int) -> int:
        if depth > _DEEPEST:
            raise _Unknown
        condition = self.binary(1, depth)
        if not self._is_next("?"):
            return condition
        self._next()
        then = self.ternary(depth + 1)
        if self._next() != ":":
            raise _Unknown
        otherwise = self.ternary(depth + 1)
        return then if condition else otherwise

    def binary(self, lowest: int, depth: int) -> int:
        left = self.unary(depth)
        while self.tokens and _BINARY.get(self.tokens[-1], 0) >= lowest:
            operator = self._next()
            strength = _BINARY[operator]
            right = self.binary(strength if operator == "**" else strength + 1, depth + 1)
            left = _wrapped(_applied(operator, left, right))
        return left

    def unary(self, depth: int) -> int:
        if depth > _DEEPEST:
            raise _Unknown
        token = self._next()
        if token in ("-", "+", "!", "~"):
            value = self.unary(depth + 1)
            return _wrapped({"-": -value, "+": value, "!": int(not value), "~": ~value}[token])
        if token == "(":
            value = self.ternary(depth + 1)
            if self._next() != ")":
                raise _Unknown
            return value
        if token[0].isdigit():
            number = integer(token)
        else:
            number = self.lookup(token) if token[0].isalpha() or token[0] == "_" else None
        if number is None:
            raise _Unknown
        return number


def _wrapped(value: int) -> int:
    """Keep 64 bits, as the shell does."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _applied(operator: str, left: int, right: int) -> int:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator in ("/", "%"):
        if right == 0:
            raise _Unknown
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    if operator == "**":
        if right < 0:
            raise _Unknown
        return pow(left, right, 1 << 64)
    if operator in ("<<", ">>"):
        if not 0 <= right < 64:
            raise _Unknown
        return left << right if operator == "<<" else left >> right
    if operator in ("&", "|", "^"):
        return left & right if operator == "&" else left | right if operator == "|" else left ^ right
    if operator in ("&&", "||"):
        return int(bool(left) and bool(right)) if operator == "&&" else int(bool(left) or bool(right))
    return int(
        {
            "==": left == right, "!=": left != right, "<": left < right, ">": left > right,
            "<=": left <= right, ">=": left >= right,
        }[operator]
    )  # fmt: skip
