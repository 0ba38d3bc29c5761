"""What is asked has the tokens that are promised, and what is read is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import made_up_prompts, random_llama, readers
from disca_nb.models.chat import chat_format

pytest.importorskip("torch")
pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_llama.save(tmp_path_factory.mktemp("model") / "llama", quick=True)


def test_prompts_have_exact_numbers_of_tokens_and_known_words() -> None:
    tokenizer = made_up_prompts.make_tokenizer()
    chat = chat_format(tokenizer, None, "made up")
    prompts = made_up_prompts.make_prompts(2)
    texts = [chat.text(prompt) for prompt in prompts]
    rows = tokenizer(texts)["input_ids"]
    assert {len(row) for row in rows} == {made_up_prompts.PERSONA + made_up_prompts.SCENARIO}
    assert tokenizer.unk_token_id not in {token for row in rows for token in row}
    start = tokenizer(texts[0].partition(prompts[0].user)[0])["input_ids"]
    assert len(start) == made_up_prompts.PERSONA
    assert len({tuple(row[: len(start)]) for row in rows}) == 10
    lengths = [len(tokenizer(text + o)["input_ids"]) for text in texts[:2] for o in "AB"]
    assert lengths == [len(start) + made_up_prompts.SCENARIO + 1] * 4


def test_a_larger_run_asks_what_a_smaller_one_asks() -> None:
    assert set(made_up_prompts.make_prompts(2)) < set(made_up_prompts.make_prompts(3))
    assert len(set(made_up_prompts.make_prompts())) == 480


def test_reading_is_counted_and_suffixes_are_cut_off(folder: Path) -> None:
    import torch

    model = readers.ours(folder, shared=False)
    prompts = made_up_prompts.make_prompts(2)
    with readers.watched(model.network) as reading:
        readers.gaps(model, prompts)
    rows = model.tokenizer([model.chat.text(prompt) for prompt in prompts])["input_ids"]
    assert reading.tokens == 40 * 280
    assert reading.predicted == 40
    ends = readers.suffixes(reading, rows, 4)
    # A persona, the first two sentences and "A. Save" are all speakers' own beginnings.
    assert {ids.shape[1] for ids in ends} == {280 - 143}
    assert sorted(torch.cat(ends).tolist()) == sorted(row[143:] for row in rows)
    assert np.isfinite(readers.suffixes_alone(model.network, ends))


def test_ends_that_were_not_read_are_missed(folder: Path) -> None:
    model = readers.ours(folder, shared=False)
    rows = [[1, 2, 3, 4], [1, 2, 5, 4]]
    with readers.watched(model.network) as reading:
        pass
    with pytest.raises(ValueError, match="0 ends of prompts were read, of 2"):
        readers.suffixes(reading, rows, 2)
    with pytest.raises(ValueError, match=r"\{3, 4\} tokens"):
        readers.suffixes(reading, [rows[0], rows[1][:3]], 2)


def test_the_parameters_are_as_many_as_the_sizes_say(folder: Path) -> None:
    network = readers.ours(folder, shared=False).network
    layers, head = random_llama.multiplied(network)
    assert head == 72 * 6_144
    assert layers == network.num_parameters() - head
