"""Trains with TRL's SFTTrainer on the CPU, loss on completions only. One line of JSON.

usage: train_trl.py MODEL_DIR DATA.jsonl fp32|bf16 STEPS BATCH THREADS
DATA: JSON Lines in the dialects {prompt, completion} or {instruction, input, output}.
"""
import json
import resource
import sys
import tempfile
import time

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

folder, data, dtype, steps, batch, threads = *sys.argv[1:4], *map(int, sys.argv[4:7])
torch.set_num_threads(threads)


def conversation(row):
    if "completion" in row:
        prompt, answer = row["prompt"], row["completion"]
    else:
        prompt, answer = row["instruction"], row["output"]
        if row.get("input"):
            prompt += "\n\n" + row["input"]
    return {"prompt": [{"role": "user", "content": prompt}],
            "completion": [{"role": "assistant", "content": answer}]}


class Clock(TrainerCallback):
    """Seconds of the steps after the first, which warms up."""
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 1:
            self.start = time.perf_counter()
        self.end = time.perf_counter()


rows = [conversation(json.loads(line)) for line in open(data, encoding="utf-8")]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
clock = Clock()
with tempfile.TemporaryDirectory() as output:
    trainer = SFTTrainer(
        model=model, train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
        callbacks=[clock],
        args=SFTConfig(output_dir=output, max_steps=steps, per_device_train_batch_size=batch,
                       learning_rate=1e-4, logging_steps=1, save_strategy="no", report_to=[],
                       use_cpu=True, bf16=dtype == "bf16", max_length=1024,
                       completion_only_loss=True, gradient_checkpointing=False, seed=1,
                       dataloader_pin_memory=False, disable_tqdm=True))
    trainer.train()
seen = [entry["num_tokens"] for entry in trainer.state.log_history if "num_tokens" in entry]
print(json.dumps({"what": "train", "dtype": dtype,
                  "tokens_per_second": (seen[-1] - seen[0]) / (clock.end - clock.start),
                  "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
