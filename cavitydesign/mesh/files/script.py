"""A gmsh script as words: whether it only draws a section, which files it reads, its constants.

A .geo file is a program: it may run others, write files and read any. What a section may say is
listed in `script_words`; everything else is refused before gmsh sees it. A name of its own must be
given a value somewhere, and never stands where gmsh would take it for a command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError, nearest
from ...texts import Refused, read_bytes
from . import script_words as words

_LARGEST_BYTES = 5_000_000  # sections take some kB; 1e5 points 4 MB
# gmsh ends texts at 1023 letters and takes the rest for statements; comments are held to the same.
_LONGEST_TEXT = 1000
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<text>"[^"]*"|'[^']*')|(?P<word>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<number>\d+\.?\d*(?:[Ee][-+]?\d+)?|\.\d+(?:[Ee][-+]?\d+)?)
    |(?P<mark>\.\.\.|[-+*/]=|==|!=|<=|>=|&&|\|\||\+\+|--|[-+*/%^<>=!?:;,.(){}\[\]#&|])
    |(?P<blank>[ \t\r\n\f]+)""",
    re.DOTALL | re.VERBOSE,
)
_ASSIGNING = ("=", "+=", "-=", "*=", "/=", "++", "--")
_READING = ("Include", "Merge", "ShapeFromFile")
_SPEAKING = ("Printf", "Error", "Warning")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_FACTORIES = ("OpenCASCADE", "Built-in")


@dataclass(frozen=True)
class Token:
    """One word of a script and where it stands."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Script:
    """The words of one script.

    Parameters
    ----------
    path : Path
    text : str
    tokens : tuple of Token
        Without comments.
    """

    path: Path
    text: str
    tokens: tuple[Token, ...]

    def named_files(self) -> list[tuple[Token, Path]]:
        """The texts that name files, and the files; names start in the script's folder.

        Raises
        ------
        InputError
            If a name is not written out in quotes.
        """
        found = []
        for index, token in enumerate(self.tokens):
            if token.kind != "word" or token.text not in _READING:
                continue
            after = self._at(index + 1)
            if after.text == "(":
                after = self._at(index + 2)
            if after.kind != "text":
                raise InputError(
                    f"{self.path.name}: {self._statement(token)}: write the file name in quotes,"
                    " so that a change of the file is noticed"
                )
            found.append((after, self.path.parent / after.text[1:-1]))
        return found

    def constants(self) -> dict[str, tuple[int, int] | None]:
        """Constants that a design may set: None for those of DefineConstant, else the span
        of the value that a single statement gives.
        """
        found: dict[str, tuple[int, int] | None] = {}
        counts: dict[str, int] = {}
        inside_definition = depth = 0
        for index, token in enumerate(self.tokens):
            if token.text in _CLOSING:
                depth += 1
            elif token.text in _CLOSING.values():
                depth -= 1
                inside_definition = min(inside_definition, depth)
            elif token.text == "DefineConstant":
                inside_definition = depth + 1
            after = self._at(index + 1)
            if token.kind != "word" or after.text not in _ASSIGNING or token.text in words.ALLOWED:
                continue
            if self._at(index - 1).text == ".":
                continue
            if inside_definition and depth >= inside_definition:
                found[token.text] = None
                continue
            counts[token.text] = counts.get(token.text, 0) + 1
            end = next((t for t in self.tokens[index + 2 :] if t.text == ";"), None)
            if end is not None and after.text == "=" and self._head(index):
                found.setdefault(token.text, (self._at(index + 2).start, end.start))
        return {name: span for name, span in found.items() if span is None or counts[name] == 1}

    def check(self, known: frozenset[str]) -> None:
        """Refuse what a section may not say.

        Parameters
        ----------
        known : frozenset of str
            The own names of all scripts of the section.

        Raises
        ------
        InputError
            One line: file, line and word.
        """
        for index, token in enumerate(self.tokens):
            if token.kind == "word":
                self._check_word(index, token, known)
            elif token.text == ".":
                self._check_member(index)
            elif token.text == ">" and self._at(index + 1).text == ">":
                self._refuse(token, ">>")

    def _check_word(self, index: int, token: Token, known: frozenset[str]) -> None:
        before, after = self._at(index - 1), self._at(index + 1)
        if before.text == ".":
            return  # a member, looked at from its point
        word = token.text
        if word in words.RESERVED or (word not in words.ALLOWED and word not in known):
            self._refuse(token, word)
        if word in ("Include", "Merge"):
            ends = after.kind == "text" and self._at(index + 2).text == ";"
            if not ends and after.kind == "text":
                self._refuse(token, word)
        elif word == "SetFactory":
            factory = self._at(index + 2)
            if factory.kind != "text" or factory.text[1:-1] not in _FACTORIES:
                self._refuse(token, word)
        elif word in _SPEAKING:
            if self._at(self._closing(index + 1) + 1).text != ";":
                self._refuse(token, f"{word} into a file")
        elif word in words.OPTION_GROUPS or word == "General":
            if after.text != "." and not (word == "Mesh" and after.kind == "number"):
                self._refuse(token, word)
        elif word in words.ALLOWED:
            if after.kind == "text" and word not in (
                *words.ATTRIBUTES,
                "Macro",
                "Function",
                "Call",
            ):
                self._refuse(token, f"{word} with a text")
        else:
            self._check_own(index, token)

    def _check_own(self, index: int, token: Token) -> None:
        """A name of the script's own is a value, never the head of a command."""
        before, after = self._at(index - 1), self._at(index + 1)
        if after.kind in ("text", "word", "number") and not (
            before.text in ("For", "Macro", "Function", "Call")
            or after.text in ("In", "Using", "EndIf", "EndFor", "Else", "ElseIf")
        ):
            self._refuse(token, f"{token.text} {after.text[:20]}")
        if after.text == "(":
            end = self._closing(index + 1)
            inside = self.tokens[index + 2 : end]
            if any(one.kind == "text" for one in inside):
                self._refuse(token, f"{token.text}(...) with a text")
            after = self._at(end + 1)
        elif after.text == "[":
            after = self._at(self._closing(index + 1) + 1)
        command = self._head(index) and before.text not in ("Macro", "Function", "Call")
        if command and after.text not in _ASSIGNING:
            self._refuse(token, token.text)

    def _check_member(self, index: int) -> None:
        """`Mesh.X = number`, `Field[1].X = ...`."""
        owner, member, value = self._at(index - 1), self._at(index + 1), self._at(index + 3)
        if member.kind != "word":
            self._refuse(member, ".")
        name = f"{owner.text}.{member.text}" if owner.kind == "word" else member.text
        if owner.kind == "word":
            allowed = owner.text in words.OPTION_GROUPS or (
                owner.text == "General" and member.text in words.GENERAL_OPTIONS
            )
            if not allowed or value.kind == "text":
                self._refuse(member, name)
        elif owner.text != "]" or member.text not in words.FIELD_OPTIONS:
            self._refuse(member, name)
        elif value.kind == "text" and member.text not in words.FORMULAS:
            self._refuse(member, f"{name} with a text")

    def own_names(self) -> frozenset[str]:
        """Words that are given a value, or name a macro."""
        found = set()
        for index, token in enumerate(self.tokens):
            if token.kind != "word" or self._at(index - 1).text == ".":
                continue
            after = self._at(index + 1)
            if after.text in ("(", "["):
                after = self._at(self._closing(index + 1) + 1)
            if after.text in _ASSIGNING or self._at(index - 1).text in ("For", "Macro", "Function"):
                found.add(token.text)
        return frozenset(found)

    def _head(self, index: int) -> bool:
        """Whether a statement may begin here."""
        return index == 0 or self._at(index - 1).text in (
            ";",
            "}",
            "EndIf",
            "EndFor",
            "Else",
            "Return",
        )

    def _closing(self, index: int) -> int:
        """Index of the bracket that closes the one here."""
        opening, depth = self._at(index).text, 0
        if opening not in _CLOSING:
            return index - 1
        for number in range(index, len(self.tokens)):
            text = self.tokens[number].text
            depth += (text == opening) - (text == _CLOSING[opening])
            if depth == 0:
                return number
        self._refuse(self._at(index), f"{opening} that is never closed")
        return len(self.tokens)

    def _at(self, index: int) -> Token:
        end = len(self.text)
        return self.tokens[index] if 0 <= index < len(self.tokens) else Token("end", "", end, end)

    def _statement(self, token: Token) -> str:
        return " ".join(self.text[token.start :].split(";")[0].split())[:80]

    def _refuse(self, token: Token, what: str) -> None:
        line = self.text.count("\n", 0, token.start) + 1
        raise InputError(
            f"{self.path}: line {line}: {what} is not allowed in a section: scripts may draw, mesh"
            " and include, and every name of their own needs a value"
        )


