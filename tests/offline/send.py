"""Sends what a tablet has, each step again and again until it is answered: a process of its own.
See test_killed_server.py.

Arguments: the server, the value of the session cookie, a file with a step in each line of JSON, and
one to write receipts into, a line of JSON each. It ends after the last step, or when it is killed.
"""

import json
import sys
import time
from base64 import b64decode
from http.client import HTTPConnection, HTTPException

server, cookie, steps, receipts = sys.argv[1:]
HEADERS = {"Cookie": f"session={cookie}", "X-Inspector": "1"}


def answered(method: str, path: str, body: bytes, kind: str) -> str:
    """The body of the answer, whenever it comes."""
    while True:
        connection = HTTPConnection(server, timeout=20)
        try:
            connection.request(method, path, body, HEADERS | {"Content-Type": kind})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException):
            time.sleep(0.02)
            continue
        finally:
            connection.close()
        if answer.status != 200:
            sys.exit(f"{method} {path}: {answer.status} {text}")
        return text


with open(steps) as todo, open(receipts, "a", buffering=1) as got:
    for line in todo:
        step = json.loads(line)
        if "photo" in step:
            body, path = b64decode(step["photo"]), f"/api/blobs/{step['sha256']}"
            got.write(json.dumps(json.loads(answered("PUT", path, body, "image/jpeg"))) + "\n")
        else:
            text = answered("POST", "/api/ops", line.encode(), "application/json")
            got.write(json.dumps(json.loads(text)) + "\n")
