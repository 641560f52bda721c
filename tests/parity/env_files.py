"""Env files to compare: hard ones written by hand, and random ones from a fixed seed."""

import random

ENVIRON = {"HOST": "from host", "EMPTY": "", "BOTH": "host", "WEIRD": "a'b\"c $HOST # \\n é"}
"""What both sides find in their environment."""

LONG = b"x" * 65_533

BY_HAND: tuple[bytes, ...] = (
    # the plain form
    b"", b"\n", b"\r\n", b" \n\t\n", b"#\n", b"# only a comment", b"A=1", b"A=1\n", b"A=1\nB=2",
    b"A=1\n\n\nB=2\n\n", b"A=1\r\nB=2\r\n", b"A=1\r\n\r\n# c\r\nB\r\n", b"A=1\rB=2\n", b"A=1\r",
    b"\xef\xbb\xbfA=1\n", b"\xef\xbb\xbf# c\nA=1\n", b"\xef\xbb\xbf\nA=1\n", b"A=\xef\xbb\xbf1\n",
    b"A=x=y\n", b"A==\n", b"A=\n", b"A=\nB=\n", b"A= \n", b"  A=1\n\tB=2\n", b"\x0bA=1\n\x0cB=2\n",
    b"A=1 \n", b"A=1\t\n", b"A= 1\n", b"A=\t1\n", b"A=a b  c\n", b"A=1\nA=2\n", b"A=1\nB=2\nA=3\n",
    b"a=1\nA=2\n", b"_=1\n__A_1=2\n", b"1A=2\n", b"9=1\n", b"a.b=1\n", b"a-b=1\n", b"a[0]=1\n",
    b"A]=1\n", b"[=1\n", b"A.=1\n-A=2\n", "é=ü\n".encode(), "A=grüße 🐳\n".encode(),
    "Ж=1\n".encode(), "\u2003A=1\n".encode(), "A=1\u2003\n".encode(), "A=\u00a01\u00a0\n".encode(),
    "A=1\u2028B=2\n".encode(), "\u0085A=1\n".encode(), b"A=\x1c1\x1c\n", b"\x1cA=1\n",
    b"A=\x01\x02\x7f\n", b"A=\x1b[1m\n", b"A=1\n" * 40, b"A=" + LONG + b"\n",
    b"A=" + LONG + b"xxx\n", b"A=" + LONG, b"#" + LONG + b"xxxxxx\nA=1\n",
    # comments
    b"A=x # c\n", b"A=x#c\n", b"A=#c\n", b"A= #c\n", b"A= # c\n", b"A=x\t# c\n", b"A=x  # c\n",
    b"A=x #\n", b"A=x # c # d\n", b"A='x' # c\n", b"A='x'# c\n", b'A="x" # c\n', b'A="x # c"\n',
    b"A='x # c'\n", b"A=x ' # c'\n", b"  # c\nA=1\n", b"#A=1\n", b"# A=1 'x\nB=2\n", b"A=1\n#\n#\n",
    # keys: bare, exported, with a colon
    b"HOST\n", b"EMPTY\n", b"UNSET\n", b"HOST\nEMPTY\nUNSET\nBOTH\n", b"WEIRD\n", b"A=1\nA\n",
    b"HOST=1\nHOST\n", b"HOST\nHOST=1\n", b"HOST \n", b"HOST\r\nA=1\r\n", b"  HOST\n",
    b"export A=1\n", b"export  A=1\n", b"export\tA=1\n", b"export HOST\n", b"exportA=1\n",
    b"export=1\n", b"export\n", b"export \n", b"export export=1\n", b"export export A=1\n",
    b" export A=1\n", b"A=1\nexport B=2\n", b"export A='1'\n", b"export: 1\n", b"Export A=1\n",
    b"A:1\n", b"A: 1\n", b"A : 1\n", b"A :1\n", b"A: '1'\n", b'A: "1"\n', b"A:\n", b"A: \n",
    b"A::1\n", b"A:=1\n", b"A=:1\n", b"A: b: c\n", b"A = 1\n", b"A =1\n", b"A= =1\n", b"A\t=1\n",
    # quotes
    b"A=''\n", b'A=""\n', b"A='x'\n", b'A="x"\n', b"A='x\"y'\n", b"A=\"x'y\"\n", b"A='it\\'s'\n",
    b"A='a\\\\b'\n", b"A='a\\nb'\n", b"A='\\\\'\n", b"A='\\\\\\''\n", b"A=x'y'\n", b'A=x"y"\n',
    b"A='x'y\n", b"A='x''y'\n", b"A=\"x\"'y'\n", b'A="x"y\n', b'A="x"B=2\n', b"A='x' B=2\n",
    b"A='x'\tB\n", b"A=  'x'  \n", b"A=' x '\n", b"A=''x\n", b"A=it's\n", b"A=`x`\n",
    b'A="""x"""\n', b"A='x\ny'\n", b"A='x\ny'\nB=1\n", b"A='x\r\ny'\r\nB=1\r\n",
    b"A='\n\n'\n", b"A='x\n# no\ny'\nB=2\n", b'A="x\ny"\n', b'A="x\n\ty"\nB=1\n', b'A="\n"\n',
    b'A="x\n', b"A='x\n", b"A='\n", b'A="\n', b"A='x\\'\n", b"A=1\nB='x\nC=2\n", b'A="x\\"\nB=2\n',
    b'A="x\nB="y"\n', b"A=\"{'a': 1}\"\n", b"A='{\"a\": [1]}'\n", b'A={"a": {"b": 1}}\n',
    # escapes
    b'A="\\n"\n', b'A="\\t\\r\\a\\b\\f\\v"\n', b'A="\\\\"\n', b'A="\\\\n"\n', b'A="\\"x\\""\n',
    b'A="\\\'"\n', b'A="\\$HOST"\n', b'A="\\\\$HOST"\n', b'A="\\\\\\$HOST"\n', b'A="\\${HOST}"\n',
    b'A="\\q\\x41\\u0041"\n', b'A="\\c"\n', b'A="\\0"\n', b'A="\\07"\n', b'A="\\010"\n',
    b'A="\\0101"\n', b'A="\\0377"\n', b'A="\\0400"\n', b'A="\\01012"\n', b'A="\\101"\n',
    b'A="\\08"\n', b'A="\\0044HOST"\n', b"A=\\n\n", b"A=\\$HOST\n", b"A=x\\\ny=1\n", b"A=\\\n",
    b"A=C:\\temp\\new\n", b'A="C:\\temp\\new"\n',
    # interpolation
    b"A=$HOST\n", b"A=${HOST}\n", b'A="$HOST"\n', b'A="${HOST}"\n', b"A='$HOST'\n", b"A='${HOST'\n",
    b"A=$HOSTx\n", b"A=${HOST}x\n", b"A=$HOST.x\n", b"A=x$HOST$EMPTY$HOST\n", b"A=$UNSET\n",
    b"A=${UNSET}\n", b"A=$WEIRD\n", b"A=${WEIRD}\n", b'A="$WEIRD"\n', b"A=$\n", b"A=a$\n",
    b"A=$ HOST\n", b"A=$1\n", b"A=$-\n", b"A=$$\n", b"A=$$HOST\n", b"A=$$$HOST\n", b"A=$$$$\n",
    b"A=$${HOST}\n", b"A=$(HOST)\n", b"A=pa$$word\n", b"A=pa$word\n", "A=$é\n".encode(),
    b"A=1\nB=$A\n", b"A=1\nB=${A}$A\nC=$B\n", b"B=$A\nA=1\n", b"A=1\nA=$A$A\nA=$A$A\n",
    b"BOTH=file\nA=$BOTH\n", b"HOST\nA=$HOST\n", b"A=$A\n", b"A='x'\nB=\"$A\"\nC=$B\n",
    b"A=$$x\nB=$A\n", b"A='$HOST'\nB=$A\n", b'A="a\\$b"\nB=${A}\n', b"a.b=1\nA=${a.b}\n",
    b"A=x # $HOST\n", b"A=${HOST} # c\n", b"A=${UNSET:-x # y}\n", b'A="${UNSET:-x # y}"\n',
    # operators
    b"A=${HOST:-d}|${EMPTY:-d}|${UNSET:-d}\n", b"A=${HOST-d}|${EMPTY-d}|${UNSET-d}\n",
    b"A=${HOST:+d}|${EMPTY:+d}|${UNSET:+d}\n", b"A=${HOST+d}|${EMPTY+d}|${UNSET+d}\n",
    b"A=${HOST:?d}\n", b"A=${HOST?d}|${EMPTY?d}\n", b"A=${EMPTY:?d}\n", b"A=${UNSET:?d}\n",
    b"A=${UNSET?d}\n", b"A=${UNSET?}\n", b"A=${UNSET:?}\n", b"A=${UNSET:-}\n", b"A=${UNSET-}\n",
    b"A=${HOST:+}\n", b"A=${UNSET:-a b}\n", b"A=${UNSET:-'x'}\n", b'A=${UNSET:-"x"}\n',
    b"A='x${UNSET:-d}'\n", b"A=${UNSET:-$HOST}\n", b"A=${UNSET:-${HOST}}\n",
    b"A=${UNSET:-${EMPTY:-${HOST}}}\n", b"A=${UNSET-${EMPTY-${HOST}}}\n", b"A=${HOST:+${HOST}!}\n",
    b"A=${HOST:+$UNSET}\n", b"A=${UNSET:-$$}\n", b"A=${UNSET:-$HOST-}b}\n", b"A=${UNSET:-a:-b}\n",
    b"A=${UNSET:-a:?b}\n", b"A=${UNSET:-:-}\n", b"A=${UNSET:-a?b+c-d}\n",
    b"A=${HOST:-${UNSET:?x}}\n", b"A=${UNSET:-${UNSET:?x}}\n", b"A=${UNSET:-{}}\n",
    b'A=${UNSET:-{"a":{"b":1}}}\n', b"A=${UNSET:-a}}\n", b"A=${UNSET:-{a}\n",
    b"A=${UNSET:-a}b${UNSET:-c}\n", b'A="${UNSET:-a\\nb}"\n', b'A="${UNSET:-a\nb}"\n',
    b'A="${UNSET:-\\$x}"\n', b'A="${UNSET:-"x"}"\n', b'A="${UNSET:-\\"x\\"}"\n', b"A=${\n",
    b"A=${}\n", b"A=${HOST\n", b"A=${1}\n", b"A=${HOST:}\n", b"A=${HOST:x}\n", b"A=${HOST!x}\n",
    b"A=${HOST x}\n", b"A=${ HOST}\n", b"A=${HOST }\n", b"A=${HOST/a/b}\n", b"A=${HOST:=d}\n",
    b"A=${HOST=d}\n", b"A=${HOST%x}\n", b"A=${#HOST}\n", b"A=${UNSET:-${HOST}\n", b"A=${HOST}}\n",
    b"A=1\nB=${A:+$A}\nC=${B:-no}${D:-no}\n", b"A=\nB=${A:-d}${A-d}\n", b"UNSET\nB=${UNSET-d}\n",
    b"EMPTY\nB=${EMPTY-d}${EMPTY:-d}\n",
    # what is wrong
    b"=\n", b"=x\n", b" =x\n", b"A=1\n=x\n", b":x\n", b"A B=1\n", b"A B\n", b"A\tB=1\n",
    b"A B: 1\n", b"A%=1\n", b"A+=1\n", b"A/B=1\n", b"A,B=1\n", b"A'=1\n", b"'A'=1\n", b'"A"=1\n',
    b"{A}=1\n", b"$A=1\n", b"A!\n", b"x y z\n", b"A\x01=1\n", b"A;B=1\n", b"A(=1\n", b"- A=1\n",
    b"A=1\nthis is no variable\nB=2\n", b"#\nA=1\n@\n", b"*=1\n", "\u2003=1\n".encode(),
    "A\u2003B=1\n".encode(), "A\u00a0=1\n".encode(), "A\u00a0B=1\n".encode(),
)  # fmt: skip

