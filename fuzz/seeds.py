#!/usr/bin/env python3
"""Writes the seeds of every target into `fuzz/corpus`: the answers of the
conformance table, the scenarios and examples of this repository and the
expressions in them, and figures in Locust's shape and in ours."""

import gzip
import hashlib
import pathlib
import re
import zlib

FUZZ = pathlib.Path(__file__).resolve().parent
ROOT = FUZZ.parent

STATS = """Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%
GET,/a,10,1,5,5.5,1,20,100,2.0,0.1,5,6,7,8,9,10,11,12,13,14,20
,Aggregated,10,1,5,5.5,1,20,100,2.0,0.1,5,6,7,8,9,10,11,12,13,14,20
"""
FAILURES = """Method,Name,Error,Occurrences
GET,/a,"HTTPError('500 Server Error')",1
"""
HISTORY = """Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size
1700000000,1,,Aggregated,2.0,0.1,5,6,7,8,9,10,11,12,13,14,20,10,1,5,5.5,1,20,100
"""


def seed(target, data):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    name = "seed-" + hashlib.sha1(data).hexdigest()
    (folder / name).write_bytes(data)


def unescaped(text):
    known = {"r": b"\r", "n": b"\n", "t": b"\t", "s": b" ", "\\": b"\\"}
    parts = re.split(r"\\(x[0-9a-fA-F]{2}|.)", text)
    data = b""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            data += part.encode()
        else:
            data += bytes([int(part[1:], 16)]) if part[0] == "x" and len(part) == 3 else known[part]
    return data


def made(word):
    """What a word in angle brackets of the table stands for."""
    if word in ("split", "close", "reset"):
        return b""
    if match := re.fullmatch(r"(\d+)\*(.*)", word):
        return unescaped(match[2]) * int(match[1])
    coding, text = word.split(":", 1)
    raw = zlib.compressobj(wbits=-15)
    encode = {
        "gzip": gzip.compress,
        "zlib": zlib.compress,
        "deflate": lambda data: raw.compress(data) + raw.flush(),
    }[coding]
    return encode(unescaped(text))


def answer(text):
    parts = re.split(r"<([^>]*)>", text)
    data = b"".join(made(part) if index % 2 else unescaped(part) for index, part in enumerate(parts))
    # Long ones teach a fuzzer little.
    if len(data) > 4096:
        return
    seed("http1", bytes([0, 7]) + data)
    fields = data.split(b"\r\n\r\n", 1)[0].split(b"\r\n")[1:]
    seed("http2", b"\n".join(fields))
    cookies = [field[12:] for field in fields if field.startswith(b"Set-Cookie: ")]
    if cookies:
        seed("cookies", b"@a.here.test\n/x/y\n" + b"\n".join(cookies))


def scenario(text):
    seed("scenario", text.encode())
    for hole in re.findall(r"\{\{(.*?)\}\}", text, re.S):
        seed("expression", hole.strip().encode())


for path in sorted((ROOT / "tests/wire").glob("*.txt")):
    for line in path.read_text().splitlines():
        columns = line.split(" | ")
        if not line.startswith("#") and len(columns) == 5:
            for text in columns[2].split(" ++ "):
                answer(text.strip())
seed("http2", b"GET /a?b HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nX-A: 1\r\n\r\n")
for folder in ("scenarios", "tests/scenarios", "tests/locust"):
    for path in sorted((ROOT / folder).rglob("*.yaml")):
        scenario(path.read_text())
for path in sorted((ROOT / "docs").glob("*.md")):
    for block in re.findall(r"```yaml[^\n]*\n(.*?)```", path.read_text(), re.S):
        scenario(block)
for json_path in ("$.a", "$..id", "$.items[?(@.ok == true)].id", "$[0:2]", "$['a']"):
    for body in ('{"a": [1, {"id": 2, "ok": true}], "items": []}', "<p><a>x</a></p>", "NaN"):
        seed("answer", f"{json_path}\n{body}".encode())
seed("locust_csv", "---\n".join((STATS, FAILURES, HISTORY)).encode())
for path in sorted((FUZZ / "seeds").glob("*_run.json")):
    seed("run_file", path.read_bytes())
