"""Checks that the tokenizer.json written for a SentencePiece model gives lingua's and its ids.

  open_sentencepiece.py --bin build/bin

Models of every kind (BPE and unigram, with and without normalisation, extra spaces removed, a space
put before the text) are trained on the spot. Exits 1 at the first difference.
"""

import argparse
import itertools
import sys
import tempfile
from pathlib import Path

import sentencepiece
from opening import TEXTS, TOKENIZER_TEXTS, Programs
from transformers import AutoTokenizer, LlamaConfig
from transformers.utils import logging

sys.path.insert(0, str(Path(__file__).parent.parent / "model"))
from families_with_transformers import CONFIGS, make_model  # noqa: E402

KINDS = list(itertools.product(("bpe", "unigram"), ("identity", "nmt_nfkc"), (False, True),
                               (False, True)))


def train(directory, kind, normalisation, dummy_prefix, remove_spaces):
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter((TEXTS[:1] + TEXTS[2:5]) * 4), vocab_size=400,
        model_prefix=str(directory / "tokenizer"), model_type=kind, byte_fallback=True,
        normalization_rule_name=normalisation, add_dummy_prefix=dummy_prefix,
        remove_extra_whitespaces=remove_spaces, hard_vocab_limit=False, minloglevel=2,
        user_defined_symbols=["<|im_start|>", "<|im_end|>"])
    return sentencepiece.SentencePieceProcessor(model_file=str(directory / "tokenizer.model"))


def compare(texts, ours, encode):
    """Returns how often the ids are the same in another order: of equally good ways to cut a text,
    libraries take different ones."""
    ties = 0
    for text, mine in zip(texts, ours, strict=True):
        theirs = encode(text)
        assert sorted(mine) == sorted(theirs), f"{text!r}: {mine} here, {theirs} in Python"
        ties += mine != theirs
    return ties


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    programs = Programs(parser.parse_args().bin)
    logging.disable_progress_bar()
    model = make_model(LlamaConfig.from_dict(
        {**CONFIGS["llama"].to_dict(), "max_position_embeddings": 2048}))
    with tempfile.TemporaryDirectory() as name:
        for i, kind in enumerate(KINDS):
            directory, exported = Path(name) / f"model{i}", Path(name) / f"exported{i}"
            model.save_pretrained(directory)
            processor = train(directory, *kind)
            programs.export(directory, "hf", exported)
            assert (exported / "tokenizer.model").read_bytes() == (
                directory / "tokenizer.model").read_bytes()
            tokenizer = AutoTokenizer.from_pretrained(exported)
            ties = compare(TOKENIZER_TEXTS, programs.token_ids(directory, TOKENIZER_TEXTS),
                           lambda text: tokenizer(text).input_ids)
            # SentencePiece itself puts the space before a special token, too.
            plain = [text for text in TOKENIZER_TEXTS if "<|im" not in text]
            compare(plain, [tokenizer(text).input_ids for text in plain], processor.encode)
            assert ties == 0 or (kind[0] == "unigram" and ties <= 2), ties
            print(*kind, "equal")


main()
