using System.Text;
using CsCheck;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Load;

public sealed class CompletionStreamTests
{
    private const string Stream =
        "data: {\"choices\":[{\"text\":\"data: x\"}]}\n\n: a comment\n\ndata:{\"choices\":[{\"text\":\"\"}]}\r\n\r\nevent: other\ndata: {\"choices\":[{\"delta\":\ndata: {\"content\":\"a\"}}]}\n\ndata: [DONE]\n\ndata: {}\n\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void ReadAsync_StreamInAnyPieces_IsReadUpToItsEnd() =>
        Gen.Int[0, Stream.Length].Array[0, 20].SampleAsync(async cuts =>
        {
            var chunks = new List<CompletionChunk>();
            StreamEnd end = await ReadAsync(new PieceStream(Pieces(cuts)), chunks);
            Assert.Equal(new StreamEnd(IsComplete: true, null), end);
            Assert.Equal([true, false, true], chunks.Select(chunk => chunk.HasContent));
        });

    [Theory]
    [InlineData("data: {}\n\n")]
    [InlineData("data: {}\n\ndata: [DONE")]
    [InlineData("")]
    public async Task ReadAsync_StreamWithoutItsEnd_IsNotComplete(string stream) =>
        Assert.Equal(new StreamEnd(IsComplete: false, null), await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(stream)), []));

    [Theory]
    [InlineData("""data: {"error":{"message":"m"}}""", "m")]
    [InlineData("""data: {"error":{"message":{"message":"m"}}}""", "m")]
    [InlineData("""data: {"error":7}""", "7")]
    [InlineData("""data: {"object":"error","message":"m"}""", "m")]
    [InlineData("event: error\ndata: {\"message\":\"m\"}", "m")]
    [InlineData("event: error\ndata: {}", "no message")]
    [InlineData("""data: {"choices":[{"finish_reason":"abort"}]}""", "finish_reason abort")]
    [InlineData("data: null", "an event that is no completion chunk")]
    [InlineData("data: []", "an event that is no completion chunk")]
    [InlineData("""data: {"choices":[{"text":7}]}""", "an event that is no completion chunk")]
    [InlineData("""data: {"choices":[null],"error":null}""", null)]
    [InlineData("""data: {"choices":null,"usage":null}""", null)]
    public async Task ReadAsync_Event_IsAnErrorOrNot(string data, string? failure)
    {
        StreamEnd end = await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(data + "\n\ndata: [DONE]\n\n")), []);
        Assert.Equal(new StreamEnd(IsComplete: failure is null, failure), end);
    }

    /// <summary>A line without an end, and comments without an event: the reader neither waits nor keeps them.</summary>
    [Theory]
    [InlineData("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData(": keep-alive\n\n")]
    public async Task ReadAsync_BytesWithoutAnEvent_AreReadNoFurther(string piece)
    {
        var endless = new PieceStream(Enumerable.Repeat(Encoding.UTF8.GetBytes(piece), int.MaxValue));
        StreamEnd end = await ReadAsync(endless, []);
        Assert.Equal((false, "an event of more than 1048576 bytes"), (end.IsComplete, end.Failure));
    }

    [Fact]
    public async Task ReadAsync_EnoughTaken_ReadsNoFurther()
    {
        var endless = new PieceStream(Enumerable.Repeat("data: {}\n\n"u8.ToArray(), int.MaxValue));
        int taken = 0;
        using var content = new StreamContent(endless);
        StreamEnd end = await CompletionStream.ReadAsync(content, _ => ++taken < 1_000_000, Cancellation);
        Assert.Equal((1_000_000, false), (taken, end.IsComplete));
    }

    private static IEnumerable<byte[]> Pieces(int[] cuts)
    {
        int start = 0;
        foreach (int end in cuts.Append(Stream.Length).Order().Where(end => end > 0).Distinct())
        {
            yield return Encoding.UTF8.GetBytes(Stream[start..end]);
            start = end;
        }
    }

    private static async Task<StreamEnd> ReadAsync(Stream stream, List<CompletionChunk> chunks)
    {
        using var content = new StreamContent(stream);
        return await CompletionStream.ReadAsync(
            content,
            chunk =>
            {
                chunks.Add(chunk);
                return true;
            },
            Cancellation);
    }

    /// <summary>A stream that comes in pieces.</summary>
    private sealed class PieceStream(IEnumerable<byte[]> pieces) : MemoryStream
    {
        private readonly IEnumerator<byte[]> _pieces = pieces.GetEnumerator();
        private ReadOnlyMemory<byte> _rest;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_rest.IsEmpty && _pieces.MoveNext())
            {
                _rest = _pieces.Current;
            }

            int taken = Math.Min(buffer.Length, _rest.Length);
            _rest[..taken].CopyTo(buffer);
            _rest = _rest[taken..];
            return ValueTask.FromResult(taken);
        }
    }
}
