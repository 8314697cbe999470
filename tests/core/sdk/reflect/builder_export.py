"""A workflow in the shape in which Agent Builder exports, with everything that it can hold."""

EXPORT = '''
from agents import function_tool, Agent, ModelSettings, TResponseInputItem, Runner, RunConfig, trace
from openai import AsyncOpenAI
from types import SimpleNamespace
from guardrails.runtime import load_config_bundle, instantiate_guardrails, run_guardrails
from openai.types.shared.reasoning import Reasoning
from pydantic import BaseModel

# Tool definitions
@function_tool
def find_parcel(number: str):
  pass

client = AsyncOpenAI()
ctx = SimpleNamespace(guardrail_llm=client)
jailbreak_guardrail_config = {
  "guardrails": [
    {"name": "Jailbreak", "config": {"model": "gpt-5-nano", "confidence_threshold": 0.7}}
  ]
}

def guardrails_has_tripwire(results):
    return any(getattr(r, "tripwire_triggered", False) is True for r in (results or []))

def get_guardrail_checked_text(results, fallback_text):
    return fallback_text

def build_guardrail_fail_output(results):
    return {"failed": True}

class SortSchema(BaseModel):
  kind: str
  urgent: bool
  score: float


sort = Agent(
  name="Sort",
  instructions="""Which kind is it?
Say \\"parcel\\" or \\"refund\\".""",
  model="gpt-4.1",
  output_type=SortSchema,
  model_settings=ModelSettings(temperature=1, top_p=1, max_tokens=2048, store=True)
)


parcels = Agent(
  name="Parcels",
  instructions="Find the parcel.",
  model="gpt-5",
  tools=[
    find_parcel
  ],
  model_settings=ModelSettings(store=True, reasoning=Reasoning(effort="low", summary="auto"))
)


refunds = Agent(
  name="Refunds",
  instructions="Prepare the refund.",
  model="gpt-5",
)


def approval_request(message: str):
  # TODO: Implement
  return True

class WorkflowInput(BaseModel):
  input_as_text: str


# Main code entrypoint
async def run_workflow(workflow_input: WorkflowInput):
  with trace("Parcel desk"):
    state = {
      "tries": 0,
      "tone": None
    }
    workflow = workflow_input.model_dump()
    conversation_history: list[TResponseInputItem] = [
      {
        "role": "user",
        "content": [
          {
            "type": "input_text",
            "text": workflow["input_as_text"]
          }
        ]
      }
    ]
    guardrails_inputtext = workflow["input_as_text"]
    guardrails_result = await run_guardrails(ctx, guardrails_inputtext, "text/plain", instantiate_guardrails(load_config_bundle(jailbreak_guardrail_config)), suppress_tripwire=True)
    guardrails_hastripwire = guardrails_has_tripwire(guardrails_result)
    guardrails_anonymizedtext = get_guardrail_checked_text(guardrails_result, guardrails_inputtext)
    guardrails_output = (guardrails_hastripwire and build_guardrail_fail_output(guardrails_result or [])) or (guardrails_anonymizedtext or guardrails_inputtext)
    if guardrails_hastripwire:
      return guardrails_output
    else:
      sort_result_temp = await Runner.run(
        sort,
        input=[
          *conversation_history
        ],
        run_config=RunConfig(trace_metadata={
          "__trace_source__": "agent-builder",
          "workflow_id": "wf_1"
        })
      )

      conversation_history.extend([item.to_input_item() for item in sort_result_temp.new_items])

      sort_result = {
        "output_text": sort_result_temp.final_output.json(),
        "output_parsed": sort_result_temp.final_output.model_dump()
      }
      if sort_result["output_parsed"]["kind"] == "parcel" and sort_result["output_parsed"]["score"] > 0.5:
        state["tone"] = "warm"
        while state["tries"] < 3:
          parcels_result_temp = await Runner.run(
            parcels,
            input=[
              *conversation_history,
              {
                "role": "user",
                "content": [
                  {
                    "type": "input_text",
                    "text": f"Be {state['tone']}. Round {state['tries']}."
                  }
                ]
              }
            ]
          )

          conversation_history.extend([item.to_input_item() for item in parcels_result_temp.new_items])

          parcels_result = {
            "output_text": parcels_result_temp.final_output_as(str)
          }
          state["tries"] = state["tries"] + 1
        transform_result = {"answer": parcels_result["output_text"], "rounds": state["tries"]}
        return transform_result
      elif sort_result["output_parsed"]["kind"] == "refund":
        refunds_result_temp = await Runner.run(
          refunds,
          input=[
            *conversation_history
          ]
        )

        conversation_history.extend([item.to_input_item() for item in refunds_result_temp.new_items])

        refunds_result = {
          "output_text": refunds_result_temp.final_output_as(str)
        }
        approval_message = f"Pay this? {refunds_result['output_text']}"

        if approval_request(approval_message):
            end_result = {
              "message": "It is on the way.",
              "details": {"text": refunds_result["output_text"]}
            }
            return end_result
        else:
            refunds_result_temp1 = await Runner.run(
              refunds,
              input=[
                *conversation_history
              ]
            )
            refunds_result1 = {
              "output_text": refunds_result_temp1.final_output_as(str)
            }
            return refunds_result1
      else:
        return sort_result


if __name__ == "__main__":
  asyncio.run(run_workflow(WorkflowInput(input_as_text="Where is parcel 7?")))
'''  # noqa: E501
