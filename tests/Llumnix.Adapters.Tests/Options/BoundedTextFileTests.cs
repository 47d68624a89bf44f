using Llumnix.Adapters.Options;

namespace Llumnix.Adapters.Tests.Options;

public sealed class BoundedTextFileTests
{
    [Theory]
    [InlineData(BoundedTextFile.MaxBytes, true)]
    [InlineData(BoundedTextFile.MaxBytes + 1, false)]
    public void Read_AroundTheBound_ReadsOrRefuses(int length, bool isRead)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[length]);
            Exception? error = Record.Exception(() => BoundedTextFile.Read(path));
            Assert.Equal(isRead, error is null);
            Assert.True(error is null or IOException);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
