using System.Text;
using CsCheck;
using Llumnix.Adapters.Discovery;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class BoundedLinesTests
{
    [Fact]
    public void Read_AnyText_GivesItsLines() => Gen.Int[0, 2].Array[0, 30].Sample(static parts =>
    {
        string text = string.Concat(parts.Select(static part => part switch { 0 => "\n", 1 => "aü", _ => "{}" }));
        string[] lines = text.Split('\n');
        Assert.Equal(text.EndsWith('\n') || text.Length == 0 ? lines[..^1] : lines, Read(text, 1000));
    });

    [Theory]
    [InlineData("abcd\n", true)]
    [InlineData("abcde\n", false)]
    [InlineData("abcde", false)]
    [InlineData("a\nabcde\n", false)]
    public void Read_LineAboveTheBound_IsRefused(string text, bool isRead)
    {
        if (isRead)
        {
            Assert.Equal(["abcd"], Read(text, 4));
        }
        else
        {
            Assert.Throws<InvalidDataException>(() => Read(text, 4));
        }
    }

    private static List<string> Read(string text, int maxBytes)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return BoundedLines.ReadAsync(stream, maxBytes, TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken).ToList();
    }
}
