"""Attacks on the page's server, made in a network namespace of its own where every look-up of a name is recorded.

Run by `interfaces/page/test_routes.py`, with arguments for the page; prints one JSON object: the status of each
request, the names that were looked up before and after the requests, and what reached a server that nothing should
reach.
"""

import http.client
import http.server
import json
import re
import socket
import subprocess
import sys
import threading
import time

names, reached = [], []


def resolve():
    """Answer every look-up with «no such name», and remember what was asked for."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def work():
        while True:
            asked, client = server.recvfrom(512)
            labels, at = [], 12
            while length := asked[at]:
                labels.append(asked[at + 1 : at + 1 + length].decode("latin-1"))
                at += 1 + length
            names.append(".".join(labels))
            server.sendto(asked[:2] + b"\x81\x83" + asked[4:6] + bytes(6) + asked[12 : at + 5], client)

    threading.Thread(target=work, daemon=True).start()


class Trap(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        reached.append(self.path)
        self.send_response(302)
        self.send_header("Location", "http://vidare.example/x")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def ask(port, method, path, body=None, headers=None):
    """Return the status of a request whose path is sent as it stands; 0 where no reply comes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    try:
        connection.endheaders(body)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def main():
    resolve()
    trap = http.server.ThreadingHTTPServer(("127.0.0.1", 8099), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    with_name = []
    try:
        socket.getaddrinfo("kanariefagel.example", 80)
    except OSError:
        with_name = [name for name in names if name.startswith("kanariefagel")]
    page = subprocess.Popen(
        [sys.executable, "app.py", "--port", "17990", *sys.argv[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        while not (found := re.search(r"Öppna http://127.0.0.1:(\d+)", page.stdout.readline())):
            assert page.poll() is None
        names.clear()
        statuses = {}
        for method, path, body in json.load(sys.stdin):
            sent = None if body is None else body.encode()
            headers = {"Content-Type": "application/json"} if sent else {}
            statuses[f"{method} {path} {body or ''}".strip()] = ask(int(found[1]), method, path, sent, headers)
        time.sleep(1)
    finally:
        page.terminate()
        page.wait(120)
    print(json.dumps({"canary": with_name, "names": names, "reached": reached, "statuses": statuses}))


main()
