"""Makes the pages of lingua-align and lingua-eval and looks at them in a real browser: every plot is
drawn, light and dark, and nothing is wider than a phone's screen or a desktop's.

usage: look_at_pages.py --bin DIR --data FILE [--browser PROGRAM] [--save DIR]

--save keeps the pages and a screenshot of each, for people.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

from browser import Browser, pixels

WIDTHS = (390, 1280)
LEAST_PIXELS = 60  # of the colours of curves; a plot without its curve has none
PLOTS = {"align.html": 5, "eval.html": 2, "gate.html": 2, "fidelity.html": 2}


# To a model that learned nothing, contexts say nothing: fidelity is measured with the real one.
READER = "smollm2-135m-instruct"
PROMPTS = (
    {"context": ["The caretaker hid the spare key under the blue flowerpot behind the shed.",
                 "The trains to Oslo leave at noon from platform nine."],
     "question": "The caretaker hid the spare key under the",
     "answer": " blue flowerpot behind the shed."},
    {"context": ["Marta keeps her bicycle in the cellar and locks it with the code 4711.",
                 "Her brother Paul walks."],
     "question": "Marta locks her bicycle with the code", "answer": " 4711."})


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


def make_pages(binaries, data, folder):
    model = f"{folder}/aligned.pt"
    common = ("--threads", "1", "--quiet")
    align = (f"{binaries}/lingua-align", "--data", data, "--dtype", "fp32", "--batch-tokens",
             "1024", "--max-length", "128", *common)
    run(*align, "--base", "new:tiny", "--output", f"{folder}/base.pt", "--max-steps", "1")
    run(*align, "--base", f"{folder}/base.pt", "--output", model, "--lr", "3e-3", "--max-steps",
        "24", "--epochs", "99", "--eval-steps", "6", "--report", f"{folder}/align.html")
    evaluate = (f"{binaries}/lingua-eval", "--model", model, "--base", f"{folder}/base.pt",
                "--data", data, "--max-length", "128", *common)
    baseline = ("--baseline", f"{folder}/gains.json")
    run(*evaluate, *baseline, "--update-baseline", "--report", f"{folder}/eval.html")
    run(*evaluate, *baseline, "--report", f"{folder}/gate.html")
    prompts = f"{folder}/prompts.jsonl"
    with open(prompts, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(prompt) + "\n" for prompt in PROMPTS)
    run(f"{binaries}/lingua-eval", "--model", READER, "--reader", READER, "--prompts", prompts,
        "--methods", "lingua,truncation,random", "--rates", "0.6,0.3", "--report",
        f"{folder}/fidelity.html", *common)


def colours_of_plots(html):
    """Both themes' colours of lines, bars and whiskers, from the page's style: light, dark."""
    found = re.findall(r"--(?:one|two|three|four|five|six): #(\w{6})", html)
    colours = [tuple(bytes.fromhex(colour)) for colour in found]
    half = len(colours) // 2
    assert half > 0, "the page's style names no colours"
    return set(colours[:half]), set(colours[half:])


def look(browser, path, width, dark, colours):
    """What is wrong with the page, one line each."""
    browser.open(path, width, dark)
    wrong = []
    if browser.width_of_content() > width:
        wrong.append(f"{browser.width_of_content()} pixels wide")
    plots = browser.boxes("svg")
    if len(plots) != PLOTS[os.path.basename(path)]:
        wrong.append(f"{len(plots)} plots")
    for number, box in enumerate(plots, 1):
        drawn = sum(pixel in colours for pixel in pixels(browser.screenshot(box)))
        if drawn < LEAST_PIXELS:
            wrong.append(f"plot {number} has {drawn} coloured pixels")
        if box[0] < 0 or box[0] + box[2] > width:
            wrong.append(f"plot {number} stands out at the side")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--browser", default="chromium-headless-shell")
    parser.add_argument("--save")
    options = parser.parse_args()
    failures = []
    with tempfile.TemporaryDirectory() as scratch, Browser(options.browser) as browser:
        folder = options.save or scratch
        os.makedirs(folder, exist_ok=True)
        make_pages(options.bin, options.data, folder)
        for name in PLOTS:
            path = f"{folder}/{name}"
            themes = colours_of_plots(open(path, encoding="utf-8").read())
            for width in WIDTHS:
                for dark in (False, True):
                    where = f"{name[:-5]}-{width}-{'dark' if dark else 'light'}"
                    wrong = look(browser, path, width, dark, themes[dark])
                    failures += [f"{where}: {one}" for one in wrong]
                    if options.save:
                        with open(f"{folder}/{where}.png", "wb") as file:
                            file.write(browser.screenshot())
        # A page whose plots are blank does not pass.
        blank = f"{scratch}/eval.html"
        with open(f"{folder}/eval.html", encoding="utf-8") as file:
            html = re.sub(r"<(line|circle|rect|polyline)[^>]*>", "", file.read())
        with open(blank, "w", encoding="utf-8") as file:
            file.write(html)
        if len(look(browser, blank, 390, False, themes[0])) != PLOTS["eval.html"]:
            failures.append("a blank plot was not noticed")
    print("\n".join(failures) or f"{len(PLOTS)} pages looked at")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