_NAMES = (b"A", b"B", b"C", b"HOST", b"EMPTY", b"BOTH", b"UNSET", b"a.b", b"_x1")
_PIECES = (
    b"x", b"y z", b" ", b"  ", b"\t", b"#", b" #", b" # c", b"'", b'"', b"\\", b"\\n", b"\\$",
    b"\\'", b'\\"', b"\\\\", b"$", b"$$", b"$A", b"$HOST", b"${B}", b"${A:-", b"${UNSET-",
    b"${EMPTY:-", b"${HOST:+", b"${B+", b"${HOST:?e}", b"${A?", b"}", b"{", b":", b"=", b"-", b"?",
    b"\\0101", b"\xc3\xa9", b"\r", b"1",
)  # fmt: skip


def generated(count: int, seed: int) -> list[bytes]:
    """Return random env files, most of them with nothing wrong."""
    chosen = random.Random(seed)
    return [b"".join(_line(chosen) for _ in range(chosen.randint(1, 4))) for _ in range(count)]


def _line(chosen: random.Random) -> bytes:
    before = chosen.choices((b"", b"export ", b"  ", b"# "), (12, 1, 1, 1))[0]
    between = chosen.choices((b"=", b": ", b" = ", b"= ", b"\n"), (12, 1, 1, 1, 1))[0]
    value = b"".join(chosen.choices(_PIECES, k=chosen.randint(0, 6)))
    quote = chosen.choices((b"", b"'", b'"'), (3, 1, 2))[0]
    if quote:
        value = quote + value.replace(quote, b"") + quote
    end = chosen.choices((b"\n", b"\r\n"), (9, 1))[0]
    return before + chosen.choice(_NAMES) + between + (b"" if between == b"\n" else value + end)
