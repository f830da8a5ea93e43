"""What was asked of a model and answered, as it is kept with the work and shown."""

from typing import Any

from providers.llm.completing import Call


def exchange(call: Call) -> dict[str, Any]:
    usage = call.answer.usage
    return {
        "system": call.request.system,
        "prompt": call.request.prompt,
        "answer": call.answer.text,
        "model": call.answer.model,
        "problem": call.problem,
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
    }
