"""The names that Python knows without an import."""

from __future__ import annotations

BUILTINS = frozenset(
    (
        "abs", "all", "any", "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes", "callable", "chr",
        "classmethod", "compile", "complex", "delattr", "dict", "dir", "divmod", "enumerate", "eval", "exec",
        "exit", "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "hash", "help", "hex",
        "id", "input", "int", "isinstance", "issubclass", "iter", "len", "list", "locals", "map", "max",
        "memoryview", "min", "next", "object", "oct", "open", "ord", "pow", "print", "property", "quit", "range",
        "repr", "reversed", "round", "set", "setattr", "slice", "sorted", "staticmethod", "str", "sum", "super",
        "tuple", "type", "vars", "zip", "__import__", "NotImplemented", "Ellipsis", "BaseException", "Exception",
        "ArithmeticError", "AssertionError", "AttributeError", "EOFError", "FileNotFoundError", "ImportError",
        "IndexError", "IOError", "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError",
        "ModuleNotFoundError", "NameError", "NotImplementedError", "OSError", "OverflowError", "RuntimeError",
        "StopIteration", "SystemExit", "TypeError", "ValueError", "Warning", "DeprecationWarning", "UserWarning",
        "FutureWarning", "RuntimeWarning", "ZeroDivisionError", "TimeoutError", "PermissionError",
    )
)  # fmt: skip
