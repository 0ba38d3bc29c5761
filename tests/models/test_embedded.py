"""The embedded model's files: reproducible, as the card says, and learnt from made-up text."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the embedded model needs torch")

import torch
from embedded import corpus, moral, publish, tokenizer, world
from embedded.draws import generator, softmax
from embedded.encode import Encoder, batch
from embedded.training import Recipe, config, excess, mask, train
from safetensors import safe_open
from transformers import AutoTokenizer, LlamaForCausalLM

from disca_nb.errors import DataFileError
from disca_nb.models import embedded

FOLDER = embedded.folder()
SCRIPTS = Path(corpus.__file__).parents[1]
CARD: dict[str, Any] = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def vocabulary() -> Any:  # noqa: ANN401 - a class of a library without types
    return tokenizer.train()


def fresh(code: str) -> str:
    """Run Python in a process of its own, with another seed of its hashes."""
    environment = {"PYTHONPATH": f"{SCRIPTS}:{SCRIPTS.parent}", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", code]
    return subprocess.run(  # noqa: S603 - ours
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_card_names_every_file_with_its_hash() -> None:
    assert publish.hashes(FOLDER) == CARD["sha256"]
    assert "model.safetensors" in CARD["sha256"]


def test_the_corpus_is_the_one_of_the_card() -> None:
    assert corpus.digest(publish.SAMPLE) == CARD["corpus"]["sha256_of_every_tenth_row"]
    assert CARD["corpus"]["rows"] == corpus.N_ROWS


def test_tokenizer_configuration_and_tasks_are_made_anew(vocabulary: Any) -> None:  # noqa: ANN401
    for name, text in publish.texts(vocabulary).items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, name


def test_a_fresh_process_makes_the_same_tokenizer(vocabulary: Any) -> None:  # noqa: ANN401
    made = fresh("from embedded import tokenizer; print(tokenizer.train().to_str())")
    assert made.strip() == vocabulary.to_str()


def test_it_is_small() -> None:
    with safe_open(FOLDER / "model.safetensors", "np") as weights:
        shapes = [weights.get_slice(name).get_shape() for name in weights.keys()]  # noqa: SIM118
    assert sum(int(np.prod(shape)) for shape in shapes) == CARD["n_parameters"] <= 1_900_000
    assert (FOLDER / "model.safetensors").stat().st_size <= 4e6
    assert CARD["corpus"]["tokens_seen"] <= 6_000_000
    assert CARD["training"]["processor_seconds"] <= 1_800


def test_every_text_that_ships_says_that_it_is_synthetic() -> None:
    assert embedded.tasks()["notice"] == CARD["notice"] == embedded.NOTICE
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "synthetic stand-in" in readme
    assert "proves nothing about any real model or country" in " ".join(readme.split())


def test_tasks_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "VERSION", 2)
    with pytest.raises(DataFileError, match=r"tasks.json has version 1, not 2"):
        embedded.tasks()


def test_tasks_hold_what_they_promise() -> None:
    tasks = embedded.tasks()
    for entry in (*tasks["survey"], *tasks["five_point"]):
        n_options = len(entry.get("options", "12345"))
        assert set(entry["answers"]) == set(tasks["countries"])
        for answers in entry["answers"].values():
            assert len(answers) == n_options
            assert sum(answers) == pytest.approx(1, abs=1e-3)
    kinds = Counter(topic["controversial"] for topic in tasks["values"])
    assert kinds == {True: 6, False: 6}
    for topic in tasks["values"]:
        stances = Counter(question["stances"]["yes"] for question in topic["questions"])
        assert stances == {"supports": 3, "opposes": 1}
        assert {len(set(question["rephrasings"])) for question in topic["questions"]} == {4}


def test_the_scripts_import_no_data_sets() -> None:
    imported = set()
    for path in (SCRIPTS / "embedded").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and "behaviour" not in path.name:
                imported.add(str(node.module))
    ours = {name for name in imported if name.startswith("disca_nb")}
    assert ours == {"disca_nb.prompts", "disca_nb.prompts.questions", "disca_nb.models.embedded"}


def test_making_the_corpus_reads_no_human_figure() -> None:
    read = fresh(
        "import sys; opened = []\n"
        "note = lambda event, given: opened.append(str(given[0])) if event == 'open' else None\n"
        "sys.addaudithook(note)\n"
        "from embedded import corpus, tasks\n"
        "list(corpus.rows(range(0, 12_000, 200))); tasks.build()\n"
        "print(*(path for path in opened if '/data/' in path), sep='\\n')"
    )
    assert {Path(path).name for path in read.split()} == {"en.json"}


def test_the_world_is_as_the_card_says() -> None:
    others = [world.country(code) for code in moral.PLACES if code not in world.FEW]
    assert np.mean(others, axis=0) == pytest.approx(np.full(6, world.MILD), abs=0.1)
    assert (np.abs(world.base()) > 1).all()
    assert np.sign(world.base()).tolist() == [1, -1, 1, -1, 1, 1]
    man, woman = world.features("man", 2), world.features("woman", 2)
    assert (woman - man).tolist() == [0, 1, 0, 0, 0, 0]
    assert world.gap(world.base(), ("man", 1), ("man", 1), is_base=True) == -0.8


def test_equal_labels_give_equal_numbers() -> None:
    assert generator("a", 1).random() == generator("a", 1).random()
    assert generator("a", 1).random() != generator("a", 2).random()
    assert softmax([0.0, np.log(3.0)]) == pytest.approx([0.25, 0.75])


def test_a_row_hangs_on_its_place_alone() -> None:
    several = [row.line() for row in corpus.rows(range(9_000, 9_006))]
    (alone,) = (row.line() for row in corpus.rows([9_003]))
    assert several[3] == alone
    assert len(set(several)) == 6


def test_every_kind_of_row_is_there() -> None:
    kinds = Counter(row.kind for row in corpus.rows(publish.SAMPLE))
    assert len(kinds) == 11
    assert len(set(moral.grid())) == 230


@pytest.mark.parametrize("kind", ["letters", "surveys"])
def test_a_row_is_the_conversations_that_it_stands_for(
    vocabulary: Any,  # noqa: ANN401
    kind: str,
) -> None:
    """Exchanges side by side in a tree give the same logits as each on its own."""
    chat = AutoTokenizer.from_pretrained(FOLDER, local_files_only=True)
    model = LlamaForCausalLM(config(vocabulary)).eval()
    row = next(row for row in corpus.rows(range(9_000, 9_100)) if row.kind == kind)
    tree = Encoder(vocabulary).tree(row)
    part = batch([tree])
    with torch.no_grad():
        logits = model(
            input_ids=torch.from_numpy(part.tokens),
            attention_mask=mask(torch.from_numpy(part.branch)),
            position_ids=torch.from_numpy(part.position),
        ).logits[0]
        for branch, exchange in enumerate(row.exchanges, start=1):
            messages = [
                {"role": "system", "content": row.system},
                {"role": "user", "content": exchange.user},
            ]
            text = chat.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            ids = chat.encode(f"{text}{exchange.prefix}", add_special_tokens=False)
            alone = model(input_ids=torch.tensor([ids])).logits[0, -1]
            # The letter itself is the last token of its exchange.
            place = max(i for i, each in enumerate(tree.branch) if each == branch) - 1
            torch.testing.assert_close(logits[place], alone, rtol=1e-4, atol=1e-5)


def test_a_reduced_run_learns(vocabulary: Any) -> None:  # noqa: ANN401
    model, done = train(vocabulary, Recipe(n_rows=200, warmup=10), lambda _: None)
    assert len(done.losses) == 100
    assert np.mean(done.losses[-5:]) < 0.75 * np.mean(done.losses[:5])
    assert done.n_tokens < 100_000
    part = batch([Encoder(vocabulary).tree(row) for row in corpus.rows(range(8))])
    untrained = LlamaForCausalLM(config(vocabulary))
    assert excess(model, part).item() < 0.75 * excess(untrained, part).item()
