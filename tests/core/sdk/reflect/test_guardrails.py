"""Guardrails of the code as guardrails of the spec."""

from core.organization.spec import JudgeGuardrailSpec, KeywordGuardrailSpec, RegexGuardrailSpec
from tests.core.sdk.reflect.reading import imported, told

HEAD = """
import re
from agents import Agent, GuardrailFunctionOutput, Runner, input_guardrail, output_guardrail
"""


def test_patterns_words_and_judges_are_recognised() -> None:
    found = imported(
        HEAD
        + """
WORDS = ["secret", "internal use"]
PATTERN = re.compile(r"\\b\\d{16}\\b", re.IGNORECASE)
judge = Agent(name="Judge", instructions="Is this homework?", model="gpt-5")

@input_guardrail(name="No cards")
async def cards(context, agent, text):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=bool(re.search(r"\\d{16}", text)))

@output_guardrail
async def words(context, agent, output):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=any(word in output for word in WORDS))

@input_guardrail
async def homework(context, agent, text):
    result = await Runner.run(judge, text)
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=result.final_output.yes)

desk = Agent(name="Desk", instructions="x", input_guardrails=[cards, homework], output_guardrails=[words])
"""
    )

    org = found.organization
    assert org.guardrails == [
        RegexGuardrailSpec(name="No cards", pattern=r"\d{16}", ignore_case=False),
        JudgeGuardrailSpec(name="homework", instructions="Is this homework?", model="openai/gpt-5"),
        KeywordGuardrailSpec(name="words", stage="output", keywords=["secret", "internal use"]),
    ]
    assert org.entry == "Desk"
    assert [(link.source, link.target) for link in org.links] == [
        ("No cards", "Desk"),
        ("homework", "Desk"),
        ("words", "Desk"),
    ]


def test_other_code_is_kept_for_a_judge_to_read() -> None:
    found = imported(
        HEAD
        + """
@input_guardrail
async def odd(context, agent, text):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=len(text) > 900)

desk = Agent(name="Desk", instructions="x", input_guardrails=[odd])
"""
    )

    guardrail = found.organization.guardrails[0]
    assert isinstance(guardrail, JudgeGuardrailSpec)
    assert "len(text) > 900" in guardrail.instructions
    assert told(found, "approximated", "guardrail 'odd'", "app.py:6")
