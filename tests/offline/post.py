"""Posts one batch when told to: a process of its own, as a tablet is. See test_many_at_once.py.

Arguments: the server, the value of the session cookie. Standard input: the batch in one line, then
a line that means "now". Standard output: "ready", then the status and the receipt in one line.
"""

import sys
from http.client import HTTPConnection

server, cookie = sys.argv[1:]
body = sys.stdin.readline().encode()
connection = HTTPConnection(server, timeout=60)
connection.connect()
sys.stdout.write("ready\n")
sys.stdout.flush()
sys.stdin.readline()
headers = {"Content-Type": "application/json", "Cookie": f"session={cookie}", "X-Inspector": "1"}
connection.request("POST", "/api/ops", body, headers)
answer = connection.getresponse()
sys.stdout.write(f"{answer.status} {answer.read().decode().strip()}\n")
