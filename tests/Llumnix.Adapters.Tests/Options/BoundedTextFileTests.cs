using System.Text;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options;

namespace Llumnix.Adapters.Tests.Options;

public sealed class BoundedTextFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(BoundedTextFile.MaxBytes, true)]
    [InlineData(BoundedTextFile.MaxBytes + 1, false)]
    public void Read_AroundTheBound_ReadsOrRefuses(int length, bool isRead)
    {
        File.WriteAllBytes(_path, [.. Enumerable.Repeat((byte)'a', length)]);
        Exception? error = Record.Exception(() => BoundedTextFile.Read(_path));
        Assert.Equal(isRead, error is null);
        Assert.True(error is null or FileTooLongException);
    }

    [Theory]
    [InlineData("it is not text in UTF-8: it has a byte 0, as packed and binary files have, and UTF-16 without its mark", new byte[] { (byte)'a', 0, (byte)':', 0 })]
    [InlineData("it is not text in UTF-8: line 3 has a byte that is not; save it as UTF-8", new byte[] { (byte)'a', 10, 10, (byte)'b', 0xE4, 10 })]
    [InlineData("it is not text in UTF-8: line 1 has a byte that is not; save it as UTF-8", new byte[] { (byte)'a', 0xE2, 0x82 })]
    public void Read_NoText_SaysWhatItIs(string problem, byte[] content)
    {
        File.WriteAllBytes(_path, content);
        Assert.Equal(problem, FileFailure.Describe(Assert.ThrowsAny<IOException>(() => BoundedTextFile.Read(_path))));
    }

    [Fact]
    public void Read_MarkedEncoding_IsRead() => Assert.All([Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32], encoding =>
    {
        File.WriteAllText(_path, "a: \u00e4\u20ac", encoding);
        Assert.Equal("a: \u00e4\u20ac", BoundedTextFile.Read(_path));
    });
}
