"""What the peers' trainers read: JSON Lines {prompt, completion} or {instruction, input, output}."""
import json


def conversation(row):
    """The row as TRL takes it: messages of the prompt and of the completion."""
    if "completion" in row:
        prompt, answer = row["prompt"], row["completion"]
    else:
        prompt, answer = row["instruction"], row["output"]
        if row.get("input"):
            prompt += "\n\n" + row["input"]
    return {"prompt": [{"role": "user", "content": prompt}],
            "completion": [{"role": "assistant", "content": answer}]}


def conversations(path):
    return [conversation(json.loads(line)) for line in open(path, encoding="utf-8")]
