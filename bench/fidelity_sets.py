#!/usr/bin/env python3
"""Makes prompts with known answers for lingua-eval --prompts, by rule, from data that the user has.
Several items are joined to a context, and the question is about a random one of them or about all,
so that keeping the beginning cannot win.

usage: bench/fidelity_sets.py --output FILE.jsonl [--gsm8k FILE] [--alpaca FILE] [--bbh FOLDER]
                              [--prompts N] [--items K] [--seed N] [--one-context]

  --gsm8k FILE   JSON Lines {question, answer}. Tasks: "solution" asks for the worked solution of
                 one problem out of K, "numbers" for the final numbers of all K in order.
  --alpaca FILE  JSON Lines {instruction, output}. Tasks: "response" asks for one response out of K,
                 "place" for the second half of a sentence somewhere in them.
  --bbh FOLDER   chain-of-thought prompts (*.txt). Task "bbh": each of their examples asked in turn,
                 the others as context, all of them whatever --prompts says.
"""
import argparse
import pathlib
import random
import re

from common import read_lines, write_lines


def parse():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--output", required=True)
    options.add_argument("--gsm8k")
    options.add_argument("--alpaca")
    options.add_argument("--bbh")
    options.add_argument("--prompts", type=int, default=60, help="of each task")
    options.add_argument("--items", type=int, default=6, help="joined to a context")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--one-context", action="store_true",
                         help="all items in one context, blank lines between them")
    return options.parse_args()


def draws(items, o, name):
    """o.prompts times o.items different items, another draw for each task."""
    chance = random.Random(f"{o.seed} {name}")
    return [(chance.sample(items, o.items), chance) for _ in range(o.prompts)]


def prompt(task, number, context, question, answer, **more):
    return {"id": f"{task}-{number:03}", "task": task, "context": context, "question": question,
            "answer": answer, **more}


def of_gsm8k(o):
    problems = []
    for line in read_lines(o.gsm8k):
        solution = re.sub(r"<<.*?>>", "", line["answer"])
        steps, _, number = solution.rpartition("\n#### ")
        problems.append((line["question"], f"{steps}\nThe answer is {number}.", number))
    for number, (some, chance) in enumerate(draws(problems, o, "solution")):
        asked = chance.choice(some)
        yield prompt("solution", number, [f"Question: {q}\nAnswer: {s}" for q, s, _ in some],
                     f"Question: {asked[0]}\nAnswer:", f" {asked[1]}")
    for number, (some, _) in enumerate(draws(problems, o, "numbers")):
        numbers = ", ".join(n for _, _, n in some)
        yield prompt("numbers", number, [f"Problem {i}: {q}\nSolution {i}: {s}"
                                         for i, (q, s, _) in enumerate(some, 1)],
                     f"The final numbers of problems 1 to {len(some)}, in order, are:",
                     f" {numbers}", expected=numbers)


def sentences(text):
    """Those of 10 to 30 words."""
    found = re.split(r"(?<=[.!?])\s+", text)
    return [one for one in found if 10 <= len(one.split()) <= 30 and "\n" not in one]


def of_alpaca(o):
    items = [(line["instruction"], line["output"].strip()) for line in read_lines(o.alpaca)]
    items = [(i, r) for i, r in items if 25 <= len(r.split()) <= 110 and len(i.split()) <= 50]
    contexts = lambda some: [f"Instruction: {i}\nResponse: {r}" for i, r in some]
    for number, (some, chance) in enumerate(draws(items, o, "response")):
        asked = chance.choice(some)
        yield prompt("response", number, contexts(some),
                     f"Instruction: {asked[0]}\nResponse:", f" {asked[1]}")
    with_sentences = [one for one in items if sentences(one[1])]
    for number, (some, chance) in enumerate(draws(with_sentences, o, "place")):
        words = chance.choice(sentences(chance.choice(some)[1])).split()
        half = len(words) // 2
        yield prompt("place", number, contexts(some),
                     f"One sentence above reads: {' '.join(words[:half])}",
                     f" {' '.join(words[half:])}")


def of_bbh(o):
    number = 0
    for path in sorted(pathlib.Path(o.bbh).glob("*.txt")):
        text = path.read_text(encoding="utf-8").split("-----\n", 1)[-1].strip()
        head, *examples = re.split(r"\n\n(?=Q: )", text)
        for asked in examples:
            question, _, answer = asked.partition("\nA: ")
            others = [one for one in examples if one is not asked]
            yield prompt("bbh", number, others, f"{question}\nA:", f" {answer}", instruction=head)
            number += 1


def main():
    o = parse()
    makers = [(o.gsm8k, of_gsm8k), (o.alpaca, of_alpaca), (o.bbh, of_bbh)]
    prompts = [one for given, make in makers if given for one in make(o)]
    if o.one_context:
        prompts = [one | {"context": ["\n\n".join(one["context"])]} for one in prompts]
    write_lines(o.output, prompts)
    print(f"{len(prompts)} prompts")


if __name__ == "__main__":
    main()
