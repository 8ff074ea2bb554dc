"""Values that a request may hold and that no program of ours would send."""

import base64
import math
from random import Random
from typing import Any

LONG = 5_000


def cursor(values: str) -> str:
    """The text of a pagination cursor with this JSON in it."""
    return base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")


TEXTS = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "\udfff\ud800",
        "\u202e",
        "\u200b",
        "\u3164",
        "\ufeff",
        "😀",
        "e\u0301",
    ),
    *(
        "x" * LONG,
        "é" * 300,
        "%",
        "%00",
        "%s%n",
        "{0}",
        "{{ 7|add:1 }}",
        "'",
        '"',
        "\\",
        "--",
        "a' OR 1=1 --",
    ),
    *(
        "../../etc/passwd",
        "/",
        ".",
        "..",
        "~",
        "C:\\",
        "<script>alert(1)</script>",
        "\r\nSet-Cookie: a=b",
        "\t",
    ),
    # Numbers that are none, that only look so, or that no column holds.
    *("0", "-1", "1.5", "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-Infinity", "9" * LONG, "0x10"),
    *("1_000", "٣", "²", "½", "+1", "1 ", "2147483648", "9223372036854775807", "9223372036854775808"),
    *(
        "-9223372036854775809",
        str(10**17),
        str(10**30),
        "true",
        "null",
        "None",
        "[]",
        "{}",
        "[[",
        "1,2",
        ",,,,",
    ),
    "1," * 2_000,
    # Dates at and past both ends.
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2024-02-30", "2024-13-01T25:61", "2024"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-01-01T00:00:00+99:99", "1e9", "-1-1-1"),
    *("0001-01", "9999-12", "0000", "99999", "24:00", "12:60:60.9999999"),
    # Addresses.
    *("http://[", "http://[::1", "//example.org", "https://example.org/", "file:///etc/passwd", "data:,x"),
    *("javascript:alert(1)", "http://127.0.0.1:1/", "/people/", "?", "#"),
    # Ids and digests of the right form.
    *("00000000-0000-0000-0000-000000000000", "f" * 64, "tro_" + "a" * 40, "IiI:1:1"),
    *("=1+1", "name", "-name", "name__startswith", "pk__in", "__all__", "%(id)s"),
    *(
        cursor("[1e400,1]"),
        cursor("[null,null]"),
        cursor('["\\u0000",1]'),
        cursor('["\\ud800",1]'),
        cursor("[]"),
    ),
    *(cursor('["9999-12-31T23:59:59-14:00",1]'), cursor('["0001-01-01T00:00:00+14:00",1]'), cursor("{}")),
    *(
        cursor(f"[{10**30},{10**30}]"),
        cursor("[NaN,NaN]"),
        cursor("[" * 900),
        cursor('["",1,2,3]'),
        "!!!!",
        "é",
    ),
)
NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1.5, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**17, 10**30, 10**300, 1e308, -1e308, 5e-324),
    *(math.inf, -math.inf, math.nan, True, False),
)
NOTHING: tuple[Any, ...] = (
    None,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": None},
    {"a": {"b": []}},
    ["x"] * 3,
    [0.5, "1"],
)


def json_value(random: Random) -> Any:
    """A value of any type of JSON, most of them of the wrong one."""
    match random.randrange(6):
        case 0 | 1:
            return random.choice(TEXTS)
        case 2 | 3:
            return random.choice(NUMBERS)
        case 4:
            return random.choice(NOTHING)
    inner = json_value(random)
    return random.choice(
        [[inner], [inner] * 300, {"id": inner}, {str(random.choice(TEXTS)): inner}, nested(inner)]
    )


def nested(value: Any, levels: int = 12) -> Any:
    """The value inside this many lists."""
    for _level in range(levels):
        value = [value]
    return value


