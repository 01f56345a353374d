"""llmlingua's PromptCompressor on a local model and a number of threads, without its downloads."""
import tiktoken
import torch
from llmlingua import PromptCompressor
from transformers import AutoTokenizer


def load(folder, dtype, threads):
    """dtype: fp32 or bf16."""
    torch.set_num_threads(threads)
    tokenizer = AutoTokenizer.from_pretrained(folder)

    class Counter:
        """Counts in the model's own tokens; the package would fetch GPT's from the network."""
        def encode(self, text, **_):
            return tokenizer(text, add_special_tokens=False).input_ids

    tiktoken.encoding_for_model = lambda *_, **__: Counter()
    kinds = {"fp32": torch.float32, "bf16": torch.bfloat16}
    return PromptCompressor(folder, device_map="cpu", model_config={"torch_dtype": kinds[dtype]})
