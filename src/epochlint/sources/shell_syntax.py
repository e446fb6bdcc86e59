"""Parsing a shell script into a tree. What is no shell is skipped: we want the commands and judge nothing."""

from __future__ import annotations

from epochlint.sources.shell_tree import (
    Assignment,
    Branches,
    Calculation,
    Cases,
    Chain,
    Function,
    Group,
    Loop,
    Pipeline,
    ShellWord,
    Simple,
    Subshell,
    Test,
)
from epochlint.sources.shell_words import BLANKS, NAME_CHARACTERS, NAME_STARTS, WordReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.sources.shell_tree import Node

DECLARING = frozenset({"export", "declare", "typeset", "local", "readonly"})
_CLOSING = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_REDIRECTIONS = ("&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">")
_KEYWORD_ENDS = " \t\r\n;&|()<>"


class Parser(WordReader):
    """Parses one text into commands."""

    def parse(self) -> tuple[Node, ...]:
        """Return all commands of the text; stray ends of blocks are skipped."""
        nodes: list[Node] = []
        while self.offset < len(self.text):
            before = self.offset
            nodes.extend(self._list(frozenset()))
            if self.offset == before:
                self.offset += 1
        return tuple(nodes)

    def _list(self, closing: frozenset[str]) -> tuple[Node, ...]:
        """Read commands up to one of the closing words, or up to the end or a parenthesis that closes a subshell."""
        self.enter()
        nodes: list[Node] = []
        while True:
            self._skip_separators()
            if self.offset >= len(self.text):
                break
            if self.peek() == ")" or self.peek(2) in (";;", ";&"):
                if closing:
                    break
                self.offset += 1
                continue
            keyword = self._keyword()
            if keyword in closing:
                break
            if keyword in _CLOSING:
                if closing:
                    break  # the block around this one ends: a closing word is missing
                self.offset += len(keyword)
                continue
            before = self.offset
            node = self._chain()
            if node is not None:
                self.skip_blanks()
                background = self.peek() == "&" and self.peek(2) != "&&"
                nodes.append(Subshell((node,)) if background else node)
            if self.offset == before:
                self.offset += 1
        self.leave()
        return tuple(nodes)

    def _skip_separators(self) -> None:
        """Skip blanks, comments, line ends and semicolons."""
        while True:
            self.skip_blanks()
            character = self.peek()
            if character == "\n":
                self.skip_line_end()
            elif character == "#":
                self.skip_comment()
            elif character in (";", "&") and self.peek(2) not in (";;", ";&", "&&", "&>"):
                self.offset += 1
            else:
                return

    def _skip_lines(self) -> None:
        """Skip blanks, comments and line ends: what may stand behind `&&` and between the words of a list."""
        while True:
            self.skip_blanks()
            if self.peek() == "\n":
                self.skip_line_end()
            elif self.peek() == "#":
                self.skip_comment()
            else:
                return

    def _keyword(self) -> str:
        """Return the plain word at the cursor, or the empty text."""
        text, end = self.text, self.offset
        while end < len(text) and text[end] not in _KEYWORD_ENDS:
            if text[end] in "'\"$`\\=":
                return ""
            end += 1
        return text[self.offset : end]

    def _take(self, keyword: str) -> bool:
        """Skip a keyword if it stands at the cursor."""
        self._skip_separators()
        if self._keyword() != keyword:
            return False
        self.offset += len(keyword)
        return True

    def _chain(self) -> Node | None:
        first = self._pipeline()
        if first is None:
            return None
        rest: list[tuple[str, Node]] = []
        while True:
            self.skip_blanks()
            operator = self.peek(2)
            if operator not in ("&&", "||"):
                return Chain(first, tuple(rest)) if rest else first
            self.offset += 2
            self._skip_lines()
            node = self._pipeline()
            if node is None:
                return Chain(first, tuple(rest)) if rest else first
            rest.append((operator, node))

    def _pipeline(self) -> Node | None:
        while self._keyword() in ("!", "time"):
            self.offset += len(self._keyword())
            self.skip_blanks()
            if self.text.startswith("-p ", self.offset):
                self.offset += 3
                self.skip_blanks()
        stages: list[Node] = []
        while True:
            node = self._command()
            if node is not None:
                stages.append(node)
            self.skip_blanks()
            if self.peek() != "|" or self.peek(2) == "||":
                break
            self.offset += 2 if self.peek(2) == "|&" else 1
            self._skip_lines()
        if len(stages) <= 1:
            return stages[0] if stages else None
        return Pipeline(tuple(stages))

    def _command(self) -> Node | None:
        if self.peek(2) == "((":
            parts = self.calculation()
            if parts is not None:
                self._redirections()
                return Calculation(parts)
        if self.peek() == "(":
            self.offset += 1
            body = self._list(frozenset({")"}))
            self.offset += self.peek() == ")"
            self._redirections()
            return Subshell(body)
        node = self._compound(self._keyword())
        if node is None:
            return self._function() or self._simple()
        self._redirections()
        return node

    def _compound(self, keyword: str) -> Node | None:
        if keyword == "{":
            self.offset += 1
            body = self._list(frozenset({"}"}))
            self._take("}")
            return Group(body)
        if keyword == "if":
            return self._if()
        if keyword in ("for", "select"):
            return self._for(keyword)
        if keyword in ("while", "until"):
            self.offset += len(keyword)
            condition = self._list(frozenset({"do"}))
            return Loop("", None, condition, self._body())
        if keyword == "case":
            return self._case()
        if keyword == "[[":
            return self._test()
        return None

    def _if(self) -> Branches:
        branches: list[tuple[tuple[Node, ...], tuple[Node, ...]]] = []
        self.offset += len("if")
        while True:
            condition = self._list(frozenset({"then"}))
            self._take("then")
            branches.append((condition, self._list(frozenset({"elif", "else", "fi"}))))
            if not self._take("elif"):
                break
        otherwise = self._list(frozenset({"fi"})) if self._take("else") else None
        self._take("fi")
        return Branches(tuple(branches), otherwise)

    def _for(self, keyword: str) -> Loop:
        self.offset += len(keyword)
        self.skip_blanks()
        if self.peek(2) == "((":
            parts = self.calculation()
            condition: tuple[Node, ...] = (Calculation(parts),) if parts is not None else ()
            return Loop("", None, condition, self._body())
        variable = self._keyword()
        self.offset += len(variable)
        items: list[ShellWord] | None = None
        self._skip_lines()
        if self._keyword() == "in":
            self.offset += 2
            items = []
            while True:
                self.skip_blanks()
                word = None if self.peek() == "#" else self.word()
                if word is None:
                    break
                items.append(word)
        return Loop(variable, None if items is None else tuple(items), (), self._body())

    def _body(self) -> tuple[Node, ...]:
        """Read `do … done` or `{ … }`."""
        opening = "{" if self._take("{") else "do"
        if opening == "do" and not self._take("do"):
            return ()
        closing = "}" if opening == "{" else "done"
        body = self._list(frozenset({closing}))
        self._take(closing)
        return body

    def _case(self) -> Cases:
        self.offset += len("case")
        self.skip_blanks()
        word = self.word()
        self._take("in")
        bodies: list[tuple[Node, ...]] = []
        exhaustive = falls = False
        while True:
            self._skip_separators()
            while self.peek(2) in (";;", ";&"):
                falls = falls or self.peek(2) == ";&" or self.peek(3) == ";;&"
                self.offset += 3 if self.peek(3) == ";;&" else 2
                self._skip_separators()
            if self.offset >= len(self.text) or self._take("esac") or self._keyword() in _CLOSING:
                return Cases(word, tuple(bodies), exhaustive, falls)
            exhaustive = self._pattern() or exhaustive
            bodies.append(self._list(frozenset({"esac"})))

    def _pattern(self) -> bool:
        """Skip the patterns before a body; tell whether they take everything."""
        self.offset += self.peek() == "("
        everything = False
        while self.offset < len(self.text):
            self.skip_blanks()
            word = self.word()
            everything = everything or (word is not None and word.literal() == "*")
            self.skip_blanks()
            character = self.peek()
            if character == "|":
                self.offset += 1
            elif character == ")":
                self.offset += 1
                break
            elif word is None:
                if character in ("\n", ""):
                    break
                self.offset += 1
        return everything

    def _test(self) -> Test:
        self.offset += len("[[")
        words: list[ShellWord] = []
        while self.offset < len(self.text):
            self._skip_lines()
            if self._keyword() == "]]":
                self.offset += 2
                break
            word = self.word()
            if word is None:
                self.offset += 1  # an operator of the test
            else:
                words.append(word)
        return Test(tuple(words))

    def _function(self) -> Function | None:
        """Read `name() { … }` or `function name { … }`."""
        start = self.offset
        keyword = self._keyword()
        named = keyword == "function"
        if named:
            self.offset += len(keyword)
            self.skip_blanks()
            keyword = self._keyword()
        if keyword:
            self.offset += len(keyword)
            self.skip_blanks()
            has_parentheses = self.peek() == "(" and self._take_closing()
            if has_parentheses or named:
                self._skip_lines()
                body = self._command()
                return Function(keyword, (body,) if body is not None else ())
        self.offset = start
        return None

    def _take_closing(self) -> bool:
        """Skip `()`, with blanks inside or not."""
        end = self.offset + 1
        while end < len(self.text) and self.text[end] in BLANKS:
            end += 1
        if not self.text.startswith(")", end):
            return False
        self.offset = end + 1
        return True

    def _simple(self) -> Simple | None:
        start = end = self.offset
        words: list[ShellWord] = []
        assignments: list[Assignment] = []
        declared: list[Assignment] = []
        while True:
            self.skip_blanks()
            character = self.peek()
            if character in ("", "\n", ";", "|", ")") or (character == "&" and self.peek(2) != "&>"):
                break
            if character == "#":
                self.skip_comment()
                break
            if self._redirection():
                end = self.offset
                continue
            declares = bool(words) and words[0].literal() in DECLARING
            assignment = self._assignment() if not words or declares else None
            if assignment is not None:
                (declared if declares else assignments).append(assignment)
                end = self.offset
                continue
            word = self.word()
            if word is None:
                self.offset += 1
                continue
            words.append(word)
            end = self.offset
        if not words and not assignments:
            return None
        first, last = self.span(start, end)
        if words:
            first = words[0].start
            last = words[-1].end if not declared else last
        return Simple(tuple(words), tuple(assignments), tuple(declared), first, last)

    def _redirections(self) -> None:
        self.skip_blanks()
        while self._redirection():
            self.skip_blanks()

    def _redirection(self) -> bool:
        """Skip a redirection at the cursor; remember the here-document that it announces."""
        text, offset = self.text, self.offset
        while offset < len(text) and text[offset].isdigit():
            offset += 1
        operator = next((sign for sign in _REDIRECTIONS if text.startswith(sign, offset)), "")
        if not operator or (operator in ("<", ">") and text.startswith("(", offset + 1)):
            return False
        self.offset = offset + len(operator)
        self.skip_blanks()
        word = self.word()
        if operator in ("<<", "<<-"):
            delimiter = word.literal() if word else None
            if delimiter is not None:
                self.here_documents.append((delimiter, operator == "<<-"))
        return True

    def _assignment(self) -> Assignment | None:
        text, offset = self.text, self.offset
        if self.peek() not in NAME_STARTS:
            return None
        while offset < len(text) and text[offset] in NAME_CHARACTERS:
            offset += 1
        name = text[self.offset : offset]
        index = ""
        if text.startswith("[", offset):
            end = text.find("]", offset)
            index = text[offset + 1 : end] if end > 0 else ""
            if not index or any(blank in index for blank in " \t\n"):
                return None
            offset = end + 1
        append = text.startswith("+=", offset)
        if not append and not text.startswith("=", offset):
            return None
        self.offset = offset + 1 + append
        if self.peek() == "(" and not index:
            self.offset += 1
            items, keyed = self._array()
            return Assignment(name, None, items, "", append, keyed)
        return Assignment(name, self.word(), None, index, append)

    def _array(self) -> tuple[tuple[ShellWord, ...], bool]:
        items: list[ShellWord] = []
        keyed = False
        while self.offset < len(self.text):
            self._skip_lines()
            if self.peek() == ")":
                self.offset += 1
                break
            keyed = keyed or self.peek() == "["
            word = self.word()
            if word is None:
                self.offset += self.offset < len(self.text)
            else:
                items.append(word)
        return tuple(items), keyed
