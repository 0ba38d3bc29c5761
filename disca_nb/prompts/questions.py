"""Frames of survey questions, value questions, five-point items, free answers and verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from disca_nb.errors import ParameterError
from disca_nb.prompts.packs import LanguagePack
from disca_nb.prompts.prompt import Prompt

__all__ = [
    "five_point",
    "free_answer",
    "free_value",
    "survey_question",
    "value_question",
    "verdict",
]


def survey_question(
    pack: LanguagePack,
    question: str,
    options: Sequence[str],
    *,
    country: str | None = None,
    order: Sequence[int] | None = None,
) -> Prompt:
    """Return the prompt of a question with lettered options.

    Parameters
    ----------
    pack : LanguagePack
        Texts of the language.
    question : str
        The question.
    options : sequence of str
        Its options, at least two.
    country : str, optional
        ISO 3166-1 alpha-3 code, or a country's name as it stands after "from": the prompt then
        asks how someone from there would answer.
    order : sequence of int, optional
        Which option stands at each letter; as given by default.

    Returns
    -------
    Prompt
        Its answer begins with the pack's ``option_prefix``; letters are scored as what follows.

    Raises
    ------
    ParameterError
        For an order that is no permutation, or a number of options without letters.

    References
    ----------
    Durmus et al., arXiv 2306.16388, for default and cross-national prompting; own words.

    Examples
    --------
    >>> from disca_nb.prompts.packs import load_pack
    >>> asked = survey_question(load_pack("en"), "Tea?", ["often", "never"], order=[1, 0])
    >>> print(asked.user)
    Tea?
    (A) never
    (B) often
    Reply with one letter.
    """
    frames = pack.questions
    order = range(len(options)) if order is None else order
    if sorted(order) != list(range(len(options))):
        raise ParameterError(
            f"order is {list(order)}; it must hold 0 to {len(options) - 1} once each."
        )
    if not 2 <= len(options) <= len(frames["letters"]):
        raise ParameterError(
            f"The question has {len(options)} options; give 2 to {len(frames['letters'])}."
        )
    lines = [
        frames["option"].format(letter=letter, text=options[place])
        for letter, place in zip(frames["letters"], order, strict=False)
    ]
    text = _asked(pack, "survey", country, question=question, options="\n".join(lines))
    return Prompt(pack.base_system, text, frames["option_prefix"])


def value_question(pack: LanguagePack, question: str, *, exchanged: bool = False) -> Prompt:
    """Return the prompt of a question that is answered by yes or no, as lettered options.

    Parameters
    ----------
    pack : LanguagePack
        Texts of the language.
    question : str
        The question.
    exchanged : bool
        False for (A) yes (B) no, True for (A) no (B) yes.

    Returns
    -------
    Prompt

    References
    ----------
    Moore et al., arXiv 2407.02996, for the task; the words are this project's.

    Examples
    --------
    >>> from disca_nb.prompts.packs import load_pack
    >>> print(value_question(load_pack("en"), "Is it right?").user)
    Is it right?
    (A) yes
    (B) no
    Reply with one letter.
    """
    options = (pack.questions["yes"], pack.questions["no"])
    return survey_question(pack, question, options, order=(1, 0) if exchanged else (0, 1))


def five_point(
    pack: LanguagePack, item: str, lowest: str, highest: str, *, country: str | None = None
) -> Prompt:
    """Return the prompt of an item that is answered by a digit from 1 to 5.

    Parameters
    ----------
    pack : LanguagePack
        Texts of the language.
    item, lowest, highest : str
        The item and what 1 and 5 mean.
    country : str, optional
        As for `survey_question`.

    Returns
    -------
    Prompt

    Examples
    --------
    >>> from disca_nb.prompts.packs import load_pack
    >>> print(five_point(load_pack("en"), "How well do you sleep?", "well", "badly").user)
    How well do you sleep?
    Reply with a number from 1 (well) to 5 (badly).
    """
    text = _asked(pack, "number", country, item=item, lowest=lowest, highest=highest)
    return Prompt(pack.questions["number_system"], text)


def free_answer(
    pack: LanguagePack,
    option_a: str,
    option_b: str,
    *,
    system: str | None = None,
    exchanged: bool = False,
) -> Prompt:
    """Return the prompt of a dilemma that is answered in a sentence.

    Parameters
    ----------
    pack : LanguagePack
        Texts of the language.
    option_a, option_b : str
        The two groups, as they stand after "Save".
    system : str, optional
        System text of a persona, whose closing asks for a letter and is replaced.
    exchanged : bool
        True when the descriptions change places.

    Returns
    -------
    Prompt

    Examples
    --------
    >>> from disca_nb.prompts.packs import load_pack
    >>> free_answer(load_pack("en"), "one dog", "one cat").user.splitlines()[-1]
    'Which group should it save?'
    """
    frames = pack.questions
    first, second = (option_b, option_a) if exchanged else (option_a, option_b)
    text = frames["free_dilemma"].format(
        first=first, second=second, first_label=pack.labels[0], second_label=pack.labels[1]
    )
    if system is None:
        return Prompt(frames["free_system"], text)
    head = system.removesuffix(pack.closing).rstrip()
    return Prompt(f"{head} {frames['free_closing']}", text)


def free_value(pack: LanguagePack, question: str) -> Prompt:
    """Return the prompt of a value question that is answered in a sentence.

    Parameters
    ----------
    pack : LanguagePack
        Texts of the language.
    question : str
        The question.

    Returns
    -------
    Prompt

    Examples
    --------
    >>> from disca_nb.prompts.packs import load_pack
    >>> free_value(load_pack("en"), "Is it right?").user
    'Is it right?'
    """
    return Prompt(pack.questions["free_system"], question)


def verdict(pack: LanguagePack, question: str, answer: str, choices: Sequence[str]) -> Prompt:
    """Return the prompt by which a judge reads a free answer.

    Parameters
    ----------
    pack : LanguagePack
        Texts of the language.
    question : str
        What was asked, the user's turn.
    answer : str
        What was answered.
    choices : sequence of str
        What the judge chooses from, such as A, B and UNCERTAIN.

    Returns
    -------
    Prompt

    Examples
    --------
    >>> from disca_nb.prompts.packs import load_pack
    >>> print(verdict(load_pack("en"), "A or B?", "I choose A.", ["A", "B", "UNCERTAIN"]).user)
    Question: A or B?
    Answer: I choose A.
    What does the answer choose: A, B, UNCERTAIN?
    """
    frames = pack.questions
    text = frames["verdict"].format(question=question, answer=answer, choices=", ".join(choices))
    return Prompt(frames["judge_system"], text)


def _asked(pack: LanguagePack, frame: str, country: str | None, **parts: str) -> str:
    """Return the user's turn, about someone from the country where one is named."""
    if country is None:
        return pack.questions[frame].format(**parts)
    name = pack.countries.get(country, country)
    return pack.questions[f"{frame}_of_country"].format(country=name, **parts)
