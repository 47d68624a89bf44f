using Llumnix.Cli.Profiling;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class ProfileCommandTests
{
    [Fact]
    public void Parse_Everything_IsAccepted() => Assert.Empty(ProfileCommand.Create().Parse(
        ["--endpoint", "http://127.0.0.1:8000", "--model", "m", "--prompt-tokens", "16,32", "--batch-sizes", "1", "--repeats", "3"]).Errors);

    [Theory]
    [InlineData("--endpoint must be http://host:port or https://host:port", "--endpoint", "127.0.0.1:8000", "--model", "m")]
    [InlineData("--batch-sizes must be whole numbers of 1 or above with commas between", "--endpoint", "http://e", "--model", "m", "--batch-sizes", "1,0")]
    [InlineData("--repeats must be at least 1", "--endpoint", "http://e", "--model", "m", "--repeats", "0")]
    public void Parse_BadValue_SaysWhatIsRight(string message, params string[] args) =>
        Assert.Contains(message, ProfileCommand.Create().Parse(args).Errors.Select(error => error.Message));
}