def read_script(path: Path) -> Script:
    """The words of a script.

    Raises
    ------
    InputError
        One line: what is no script, too large, or has letters that no script needs.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(
                f"{path}: larger than {_LARGEST_BYTES // 10**6} MB; a section's script takes some "
                "kB"
            )
        text = read_bytes(path, _LARGEST_BYTES).decode("utf-8", errors="replace")
    except Refused as error:
        raise InputError(f"{path}: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    tokens, position = [], 0
    control = re.search(r"[\x00-\x08\x0b\x0e-\x1f]", text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        raise InputError(f"{path}: line {line}: a control character is not allowed in a section")
    while position < len(text):
        match = _TOKEN.match(text, position)
        kind = "" if match is None else str(match.lastgroup)
        too_long = (
            match is not None and kind in ("text", "comment") and len(match[0]) > _LONGEST_TEXT
        )
        if match is None or too_long:
            line = text.count("\n", 0, position) + 1
            what = (
                "a text or comment of over 1000 letters"
                if too_long
                else repr(text[position : position + 1])
            )
            raise InputError(f"{path}: line {line}: {what} is not allowed in a section")
        if kind not in ("comment", "blank"):
            tokens.append(Token(kind, match[0], match.start(), match.end()))
        position = match.end()
    return Script(path, text, tuple(tokens))


def with_values(
    scripts: Mapping[Path, Script], parameters: Mapping[str, float]
) -> tuple[dict[Path, list[tuple[int, int, str]]], dict[str, float]]:
    """Where the values of a design stand in for those of the scripts, and constants that gmsh
    takes.

    Parameters
    ----------
    scripts : mapping of Path to Script
        The first is the section itself.
    parameters : mapping of str to float

    Raises
    ------
    InputError
        If no script has a constant of a name.
    """
    changes: dict[Path, list[tuple[int, int, str]]] = {path: [] for path in scripts}
    constants: dict[str, float] = {}
    tables = {path: script.constants() for path, script in scripts.items()}
    known = list(dict.fromkeys(name for table in tables.values() for name in table))
    for name, value in parameters.items():
        if name not in known:
            first = next(iter(scripts))
            raise InputError(
                f"{first}: no constant {name!r}; it has {', '.join(known) or 'none'}"
                f"{nearest(name, known)}"
            )
        for path, table in tables.items():
            span = table.get(name)
            if span is not None:
                changes[path].append((*span, repr(float(value))))
            elif name in table:
                constants[name] = float(value)
    return changes, constants


def rewritten(text: str, changes: list[tuple[int, int, str]]) -> str:
    """A text with other words between some positions."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text
