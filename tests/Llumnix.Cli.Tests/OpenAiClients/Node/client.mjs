// Runs one case against a gateway with the openai client as published. Ends with exit code 0 when all is as it should be.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [, , baseURL, name] = process.argv;
const client = new OpenAI({ baseURL, apiKey: 'sk-none', maxRetries: 0, timeout: 60_000 });
const messages = [{ role: 'user', content: 'one two three' }];
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
const question = { model: 'emulated', messages, max_tokens: 3 };

async function chunksOf(options) {
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({ ...question, ...options, stream: true })) {
    chunks.push(chunk);
  }
  return chunks;
}

const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');

const cases = {
  async chat() {
    const answer = await client.chat.completions.create(question);
    assert.equal(answer.choices[0].message.content, ' 1 2 3');
    assert.equal(answer.choices[0].finish_reason, 'length');
    assert.equal(answer.usage.completion_tokens, 3);
    assert.ok(answer._request_id);
  },
  async stream() {
    const chunks = await chunksOf({});
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.equal(textOf(chunks), ' 1 2 3');
    assert.deepEqual(chunks.map((chunk) => chunk.choices[0].finish_reason), [null, null, null, 'length']);
    assert.ok(chunks.every((chunk) => chunk.usage === undefined));
  },
  async 'stream-usage'() {
    const chunks = await chunksOf({ stream_options: { include_usage: true } });
    assert.equal(textOf(chunks), ' 1 2 3');
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.equal(chunks.at(-1).usage.completion_tokens, 3);
  },
  async completion() {
    const answer = await client.completions.create({ model: 'emulated', prompt: 'one two', max_tokens: 2 });
    assert.equal(answer.choices[0].text, ' 1 2');
  },
  async tools() {
    const answer = await client.chat.completions.create({ ...question, tools });
    assert.equal(answer.choices[0].finish_reason, 'tool_calls');
    const [call] = answer.choices[0].message.tool_calls;
    assert.equal(call.function.name, 'weather');
    assert.equal(JSON.parse(call.function.arguments).tokens, ' 1 2 3');
  },
  async 'tools-stream'() {
    const answer = await client.chat.completions.stream({ ...question, tools }).finalChatCompletion();
    const [call] = answer.choices[0].message.tool_calls;
    assert.equal(call.function.name, 'weather');
    assert.equal(JSON.parse(call.function.arguments).tokens, ' 1 2 3');
  },
  async json() {
    const answer = await client.chat.completions.create({ ...question, response_format: { type: 'json_object' } });
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(JSON.parse(answer.choices[0].message.content).tokens, ' 1 2 3');
  },
  async embeddings() {
    const answer = await client.embeddings.create({ model: 'emulated', input: ['one', 'two three'] });
    assert.deepEqual(answer.data.map((item) => item.index), [0, 1]);
    assert.ok(answer.data.every((item) => item.embedding.length === 8));
    assert.equal(answer.usage.prompt_tokens, 3);
  },
  async models() {
    const ids = [];
    for await (const model of client.models.list()) {
      ids.push(model.id);
    }
    assert.equal(ids.length, 1);
  },
  async errors() {
    await assert.rejects(client.chat.completions.create({ ...question, max_tokens: -1 }), (error) =>
      error instanceof OpenAI.BadRequestError && /max_tokens/.test(error.message));
    await assert.rejects(client.post('/no/such', { body: {} }), OpenAI.NotFoundError);
    await assert.rejects(
      client.chat.completions.create(question, { headers: { 'x-emulator-fault': 'error' } }),
      (error) => error instanceof OpenAI.InternalServerError && error.status === 500);
  },
  async 'error-in-stream'() {
    const chunks = [];
    await assert.rejects(async () => {
      const stream = await client.chat.completions.create({ ...question, stream: true }, { headers: { 'x-emulator-fault': 'cut' } });
      for await (const chunk of stream) {
        chunks.push(chunk);
      }
    }, (error) => error instanceof OpenAI.APIError && error.code === 'engine_failed');
    assert.ok(textOf(chunks).startsWith(' 1'));
  },
  async cancel() {
    const stream = await client.chat.completions.create({ ...question, max_tokens: 100_000, stream: true });
    let count = 0;
    for await (const chunk of stream) {
      count += chunk.choices.length;
      if (count === 3) {
        stream.controller.abort();
      }
    }
    assert.ok(count >= 3);
  },
  // Prints the body that it has sent.
  async vision() {
    let sent;
    const recording = new OpenAI({
      baseURL, apiKey: 'sk-none', maxRetries: 0, fetch: (url, init) => { sent = init.body; return fetch(url, init); },
    });
    const url = `data:image/png;base64,${Buffer.alloc(200_000, 7).toString('base64')}`;
    await recording.chat.completions.create({
      ...question,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Ωhat is \u0001 this 🙂?' }, { type: 'image_url', image_url: { url } }] }],
      logit_bias: { 50256: -100 },
    });
    await new Promise((resolve) => process.stdout.write(sent, resolve));
  },
};

await cases[name]();