DAMAGED_FILE = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="\0.jpg"\r\n'
    b"Content-Type: image/jpeg; charset=rot13\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n"
)
# Bodies that are wrong as a whole, with the type that they claim to have.
BODIES: tuple[tuple[str, bytes], ...] = (
    *(
        ("application/json", body)
        for body in (b"", b"{", b"null", b"1", b'"x"', b"[]", b"[1e400]", b"NaN", b"\0")
    ),
    ("application/json", b"[" * 100_000 + b"]" * 100_000),
    ("application/json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("application/json", b"[" * 100_000),
    ("application/json", b"[" + b"0," * 300_000 + b"0]"),
    ("application/json", b'{"name": "\\ud800", "a\\u0000": 1}'),
    ("application/json", b'{"name": "\xff\xfe"}'),
    ("application/json", b'{"id": ' + b"9" * 5_000 + b"}"),
    ("application/json", "{}".encode("utf-16")),
    ("application/json; charset=utf-16", b"{}"),
    ("application/json; charset=rot13", b"{}"),
    ("application/json; charset=nonsense", b"{}"),
    ("application/*", b"[" * 100_000 + b"]" * 100_000),
    ("*/*", b"[" * 100_000 + b"]" * 100_000),
    ("application/vnd.api+json", b"{}"),
    ("text/plain", b"name=x"),
    ("nonsense", b"name=x"),
    (";", b"name=x"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % number for number in range(3_000))),
    ("application/x-www-form-urlencoded", b"name=%00&%00=1"),
    ("application/x-www-form-urlencoded", b"name=%ed%a0%80&username=%ff&password=%fe"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"name=x"),
    ("application/x-www-form-urlencoded; charset=unicode_escape", b"name=\\ud800"),
    ("application/x-www-form-urlencoded; charset=rot13", b"name=x"),
    ("multipart/form-data", b"name=x"),
    ("multipart/form-data; boundary=", b"--\r\n\r\n"),
    ("multipart/form-data; boundary=x", b"--x"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\0\r\n--x--\r\n',
    ),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
    ("multipart/form-data; boundary=x", DAMAGED_FILE),
    (
        "multipart/form-data; boundary=x",
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="f%d"; filename="%d"\r\n\r\n1\r\n'
            % (number, number)
            for number in range(2_500)
        )
        + b"--x--\r\n",
    ),
    ("application/octet-stream", b"\0" * 100),
    ("application/offset+octet-stream", b""),
    ("image/jpeg", b"\xff\xd8\xff"),
)
# Without what servers refuse: line breaks, NUL, and lengths that are no numbers.
HEADERS: tuple[tuple[str, str], ...] = (
    *(
        ("Accept", value)
        for value in ("", "x", "*/*;q=nonsense", "application/json;version=é", "text/html," * 300)
    ),
    *(
        ("Accept-Language", value)
        for value in ("x" * 600, "fr-FR-é", "*", "zz-" * 50, "en;q=nan", "en-é;q=1e400")
    ),
    *(("Cookie", value) for value in ("a", "=", "é=é", ";" * 500)),
    *(
        ("Authorization", value)
        for value in ("Bearer", "Bearer é", "Bearer  ", "Basic é", "Bearer " + "x" * LONG)
    ),
    *(("If-None-Match", value) for value in ("x", '"', "*", 'W/"é"', '"a",' * 300)),
    *(("If-Match", value) for value in ('"x"', "é")),
    *(("If-Modified-Since", value) for value in ("x", "Thu, 99 Foo 0000", "Fri, 31 Dec 9999 23:59:59 GMT")),
    ("If-Unmodified-Since", "Mon, 01 Jan 0000 00:00:00 GMT"),
    *(
        ("Range", value)
        for value in ("bytes=", "bytes=5-2", "bytes=-0", "bytes=²-", "bytes=0-0," * 300, "x=1")
    ),
    ("Range", "bytes=" + "9" * LONG + "-"),
    *(("HX-Current-URL", value) for value in ("http://[", "é", "//x", "http://testserver/\\", "%00")),
    *(("Referer", value) for value in ("http://[", "é", "http://testserver/%00")),
    *(("Origin", value) for value in ("null", "http://[", "é", "https://example.org")),
    *(("Idempotency-Key", value) for value in ("", "é", "x" * 300, "a b", "\\0", "key")),
    *(("Upload-Offset", value) for value in ("²", "-1", "9" * LONG, "9223372036854775808", "x", "")),
    *(("X-Forwarded-For", value) for value in ("é", "1.2.3.4," * 300, "[", "::1%é")),
    *(("X-Request-ID", value) for value in ("é", "x" * 300)),
    *(("Share-Password", value) for value in ("é", "x" * LONG)),
    *(("X-HTTP-Method-Override", value) for value in ("DELETE", "é")),
    *(("X-CSRFToken", value) for value in ("é", "x" * 64, "")),
    *(("Host", value) for value in ("é", "", "testserver:x", "[", "example.org")),
    ("Accept-Encoding", "gzip;q=é"),
    ("HX-Request", "true"),
)
# In quotes a cookie may hold any byte, written in octal.
COOKIES = ('"\\000"', '"\\355\\240\\200"', "é", "x" * 300, '"\\', "../x", "")
