using System.Text;
using Llumnix.Gateway.Relay;

namespace Llumnix.Gateway.Tests.Relay;

public sealed class EventContentTests
{
    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"a"}}]}""")]
    [InlineData("""{"choices": [{"delta": {"role": "assistant", "content": "a"}, "finish_reason": "length"}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":"","reasoning_content":"a"}}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":null,"tool_calls":[{"index":0}]}}]}""")]
    [InlineData("""{"choices":[{"delta":{"function_call":{"name":"f"}}}]}""")]
    [InlineData("""{"choices":[{"delta":{}},{"delta":{"content":"a"}}]}""")]
    [InlineData("""{"choices":[{"text":"a","index":0}]}""")]
    [InlineData("""{"choices":[{"text":""},{"text" : "\n"}]}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"a"}""")]
    [InlineData("""{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}""")]
    public void IsIn_PartOfAnAnswer_Is(string data) => Assert.True(EventContent.IsIn(Encoding.UTF8.GetBytes(data)));

    [Theory]
    [InlineData("""{"choices":[{"delta":{"role":"assistant","content":""},"logprobs":{"content":[{"token":"a"}]}}]}""")]
    [InlineData("""{"choices":[{"delta":{"role":"assistant","content":null,"tool_calls":[]}}]}""")]
    [InlineData("""{"choices":[{"delta":{},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":""},"text":"a"}]}""")]
    [InlineData("""{"choices":[{"text":"","finish_reason":"stop","kind":"text"}]}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}""")]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""")]
    [InlineData("""{"choices":[{"finish_reason":"\"delta\":\"a\""}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":""")]
    [InlineData("""{"choices":[{"delta":{nothing}}]}""")]
    [InlineData("{}")]
    public void IsIn_NothingOfTheAnswer_IsNot(string data) => Assert.False(EventContent.IsIn(Encoding.UTF8.GetBytes(data)));
}
