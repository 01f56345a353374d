"""The adapters of the peers: as lingua-align's defaults have them."""
from peft import LoraConfig


def config():
    return LoraConfig(r=16, lora_alpha=32, lora_dropout=0.0, target_modules="all-linear",
                      task_type="CAUSAL_LM")
