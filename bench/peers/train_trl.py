"""Trains with TRL's SFTTrainer on the CPU, loss on completions only. One line of JSON.

DATA: JSON Lines in the dialects {prompt, completion} or {instruction, input, output}.
"""
import json
import resource
import tempfile
import time

import torch
from datasets import Dataset
from samples import conversations, options_of_trainer
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

o = options_of_trainer(__doc__)
torch.set_num_threads(o.threads)


class Clock(TrainerCallback):
    """When each step ended."""
    def __init__(self):
        self.ends = []

    def on_step_end(self, args, state, control, **kwargs):
        self.ends.append(time.perf_counter())


adapters = None
if o.method == "lora":
    from lora import config
    adapters = config()
tokenizer = AutoTokenizer.from_pretrained(o.model)
model = AutoModelForCausalLM.from_pretrained(o.model, dtype=torch.float32)
clock = Clock()
with tempfile.TemporaryDirectory() as output:
    trainer = SFTTrainer(
        model=model, train_dataset=Dataset.from_list(conversations(o.data)),
        processing_class=tokenizer, callbacks=[clock], peft_config=adapters,
        args=SFTConfig(output_dir=output, num_train_epochs=1, max_steps=o.max_steps,
                       per_device_train_batch_size=o.batch, learning_rate=o.lr,
                       lr_scheduler_type="cosine", warmup_steps=0.05, logging_steps=1,
                       save_strategy="no", report_to=[], use_cpu=True, bf16=o.dtype == "bf16",
                       max_length=1024, completion_only_loss=True, seed=1,
                       gradient_checkpointing=False, dataloader_pin_memory=False,
                       disable_tqdm=True))
    trainer.train()
if o.save:
    if adapters is not None:
        trainer.model = trainer.model.merge_and_unload()
    trainer.save_model(o.save)
seen = [entry["num_tokens"] for entry in trainer.state.log_history if "num_tokens" in entry]
# Of the steps after the first, which warms up.
rates = [(seen[i] - seen[i - 1]) / (clock.ends[i] - clock.ends[i - 1])
         for i in range(1, len(clock.ends))]
whole = (seen[len(rates)] - seen[0]) / (clock.ends[-1] - clock.ends[0])
print(json.dumps({"what": "train", "dtype": o.dtype, "method": o.method,
                  "tokens_per_second": whole, "rates": rates,
                  "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
