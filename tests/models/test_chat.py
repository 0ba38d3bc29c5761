"""From prompts to text: system roles, answer prefixes, thinking, and templates that do not work."""

from __future__ import annotations

import pytest
import tiny_models

from disca_nb.errors import InputError
from disca_nb.models.chat import ChatFormat, chat_format
from disca_nb.prompts import Prompt

pytest.importorskip("transformers", reason="chat templates are rendered by transformers")

HEAD = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
ASKED = Prompt("Be brief.", "A or B?", "(")


def fmt(template: str | None) -> ChatFormat:
    """Return the format of a tokenizer with this template."""
    return chat_format(tiny_models.trained_tokenizer(template), None, "tiny")


def test_the_answer_begins_after_the_generation_prompt() -> None:
    expected = (
        "<s><|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nA or B?<|im_end|>\n"
        "<|im_start|>assistant\n("
    )
    found = fmt(tiny_models.CHATML)
    assert found.text(ASKED) == expected
    assert (found.system_role, found.thinking) == (True, "none")


def test_a_template_that_refuses_a_system_text_gets_it_with_the_user() -> None:
    found = fmt(tiny_models.NO_SYSTEM)
    assert not found.system_role
    assert found.text(ASKED).startswith("<s><|im_start|>user\nBe brief.\n\nA or B?<|im_end|>")


def test_a_template_that_drops_a_system_text_gets_it_with_the_user() -> None:
    dropping = "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}>"
    assert fmt(dropping).text(ASKED) == "Be brief.\n\nA or B?>("


def test_no_system_text_is_no_system_turn() -> None:
    assert fmt(HEAD + ">").text(Prompt("", "Hi")) == "[user]Hi>"
    dropping = "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}>"
    assert fmt(dropping).text(Prompt("", "Hi")) == "Hi>"


def test_plain_joins_by_line_breaks() -> None:
    plain = chat_format(None, "plain", "base")
    assert plain.text(ASKED) == "Be brief.\nA or B?\n("
    assert plain.text(Prompt("", "A or B?")) == "A or B?\n"


def test_a_template_of_ones_own() -> None:
    tokenizer = tiny_models.trained_tokenizer(None)
    assert chat_format(tokenizer, HEAD + ">", "tiny").text(Prompt("", "Hi")) == "[user]Hi>"


@pytest.mark.parametrize(
    ("tail", "thinking", "text"),
    [
        (">", "none", ">"),
        ("<thought>\n", "closed", "<thought>\n\n</thought>\n\n"),
        ("<reasoning>", "closed", "<reasoning>\n\n</reasoning>\n\n"),
        ("◁think▷", "closed", "◁think▷\n\n◁/think▷\n\n"),
        ("<seed:think>", "closed", "<seed:think>\n\n</seed:think>\n\n"),
        ("<think>\nWell, ", "closed", "<think>\nWell, \n\n</think>\n\n"),
        ("<think></think>", "none", "<think></think>"),
        ("<|START_THINKING|>", "open", "<|START_THINKING|>"),
        (
            "<|START_THINKING|><|END_THINKING|>",
            "none",
            "<|START_THINKING|><|END_THINKING|>",
        ),
        ("{# enable_thinking #}>", "none", ">"),
        (
            "{# enable_thinking #}{{ '' if true else '</think>' }}>",
            "prefilled",
            "><think>\n\n</think>\n\n",
        ),
        (
            "{{ raise_exception('No') if enable_thinking }}>",
            "none",
            ">",
        ),
        (
            "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% else %}<think>{% endif %}",
            "switched off",
            "<think>\n\n</think>\n\n",
        ),
        ("<think>\n", "closed", "<think>\n\n</think>\n\n"),
        ("<think>", "closed", "<think>\n\n</think>\n\n"),
        ("[THINK]", "closed", "[THINK]\n\n[/THINK]\n\n"),
        ("{{ '' if true else '</think>' }}>", "prefilled", "><think>\n\n</think>\n\n"),
        (
            "{{ '' if true else '<|channel|>' }}<|start|>assistant",
            "prefilled",
            "<|start|>assistant<|channel|>final<|message|>",
        ),
        ("<|begin_of_thought|>", "open", "<|begin_of_thought|>"),
        ("<|channel|>analysis<|message|>", "open", "<|channel|>analysis<|message|>"),
    ],
)
def test_thinking_is_over_before_the_answer(tail: str, thinking: str, text: str) -> None:
    found = fmt(HEAD + tail)
    assert found.thinking == thinking
    assert found.text(Prompt("", "Hi")) == f"[user]Hi{text}"
    assert found.answerable == (thinking != "open")


