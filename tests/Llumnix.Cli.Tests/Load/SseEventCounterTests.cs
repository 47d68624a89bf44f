using System.Text;
using CsCheck;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Load;

public sealed class SseEventCounterTests
{
    private const string Stream = "data: {\"text\":\"data: x\"}\n\n: a comment\n\ndata:{}\r\n\r\nevent: other\ndata: 3\n\ndata: [DONE]\n\n";

    [Fact]
    public void Count_WholeStream_CountsItsDataLines()
    {
        var counter = default(SseEventCounter);

        Assert.Equal(3, counter.Count(Encoding.UTF8.GetBytes(Stream)));
        Assert.True(counter.IsDone);
    }

    [Fact]
    public void Count_StreamInAnyPieces_CountsTheSame() =>
        Gen.Int[0, Stream.Length].Array[0, 20].Sample(cuts =>
        {
            var counter = default(SseEventCounter);
            int events = 0;
            int start = 0;
            foreach (int end in cuts.Append(Stream.Length).Order())
            {
                events += counter.Count(Encoding.UTF8.GetBytes(Stream[start..end]));
                start = end;
            }

            return events == 3 && counter.IsDone;
        });

    [Theory]
    [InlineData("data: 1\n\n", 1)]
    [InlineData("data: 1\n\ndata: 2", 1)]
    [InlineData("data: [DONE", 0)]
    [InlineData("", 0)]
    public void Count_StreamWithoutItsEnd_IsNotDone(string stream, int expected)
    {
        var counter = default(SseEventCounter);

        Assert.Equal(expected, counter.Count(Encoding.UTF8.GetBytes(stream)));
        Assert.False(counter.IsDone);
    }

    [Fact]
    public void Count_DoneWithoutSpace_IsDone()
    {
        var counter = default(SseEventCounter);

        Assert.Equal(0, counter.Count("data:[DONE]\n"u8));
        Assert.True(counter.IsDone);
    }
}
