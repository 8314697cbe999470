"""Which language somebody writes in, and a few polite sentences in it."""

import re
from collections import Counter

from core.sdk.rehearsal.words import tokens

_MARKERS = {
    "de": "ich und der die das nicht ist mein meine bitte für mit eine einen wie kann habe wir danke möchte",
    "fr": "je et le les des est mon ma pas une pour avec vous dans que comment merci bonjour voudrais mes cette",
    "es": "yo el los las es mi para con una por que cómo gracias hola quiero mis está puedo necesito",
    "it": "io il gli che mio mia per con una non come grazie ciao vorrei sono questo della posso",
    "pt": "eu o os as meu minha para com uma não como obrigado olá quero você está preciso",
    "en": "i the and is my to of for with a what how can please it you in on have",
}
_WORDS = {code: frozenset(words.split()) for code, words in _MARKERS.items()}
_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
}
LANGUAGES = {
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "en": "English",
    "ru": "Russian",
    "ja": "Japanese",
    "ko": "Korean",
    "zh": "Chinese",
    "ar": "Arabic",
    "hi": "Hindi",
    "el": "Greek",
}
"""What the languages are called in English."""
_THANKS = {
    "de": "Danke für Ihre Nachricht.",
    "fr": "Merci pour votre message.",
    "es": "Gracias por su mensaje.",
    "it": "Grazie per il Suo messaggio.",
    "pt": "Obrigado pela sua mensagem.",
    "ru": "Спасибо за ваше сообщение.",
    "ja": "メッセージをありがとうございます。",
    "ko": "메시지를 보내 주셔서 감사합니다.",
    "zh": "感谢您的留言。",
    "ar": "شكرًا على رسالتك.",
    "hi": "आपके संदेश के लिए धन्यवाद।",
    "el": "Ευχαριστούμε για το μήνυμά σας.",
}


def language_of(text: str) -> str:
    """The ISO code of the text's language; English when nothing speaks for another."""
    text = text[:2000]
    for code, pattern in _SCRIPTS.items():
        if len(pattern.findall(text)) > max(2, len(text) // 8):
            return code
    words = Counter(tokens(text))
    scores = {code: sum(words[word] for word in markers) for code, markers in _WORDS.items()}
    best = max(scores, key=lambda code: (scores[code], code == "en"))
    return best if scores[best] > scores["en"] else "en"


def thanks(text: str) -> str:
    """A polite opening in the language of the text; empty for English."""
    return _THANKS.get(language_of(text), "")
