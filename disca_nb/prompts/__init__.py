"""What a model is asked: scenarios, personas and frames; every text is data of a language pack."""

from disca_nb.prompts.frames import dilemma
from disca_nb.prompts.grid import scenarios
from disca_nb.prompts.levels import levels
from disca_nb.prompts.own_panel import panel_from_csv, panel_from_texts
from disca_nb.prompts.packs import LanguagePack, load_pack, shipped_languages
from disca_nb.prompts.panel import persona_panel
from disca_nb.prompts.personas import persona_text
from disca_nb.prompts.preview import Preview, differing_sentences, preview
from disca_nb.prompts.prompt import Prompt
from disca_nb.prompts.survey_frames import SurveyFrames, frame_languages, load_frames

__all__ = [
    "LanguagePack",
    "Preview",
    "Prompt",
    "SurveyFrames",
    "differing_sentences",
    "dilemma",
    "frame_languages",
    "levels",
    "load_frames",
    "load_pack",
    "panel_from_csv",
    "panel_from_texts",
    "persona_panel",
    "persona_text",
    "preview",
    "scenarios",
    "shipped_languages",
]
