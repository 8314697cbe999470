"""Hypothesis strategies: any organization that can be written down, sound or not."""

from hypothesis import strategies as st

from core.organization.base import JsonObject
from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    ApproveWhen,
    AsToolLink,
    FlowLink,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    HttpToolSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    ModelSettingsSpec,
    NeverApprove,
    Organization,
    Position,
    RegexGuardrailSpec,
    RunSettings,
    UsesLink,
)
from core.organization.steps import (
    AgentJoin,
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    ConcatenateJoin,
    EndStep,
    FieldCondition,
    FirstGoodJoin,
    JoinStep,
    JudgeCondition,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    TransformStep,
    VoteJoin,
)

# What a careless YAML writer or reader would take for something else than text.
TRICKY = [
    *("yes", "on", "off", "null", "~", "true", "012", "1e3", "1.5", "1:30", "2026-03-14", ".inf", ".nan", "<<"),
    *("-", "?", ":", "#", "&", "*", "!", "|", ">", "%x", "@x", "`x`", "[x]", "{x}"),
]
# What a careless writer of code or templates would take for something else than text.
KEYWORDS = ["class", "def", "None", "self", "lambda", "__init__", "import os", "agents", "kind", "model_config"]
HOSTILE = [
    *("{{", "}}", "{{ output }}", "${HOME}", "{0}", "%s", "\\", "\\n", '"""', "'''", "```", "</script>"),
    *(
        "\x00",
        "\x1b[31m",
        "\r\n",
        "a\rb",
        "\u202e",
        "\ufeff",
        "steps['a']",
        'steps["a\\"b"]',
        "---",
        "...",
        "\x7f",
    ),
]

texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *TRICKY,
            *KEYWORDS,
            *HOSTILE,
            "",
            " x ",
            "a: b",
            "a #b",
            "tab\there",
            "ünïcödé 🦊 日本",
            "\u2028",
            "\x85",
            "'\"",
        ]
    ),
    st.lists(
        st.sampled_from(["line", "  indented", "", "- item", "trailing ", "key: value", "🦊"]), max_size=5
    ).map("\n".join),
)
names = texts.map(str.strip).filter(bool).map(lambda text: text[:80].strip()).filter(bool)
tool_names = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
numbers = st.floats(min_value=-1e6, max_value=1e6).map(lambda number: number + 0.0)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(texts, json_values, max_size=3)
string_maps = st.dictionaries(texts, texts, max_size=2)
approvals = st.one_of(
    st.just(NeverApprove()),
    st.just(AlwaysApprove()),
    st.builds(
        ApproveWhen,
        argument=texts,
        operator=st.sampled_from(["gt", "eq", "contains"]),
        value=texts | st.booleans() | st.integers(-9, 9) | numbers,
    ),
)
settings = st.builds(
    ModelSettingsSpec,
    temperature=st.none() | st.floats(0, 2),
    tool_choice=st.none() | texts,
    parallel_tool_calls=st.none() | st.booleans(),
)
agents = st.builds(
    AgentSpec,
    name=names,
    instructions=texts,
    handoff_description=texts,
    model=st.none() | texts,
    settings=settings,
    output_schema=st.none() | json_objects,
    task=texts,
    sees_conversation=st.booleans(),
)
common = {"name": tool_names, "description": texts, "approval": approvals}
tools = st.one_of(
    st.builds(FunctionToolSpec, function=st.sampled_from(["a:b", "core.x:y_1"]), **common),
    st.builds(HttpToolSpec, url=texts, headers=string_maps, parameters=json_objects, **common),
    st.builds(
        McpStdioToolSpec,
        command=texts,
        arguments=st.lists(texts, max_size=2),
        environment=string_maps,
        allowed_tools=st.none() | st.lists(texts, max_size=2),
        **common,
    ),
    st.builds(McpHttpToolSpec, url=texts, headers=string_maps, **common),
)
stages = st.sampled_from(["input", "output"])
guardrails = st.one_of(
    st.builds(RegexGuardrailSpec, name=names, stage=stages, pattern=texts, ignore_case=st.booleans()),
    st.builds(KeywordGuardrailSpec, name=names, keywords=st.lists(texts, max_size=2)),
    st.builds(JudgeGuardrailSpec, name=names, instructions=texts, model=st.none() | texts),
)
links = st.one_of(
    st.builds(HandoffLink, source=names, target=names, description=texts),
    st.builds(AsToolLink, source=names, target=names, tool_name=st.none() | tool_names, approval=approvals),
    st.builds(UsesLink, source=names, target=names),
    st.builds(GuardsLink, source=names, target=names),
    st.builds(FlowLink, source=names, target=names, port=texts),
)
limits = st.none() | st.integers(1, 1000)
failures = st.sampled_from(["fail_all", "go_on", "retry"])
conditions = st.one_of(
    st.builds(CelCondition, expression=texts),
    st.builds(FieldCondition, field=texts, value=texts | st.booleans() | st.integers(-9, 9) | numbers),
    st.builds(JudgeCondition, statement=texts, model=st.none() | texts),
)
joins = st.one_of(
    st.builds(ConcatenateJoin, separator=texts),
    st.just(ListJoin()),
    st.builds(VoteJoin, by=texts),
    st.builds(FirstGoodJoin, condition=conditions),
    st.builds(AgentJoin, agent=texts, task=texts),
)
cases = st.builds(
    BranchCase, name=st.sampled_from(["yes", "no", "on", "null", "class", "_1"]), condition=conditions
)
steps = st.one_of(
    st.builds(ParallelStep, name=names, limit=limits, on_failure=failures, retries=st.integers(1, 10)),
    st.builds(MapStep, name=names, items=texts, limit=limits, on_failure=failures),
    st.builds(JoinStep, name=names, by=joins),
    st.builds(BranchStep, name=names, cases=st.lists(cases, max_size=3)),
    st.builds(
        LoopStep,
        name=names,
        until=conditions,
        limit=st.integers(1, 1000),
        check_first=st.booleans(),
        on_limit=st.sampled_from(["go_on", "fail"]),
    ),
    st.builds(ApprovalStep, name=names, question=texts),
    st.builds(TransformStep, name=names, expression=texts, assign=string_maps),
    st.builds(EndStep, name=names, output=texts, outcome=st.sampled_from(["completed", "failed"])),
)
organizations = st.builds(
    Organization,
    name=names,
    description=texts,
    entry=texts,
    agents=st.lists(agents, max_size=3),
    tools=st.lists(tools, max_size=3),
    guardrails=st.lists(guardrails, max_size=2),
    links=st.lists(links, max_size=3),
    run=st.builds(
        RunSettings,
        max_turns=st.integers(1, 1000),
        store_payloads=st.booleans(),
        budget_tokens=st.none() | st.integers(1, 10**9),
        budget_usd=st.none() | st.floats(0.01, 10_000),
    ),
    samples=st.lists(texts, max_size=2),
    layout=st.dictionaries(texts, st.builds(Position, x=numbers, y=numbers), max_size=3),
)


def _with_workflow(org: Organization, given: list[Step], state: JsonObject) -> Organization:
    return org.model_copy(update={"steps": given, "state": state})


workflows = st.builds(_with_workflow, organizations, st.lists(steps, max_size=3), json_objects)
"""Organizations that may have steps of every kind, too."""
