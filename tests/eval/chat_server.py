"""A server of chat completions for tests, on a free port of 127.0.0.1.

usage: chat_server.py PORT_FILE REQUESTS_FILE PLAN

PLAN: what the next requests get, separated by commas, the last for all that follow:
  ok           a completion that repeats the message's last word, with usage
  bare         the same without usage
  429, 500...  that status; 429 asks to wait one second
  slow         nothing for ten seconds
  broken       half a JSON document
  empty        JSON that is no completion
Each request is appended to REQUESTS_FILE: a line of JSON with its path, its authorization and its
body. The port is written to PORT_FILE once the server listens.
"""
import http.server
import json
import os
import sys
import time

port_file, requests_file, plan = sys.argv[1:4]
plan = plan.split(",")


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def reply(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(requests_file, "a", encoding="utf-8") as file:
            file.write(json.dumps({"path": self.path, "body": body,
                                   "authorization": self.headers.get("Authorization")}) + "\n")
        step = plan.pop(0) if len(plan) > 1 else plan[0]
        if step == "slow":
            time.sleep(10)
        elif step.isdigit():
            headers = [("Retry-After", "1")] if step == "429" else []
            self.reply(int(step), b'{"error": "not now"}', headers)
        elif step == "broken":
            self.reply(200, b'{"choices": [{"mess')
        elif step == "empty":
            self.reply(200, b"{}")
        else:
            word = body["messages"][-1]["content"].split()[-1]
            answer = {"choices": [{"message": {"role": "assistant", "content": word}}]}
            if step == "ok":
                answer["usage"] = {"prompt_tokens": 1000, "completion_tokens": 10}
            self.reply(200, json.dumps(answer).encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
with open(port_file + ".part", "w", encoding="utf-8") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".part", port_file)
server.serve_forever()
