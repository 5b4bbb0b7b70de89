/** One fixture of the official suite, as an assistant would write it. */
export interface Fixture {
  /** In MCPbox; the suite's own name is `published_as`. */
  name: string
  kind?: 'prompt' | 'resource'
  published_as: string
  mime_type?: string
  description: string
  code: string
}

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC'
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA=='

const media = `import base64
from mcpbox import Audio, File, Image

PNG = base64.b64decode("${PNG}")
WAV = base64.b64decode("${WAV}")
`

/** What the scenarios of both requirement sets call, get and read. */
export const FIXTURES: Fixture[] = [
  tool('simple_text', 'Gives text', 'return "This is a simple text response for testing."'),
  tool('image_content', 'Gives an image', 'return Image(PNG)', media),
  tool('audio_content', 'Gives a sound', 'return Audio(WAV)', media),
  tool(
    'embedded_resource',
    'Gives a file',
    'return File("This is an embedded resource content.", "resource.txt", uri="test://embedded-resource")',
    media,
  ),
  tool(
    'multiple_content_types',
    'Gives one of each',
    `data = File('{"test":"data","value":123}', "data.json", uri="test://mixed-content-resource")
    return ["Multiple content types test:", Image(PNG), data]`,
    media,
  ),
  tool(
    'tool_with_logging',
    'Logs',
    `for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        ctx.log(message)
        await asyncio.sleep(0.05)
    return "Logged"`,
    'import asyncio\n',
  ),
  tool(
    'error_handling',
    'Fails',
    'raise ToolError("This tool intentionally returns an error for testing")',
    'from mcpbox import ToolError\n',
  ),
  tool(
    'tool_with_progress',
    'Progresses',
    `for progress in (0, 50, 100):
        ctx.progress(progress, 100)
        await asyncio.sleep(0.05)
    return "Progressed"`,
    'import asyncio\n',
  ),
  {
    ...tool('sampling', 'Asks the model', ''),
    code: `async def main(prompt: str):
    said = await ctx.sample(prompt, max_tokens=100)
    return f"LLM response: {said.text}"
`,
  },
  {
    ...tool('elicitation', 'Asks the person', ''),
    code: `FORM = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    },
    "required": ["username", "email"],
}

async def main(message: str):
    answer = await ctx.elicit(message, FORM)
    return f"User response: action={answer.action}, content={answer.content}"
`,
  },
  asking(
    'elicitation_sep1034_defaults',
    `{
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    }`,
  ),
  asking(
    'elicitation_sep1330_enums',
    `{
        "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
        "titledSingle": {"type": "string", "oneOf": [
            {"const": "value1", "title": "First Option"},
            {"const": "value2", "title": "Second Option"},
            {"const": "value3", "title": "Third Option"}]},
        "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"]},
        "untitledMulti": {"type": "array", "items": {
            "type": "string", "enum": ["option1", "option2", "option3"]}},
        "titledMulti": {"type": "array", "items": {"anyOf": [
            {"const": "value1", "title": "First Choice"},
            {"const": "value2", "title": "Second Choice"},
            {"const": "value3", "title": "Third Choice"}]}},
    }`,
  ),
  tool('missing_capability', 'Needs a model', 'return (await ctx.sample("Hello")).text'),
  tool(
    'input_required_result_elicitation',
    'Asks for a name',
    `answer = await ctx.elicit("What is your name?", form(name="string"), key="user_name")
    return f"Hello, {answer.content.get('name')}!"`,
    form(),
  ),
  tool(
    'streaming_elicitation',
    'Asks on the way',
    `ctx.progress(1, 2)
    await ctx.elicit("Go on?", form(ok="boolean"), key="go_on")
    return "Went on"`,
    form(),
  ),
  tool('logging_tool', 'Logs', 'ctx.log("Logged")\n    return "Logged"'),
  tool(
    'input_required_result_sampling',
    'Asks for a capital',
    'return (await ctx.sample("What is the capital of France?", max_tokens=100, key="capital_question")).text',
  ),
  tool(
    'input_required_result_list_roots',
    'Asks for roots',
    'return [root.uri for root in await ctx.roots(key="client_roots")]',
  ),
  tool(
    'input_required_result_request_state',
    'Asks for a confirmation',
    `await ctx.elicit("Please confirm", form(ok="boolean"), key="confirm")
    return "state-ok"`,
    form(),
  ),
  tool(
    'input_required_result_multiple_inputs',
    'Asks for three things',
    `name, greeting, roots = await asyncio.gather(
        ctx.elicit("What is your name?", form(name="string"), key="user_name"),
        ctx.sample("Generate a greeting", max_tokens=50, key="greeting"),
        ctx.roots(key="client_roots"),
    )
    return [name.content.get("name"), greeting.text, len(roots)]`,
    `import asyncio\n${form()}`,
  ),
  tool(
    'input_required_result_multi_round',
    'Asks twice',
    `name = await ctx.elicit("Step 1: What is your name?", form(name="string"), key="step1")
    color = await ctx.elicit("Step 2: What is your favorite color?", form(color="string"), key="step2")
    return f"{name.content.get('name')} likes {color.content.get('color')}"`,
    form(),
  ),
  tool(
    'input_required_result_tampered_state',
    'Asks for a confirmation',
    `await ctx.elicit("Please confirm", form(ok="boolean"), key="confirm")
    return "confirmed"`,
    form(),
  ),
  tool(
    'input_required_result_capabilities',
    'Asks for what the client can give',
    `results = await asyncio.gather(
        ctx.elicit("Who?", form(name="string"), key="who"),
        ctx.sample("Hello", max_tokens=10, key="hello"),
        return_exceptions=True,
    )
    return [type(result).__name__ for result in results]`,
    `import asyncio\n${form()}`,
  ),
  prompt('simple_prompt', 'async def main():\n    return "This is a simple prompt for testing."\n'),
  prompt(
    'prompt_with_arguments',
    `async def main(arg1: str, arg2: str):
    """Says its arguments.

    Args:
        arg1: First test argument
        arg2: Second test argument
    """
    return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"
`,
  ),
  prompt(
    'prompt_with_embedded_resource',
    `from mcpbox import File

async def main(resourceUri: str):
    file = File("Embedded resource content for testing.", "resource.txt", uri=resourceUri)
    return [file, "Please process the embedded resource above."]
`,
  ),
  prompt(
    'prompt_with_image',
    `${media}
async def main():
    return [Image(PNG), "Please analyze the image above."]
`,
  ),
  prompt(
    'input_required_result_prompt',
    `${form()}
async def main():
    answer = await ctx.elicit("What context should the prompt use?", form(context="string"), key="user_context")
    return f"In the context of {answer.content.get('context')}"
`,
  ),
  {
    name: 'static_text',
    kind: 'resource',
    published_as: 'test://static-text',
    mime_type: 'text/plain',
    description: 'A text.',
    code: 'async def main():\n    return "This is the content of the static text resource."\n',
  },
  {
    name: 'static_binary',
    kind: 'resource',
    published_as: 'test://static-binary',
    mime_type: 'image/png',
    description: 'An image.',
    code: `${media}\nasync def main():\n    return Image(PNG)\n`,
  },
  {
    name: 'template',
    kind: 'resource',
    published_as: 'test://template/{id}/data',
    mime_type: 'application/json',
    description: 'Data of an id.',
    code: 'async def main(id: str):\n    return {"id": id, "templateTest": True, "data": f"Data for ID: {id}"}\n',
  },
  {
    name: 'watched',
    kind: 'resource',
    published_as: 'test://watched-resource',
    mime_type: 'text/plain',
    description: 'A text that is followed.',
    code: 'async def main():\n    return "Watched"\n',
  },
]

/** Published under the suite's name, which has no room for a server. */
function tool(name: string, description: string, body: string, before = ''): Fixture {
  const code = `${before}\nasync def main():\n    ${body}\n`
  const short = name.replace('input_required_result', 'input').replace('elicitation_', 'ask_')
  return { name: short, published_as: `test_${name}`, description, code }
}

function asking(name: string, properties: string): Fixture {
  const body = `answer = await ctx.elicit("Please fill in", {"type": "object", "properties": ${properties}})
    return f"Elicitation completed: action={answer.action}, content={answer.content}"`
  return tool(name, 'Asks with a form', body)
}

function prompt(name: string, code: string): Fixture {
  const short = name.replace('input_required_result', 'input')
  const published_as = `test_${name}`
  return { name: short.slice(0, 30), kind: 'prompt', published_as, description: name, code }
}

/** A form with fields of a type each, all of them required. */
function form(): string {
  return `def form(**fields):
    properties = {name: {"type": kind} for name, kind in fields.items()}
    return {"type": "object", "properties": properties, "required": list(fields)}
`
}