def test_a_switch_that_changes_the_users_turn_counts() -> None:
    found = fmt(HEAD + "{{ '/nothink' if thinking is false }}{% if true %}<|assistant|>{% endif %}")
    assert (found.thinking, found.start) == ("switched off", "")
    assert found.text(Prompt("", "Hi")) == "[user]Hi/nothink<|assistant|>"


INST = (
    "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
    "{% else %}SPACE{{ m.content }}{{ eos_token }}{% endif %}{% endfor %}"
)


@pytest.mark.parametrize("space", ["", " ", "\n\n"])
def test_an_answer_stands_where_the_template_puts_it(space: str) -> None:
    found = fmt(INST.replace("SPACE", "{{ '" + space.replace("\n", "\\n") + "' }}"))
    assert found.text(ASKED).endswith(f"A or B? [/INST]{space}(")
    whole = tiny_models.trained_tokenizer(found.template).apply_chat_template(
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "A"}], tokenize=False
    )
    assert str(whole).startswith(found.text(Prompt("", "Hi", "A")))


def test_what_stands_before_an_answer_is_no_more_than_space() -> None:
    assert fmt(INST.replace("SPACE", "Well: ")).text(ASKED).endswith(" [/INST](")


def test_a_date_in_any_form_stands_still() -> None:
    for code in ("'%Y-%m-%d'", "f", "'%Y' ~ '-%m' ~ '-%d'", "'%F'"):
        template = f"{{% set f = '%Y-%m-%d' %}}{{{{ strftime_now({code}) }}}}" + HEAD
        assert fmt(template).text(Prompt("", "Hi")) == "2024-07-26[user]Hi"
    loop = "{% for m in messages %}{{ strftime_now('%-d %B, %A') }}{{ m.content }}{% endfor %}"
    assert fmt(loop).text(Prompt("", "Hi")) == "26 July, FridayHi"


def test_the_date_stands_still() -> None:
    template = "{{ strftime_now('%Y-%m-%d') }} {{ date_string }}" + HEAD
    assert fmt(template).text(Prompt("", "Hi")) == "2024-07-26 26 Jul 2024[user]Hi"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            None,
            'tiny has no chat template; give chat_template= a Jinja template, or chat_template="',
        ),
        ("{% for", "cannot show a user's turn"),
        ("", "The chat template is empty; write one"),
        ("{{ 1 / 0 }}{{ messages[0].content }}", r"user's turn \(division by zero\)"),
        ("{{ raise_exception('No users') }}", r"turn \(No users\); give another"),
        ("hello", r"leaves the user's turn out \(it gives 'hello'\)"),
    ],
)
def test_templates_that_do_not_work(template: str | None, words: str) -> None:
    tokenizer = tiny_models.trained_tokenizer(None)
    with pytest.raises(InputError, match=words) as caught:
        chat_format(tokenizer, template, "tiny")
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_several_templates() -> None:
    tokenizer = tiny_models.trained_tokenizer(None)
    tokenizer.chat_template = {"rag": HEAD, "tool_use": HEAD + "!"}
    with pytest.raises(InputError, match="tiny has the chat templates rag, tool_use and none is"):
        chat_format(tokenizer, None, "tiny")
    assert chat_format(tokenizer, HEAD + ">", "tiny").text(Prompt("", "Hi")) == "[user]Hi>"
    tokenizer.chat_template = {"rag": HEAD, "default": HEAD + "?"}
    assert chat_format(tokenizer, None, "tiny").text(Prompt("", "Hi")) == "[user]Hi?"


def test_a_template_that_fails_later_is_one_sentence() -> None:
    found = fmt(
        "{{ messages[-1].content }}{{ raise_exception('!') if 'B' in messages[0].content }}"
    )
    with pytest.raises(InputError, match=r"cannot show a user's turn \(!\)"):
        found.text(Prompt("", "A or B?"))
