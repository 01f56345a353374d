"""Trains with a plain PyTorch loop on the CPU, as many write it themselves: padded batches, autocast
for bf16, loss on completions only, AdamW. One line of JSON.

DATA: JSON Lines in the dialects {prompt, completion} or {instruction, input, output}.
"""
import json
import random
import resource
import time

import torch
from samples import conversations, options_of_trainer
from transformers import AutoModelForCausalLM, AutoTokenizer

o = options_of_trainer(__doc__)
torch.set_num_threads(o.threads)
torch.manual_seed(1)

tokenizer = AutoTokenizer.from_pretrained(o.model)
model = AutoModelForCausalLM.from_pretrained(o.model, dtype=torch.float32)
if o.method == "lora":
    from lora import config
    from peft import get_peft_model
    model = get_peft_model(model, config())
model.train()


def tokens(messages, **kwargs):
    return tokenizer.apply_chat_template(messages, return_dict=False, **kwargs)


def encoded(sample):
    """Token ids and labels, the prompt's masked."""
    prompt = tokens(sample["prompt"], add_generation_prompt=True)
    ids = tokens(sample["prompt"] + sample["completion"])[:1024]
    return ids, ([-100] * len(prompt) + ids[len(prompt):])[:len(ids)]


def padded(batch):
    longest = max(len(ids) for ids, _ in batch)
    fill = lambda row, value: row + [value] * (longest - len(row))
    return {"input_ids": torch.tensor([fill(ids, tokenizer.pad_token_id) for ids, _ in batch]),
            "attention_mask": torch.tensor([fill([1] * len(ids), 0) for ids, _ in batch]),
            "labels": torch.tensor([fill(labels, -100) for _, labels in batch])}


samples = [encoded(sample) for sample in conversations(o.data)]
random.Random(1).shuffle(samples)
batches = [samples[i:i + o.batch] for i in range(0, len(samples), o.batch)]
batches = batches[:o.max_steps] if o.max_steps > 0 else batches
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=o.lr)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, len(batches))
seen, rates, start = 0, [], 0.0
for step, batch in enumerate(batches):
    begin = time.perf_counter()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=o.dtype == "bf16"):
        loss = model(**padded(batch)).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()
    if step == 0:  # it warms up
        start = time.perf_counter()
    else:
        tokens_of_step = sum(len(ids) for ids, _ in batch)
        seen += tokens_of_step
        rates.append(tokens_of_step / (time.perf_counter() - begin))
end = time.perf_counter()
if o.save:
    (model.merge_and_unload() if o.method == "lora" else model).save_pretrained(o.save)
    tokenizer.save_pretrained(o.save)
print(json.dumps({"what": "train", "dtype": o.dtype, "method": o.method,
                  "tokens_per_second": seen / (end - start), "rates": rates,
                  "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
