"""A headless Chromium, spoken to over pipes in its DevTools protocol; the standard library alone."""
import base64
import json
import os
import struct
import subprocess
import tempfile
import zlib


class Browser:
    """One page of one browser. Call close(), or use it in a `with`."""

    def __init__(self, program):
        self._folder = tempfile.TemporaryDirectory(prefix="lingua-browser-")
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        in_child, out_child = os.dup(commands), os.dup(answers)  # not 3 and 4 themselves

        def place_pipes():  # the browser reads file 3 and writes file 4
            first, second = os.dup(in_child), os.dup(out_child)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self._process = subprocess.Popen(
            [program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
             f"--user-data-dir={self._folder.name}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=place_pipes)
        for end in (commands, answers, in_child, out_child):
            os.close(end)
        self._number = 0
        self._buffer = b""
        self._session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target,
                                  flatten=True)["sessionId"]
        self.call("Page.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        os.close(self._write)  # ends the browser
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        self._folder.cleanup()

    def _message(self):
        while b"\0" not in self._buffer:
            part = os.read(self._read, 1 << 20)
            if not part:
                raise RuntimeError("the browser has gone")
            self._buffer += part
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") != self._number:
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            return answer["result"]

    def open(self, path, width, dark):
        """Shows a file at a width in CSS pixels, light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        while self._message().get("method") != "Page.loadEventFired":
            pass

    def width_of_content(self):
        return self.call("Page.getLayoutMetrics")["cssContentSize"]["width"]

    def boxes(self, selector):
        """[x, y, width, height] of each element, in CSS pixels of the page."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        nodes = self.call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"]
        result = []
        for node in nodes:
            quad = self.call("DOM.getBoxModel", nodeId=node)["model"]["border"]
            result.append([quad[0], quad[1], quad[4] - quad[0], quad[5] - quad[1]])
        return result

    def screenshot(self, box=None):
        """PNG of a box of the page, or of all of it."""
        if box is None:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            box = [0, 0, size["width"], size["height"]]
        clip = dict(zip(("x", "y", "width", "height"), box), scale=1)
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                         clip=clip)
        return base64.b64decode(shot["data"])


def pixels(png):
    """The (red, green, blue) of each pixel of an 8-bit PNG without interlacing, row by row."""
    header = png.index(b"IHDR") + 4
    width, height, depth, kind = struct.unpack(">IIBB", png[header:header + 10])
    assert depth == 8 and kind in (2, 6), (depth, kind)
    size = 3 if kind == 2 else 4
    packed, at = b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at:at + 8])
        if name == b"IDAT":
            packed += png[at + 8:at + 8 + length]
        at += 12 + length
    data, stride = zlib.decompress(packed), width * size
    above, result = bytearray(stride), []
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(data[start + 1:start + 1 + stride])
        unfilter(data[start], line, above, size)
        result.extend(zip(line[0::size], line[1::size], line[2::size]))
        above = line
    return result


def unfilter(kind, line, above, size):
    """Undoes a row's filter in place (PNG specification, section 9)."""
    for i in range(len(line) if kind else 0):
        left = line[i - size] if i >= size else 0
        up = above[i]
        corner = above[i - size] if i >= size else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            near = left + up - corner
            guess = min((left, up, corner), key=lambda value: abs(near - value))
        line[i] = (line[i] + guess) & 255
