"""Where a C file may be changed by one word: each comparison, constant, factor and field that is read.

A field becomes another one of its type in its structure, or one more; a pointer that is the only one of its type there
is left alone, as it would only point astray.

A lexer and no parser: it knows comments, strings and preprocessor lines, and tells a product (a * b) from a pointer
(type *b) by the spacing that clang-format gives. What does not compile is for the caller to leave out.
"""
import re
from collections import namedtuple

# The text from `start` to `end` of a file, `old`, may become any of `news`; `line` counts from 1.
Site = namedtuple("Site", "path line start end old news kind")
Token = namedtuple("Token", "kind start end text")

TOKEN = re.compile(
    r"""(?P<skip>/\*.*?\*/|//[^\n]*|\s+|\\\n|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<op>->|<<=|>>=|[-+*/%&|^!=<>]=|&&|\|\||\+\+|--|<<|>>|::|\S)""",
    re.VERBOSE | re.DOTALL,
)
OPERATORS = {
    "comparison": {
        "<": ("<=", ">="),
        "<=": ("<", ">"),
        ">": (">=", "<="),
        ">=": (">", "<"),
        "==": ("!=",),
        "!=": ("==",),
        "&&": ("||",),
        "||": ("&&",),
    },
    "factor": {
        "+": ("-",),
        "-": ("+",),
        "*": ("/",),
        "/": ("*",),
        "+=": ("-=",),
        "-=": ("+=",),
        "*=": ("/=",),
        "/=": ("*=",),
        "++": ("--",),
        "--": ("++",),
    },
}
WORDS = {
    "comparison": {"fmin": ("fmax",), "fmax": ("fmin",)},
    "constant": {"true": ("false",), "false": ("true",), "INFINITY": ("0",)},
}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "++", "--"}


def tokens(text):
    """All tokens but comments, strings, white space and what the preprocessor reads itself."""
    spans = directives(text)
    found, at, span = [], 0, 0
    while at < len(text):
        while span < len(spans) and spans[span][1] <= at:
            span += 1
        if span < len(spans) and spans[span][0] <= at:
            at = spans[span][1]
            continue
        match = TOKEN.match(text, at)
        at = match.end()
        if match.lastgroup != "skip":
            found.append(Token(match.lastgroup, match.start(), at, match.group()))
    return found


def directives(text):
    """Spans of preprocessor lines; of #define without the body."""
    spans = []
    for match in re.finditer(r"^[ \t]*#[ \t]*(\w*)(?:\\\n|[^\n])*\n?", text, re.MULTILINE):
        end = match.end()
        if match.group(1) == "define":
            end = match.start() + re.match(r"\s*#\s*define\s+\w+(\([^)]*\))?", match.group()).end()
        spans.append((match.start(), end))
    return spans


def members(texts):
    """{structure: names of its fields}."""
    found = {}
    for text in texts:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)
        for name, body in re.findall(r"struct\s+(\w+)\s*\{([^{}]*)\}", text):
            found.setdefault(name, set()).update(re.findall(r"\w+", body))
    return found


def fields(texts):
    """{field: (what it may become, ...)} of all structures in the texts. A name that is a pointer in one of them may be
    one there, so it becomes other fields only."""
    siblings, pointers = {}, set()
    for text in texts:
        text = re.sub(r"/\*.*?\*/|//[^\n]*|\bconst\b", " ", text, flags=re.DOTALL)
        pointers |= set(re.findall(r"\*(\w+)\s*[;,]", text))  # by the spacing, no product
        for body in re.findall(r"struct\s+\w*\s*\{([^{}]*)\}", text):
            by_type = {}
            for declaration in body.split(";"):
                match = re.match(r"\s*((?:(?:struct|enum|unsigned|long)\s+)*\w+)\s+(.*)", declaration, re.DOTALL)
                if not match or "(" in declaration or ":" in declaration:
                    continue
                for name in match.group(2).split(","):
                    stars, word, rest = re.match(r"\s*([\s*]*)(\w*)(.*)", name, re.DOTALL).groups()
                    if word:
                        by_type.setdefault((match.group(1), stars.count("*"), "[" in rest), []).append(word)
            for (_, stars, _), names in by_type.items():
                pointers |= set(names) if stars else set()
                for name in names:
                    others = set(names) - {name}
                    siblings.setdefault(name, set()).update(others or (set() if stars else {f"{name} + 1"}))
    return {
        name: tuple(sorted(others - ({f"{name} + 1"} if name in pointers else set()))) for name, others in siblings.items()
    }


def number(word):
    """Another constant, which compiles where this one does."""
    if re.match(r"0[xX]", word):
        return f"({word} + 1)"
    if re.search(r"[.eE]", word):
        return "1.0" if float(word.rstrip("fFlL")) == 0 else f"(2 * {word})"
    return {"0": "1", "1": "2"}.get(word, f"({word} + 1)")


def after_brackets(found, i):
    """The text of the token behind token `i` and any [...] that follow it."""
    i += 1
    depth = 0
    while i < len(found) and (depth or found[i].text == "["):
        depth += {"[": 1, "]": -1}.get(found[i].text, 0)
        i += 1
    return found[i].text if i < len(found) else ""


def chain_start(found, i):
    """The first token of the expression a->b[...].c whose last field is token `i`."""
    while i >= 2 and found[i - 1].text in ("->", "."):
        i -= 2
        while i > 0 and found[i].text in ("]", ")"):
            close, depth = found[i].text, 0
            opens = {"]": "[", ")": "("}[close]
            while i > 0:
                depth += {close: 1, opens: -1}.get(found[i].text, 0)
                if not depth:
                    break
                i -= 1
            if i > 0 and (close == "]" or found[i - 1].kind == "name"):
                i -= 1
    return i


def is_read(found, i):
    """Whether token `i`, behind a -> or a dot, is a field that is read."""
    follows = found[i + 1].text if i + 1 < len(found) else ""
    if follows == "(" or (found[i - 1].text == "." and found[i - 2].text in ("{", ",", "(")):
        return False  # a call, or a designated initialiser
    if follows in ("->", "."):
        return True
    first = chain_start(found, i)
    before = found[first - 1] if first else None
    if before and (before.text in ("++", "--") or (before.text == "&" and before.end == found[first].start)):
        return False
    return after_brackets(found, i) not in ASSIGNMENTS


def is_spaced(text, token):
    return text[token.start - 1] in " \n" and text[token.end : token.end + 1] in (" ", "\n")


def of_token(text, found, i, siblings):
    """(kind, what it may become) of a token; ("", ()) if it stays."""
    token = found[i]
    if token.kind == "number":
        return "constant", (number(token.text),)
    if token.kind == "name":
        if i and found[i - 1].text in ("->", "."):
            if not is_read(found, i):
                return "", ()
            return "field", siblings.get(token.text, ())
        table = WORDS
    elif is_spaced(text, token) or token.text in ("++", "--"):
        table = OPERATORS
    else:
        return "", ()
    for kind, rows in table.items():
        if token.text in rows:
            return kind, rows[token.text]
    return "", ()


def of_file(path, text, siblings):
    """The sites of a file, in order."""
    found = tokens(text)
    sites = []
    for i, token in enumerate(found):
        kind, news = of_token(text, found, i, siblings)
        if kind and news:
            sites.append(Site(path, text.count("\n", 0, token.start) + 1, token.start, token.end, token.text, news, kind))
    return sites


def change(text, site, new):
    return text[: site.start] + new + text[site.end :]
