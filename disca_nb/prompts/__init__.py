"""What a model is asked: scenarios, personas and frames; every text is data of a language pack."""

from disca_nb.prompts.frames import dilemma
from disca_nb.prompts.grid import scenarios
from disca_nb.prompts.packs import LanguagePack, load_pack, shipped_languages
from disca_nb.prompts.personas import persona_text
from disca_nb.prompts.prompt import Prompt

__all__ = [
    "LanguagePack",
    "Prompt",
    "dilemma",
    "load_pack",
    "persona_text",
    "scenarios",
    "shipped_languages",
]
