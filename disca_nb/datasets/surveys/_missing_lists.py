"""The options that stand for no answer, in words, where they can be seen and mended."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["MISSING"]

MISSING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Families of surveys, in English
        "Pew": ("DK/Refused", "DK/Ref", "Don't know/Refused", "Refused", "Not asked"),
        "WVS": (
            *("Don't know", "No answer", "No answer/refused", "Don't know/No answer"),
            *("Don't know/Unsure", "Don't -9:-2", "Not applicable", "Not asked", "Missing"),
            *("Not asked in survey", "Missing; Unknown", "Missing; Not available", "Not available"),
            *("Missing; Not available; Not applicable", "INAP: No internet/no social media"),
            *("Missing; Not applicable for other reasons", "Missing; Not asked by the country"),
            "Other missing; Multiple answers Mail (EVS)",
            "Other missing; Not applicable; Multiple answers Mail (EVS)",
        ),
        "ISSP": (
            *("Can't choose", "Cannot choose", "Can't say", "NAP", "NAP, other countries", "NAV"),
            *("Not applicable", "Not available", "No answer", "No answer, refused", "Inapplicable"),
            *("Don't know, can't choose", "Can't choose, don't know"),
        ),
        "Asian Barometer": (
            *("Can't choose", "Decline to answer", "Do not understand the question"),
            *("Don't understand the question", "Missing", "Not applicable", "No answer"),
        ),
        "Latinobarómetro": ("No contesta", "No sabe", "No sabe/No contesta", "No aplicable"),
        # Languages
        "en": (
            *(
                "Don't know",
                "Do not know",
                "I don't know",
                "I do not know",
                "DK",
                "Don't know/Unsure",
            ),
            *("Not sure", "Unsure", "No answer", "No response", "Refused", "Refused to answer"),
            *("Refusal", "Prefer not to say", "Prefer not to answer", "Decline to answer"),
            *("Don't know/No answer", "DK/NA", "DK/Refused", "No opinion/Don't know", "Missing"),
        ),
        "ru": ("Не знаю", "Затрудняюсь ответить", "Нет ответа", "Отказ от ответа", "Отказ"),
        "zh": (
            *(
                "不知道",
                "不知道/不清楚",
                "说不清",
                "不清楚",
                "不回答",
                "未回答",
                "拒绝回答",
                "无回答",
            ),
            *("說不清", "未回答", "拒絕回答", "無回答", "不適用", "不适用"),
        ),
        "tr": (
            "Bilmiyorum",
            "Fikrim yok",
            "Cevap yok",
            "Cevap vermedi",
            "Cevap vermek istemiyorum",
        ),
        "ko": (
            "모르겠다",
            "모르겠음",
            "모름",
            "잘 모르겠다",
            "잘 모르겠음",
            "무응답",
            "응답 거절",
            "모름/무응답",
        ),
        "ja": (
            "わからない",
            "分からない",
            "無回答",
            "答えたくない",
            "回答拒否",
            "わからない・無回答",
        ),
        "de": (
            *(
                "Weiß nicht",
                "Weiss nicht",
                "Keine Angabe",
                "Keine Antwort",
                "Verweigert",
                "W.N./K.A.",
            ),
            *("Weiß nicht/Keine Angabe", "Kann ich nicht sagen", "Antwort verweigert"),
        ),
        "es": (
            "No sabe",
            "No sé",
            "No contesta",
            "No responde",
            "NS/NC",
            "NS/NR",
            "No sabe/No contesta",
        ),
        "pt": (
            "Não sabe",
            "Não sei",
            "Não responde",
            "Não respondeu",
            "NS/NR",
            "Não sabe/Não responde",
        ),
        "ar": ("لا أعرف", "لا اعرف", "لا إجابة", "لا اجابة", "رفض الإجابة", "أرفض الإجابة"),
        "hi": ("पता नहीं", "मालूम नहीं", "कोई उत्तर नहीं", "कोई जवाब नहीं", "जवाब देने से इनकार"),
        "fr": (
            "Ne sait pas",
            "Je ne sais pas",
            "Sans réponse",
            "Pas de réponse",
            "Refus",
            "NSP",
            "NSP/NR",
        ),
        "vi": ("Không biết", "Không trả lời", "Từ chối trả lời", "Không có câu trả lời"),
        "id": ("Tidak tahu", "Tidak menjawab", "Tidak ada jawaban", "Menolak menjawab", "TT/TJ"),
    }
)
"""Options that stand for no answer, by family of surveys and by language (BCP 47).

What respondents said of themselves and meant ("Neither", "Depends", "Never heard of", "Hard to
say" of the World Values Survey, which is its middle option) is not among them; name it in `drop`
to leave it out as well.
"""
