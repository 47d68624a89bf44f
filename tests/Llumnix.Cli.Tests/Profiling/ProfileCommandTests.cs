using Llumnix.Cli.Profiling;
using Llumnix.Cli.Tests.Load;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class ProfileCommandTests
{
    [Fact]
    public void Parse_Everything_IsAccepted() => Assert.Empty(ProfileCommand.Create().Parse(
        ["--endpoint", "http://127.0.0.1:8000", "--model", "m", "--prompt-tokens", "16,32", "--batch-sizes", "1", "--repeats", "3"]).Errors);

    [Theory]
    [InlineData("--endpoint must be host:port, http://host:port or https://host:port, not \"127.0.0.1\"", "--endpoint", "127.0.0.1", "--model", "m")]
    [InlineData("--batch-sizes must be whole numbers of 1 or above with commas between, not \"1,0\"", "--endpoint", "http://e", "--model", "m", "--batch-sizes", "1,0")]
    [InlineData("--repeats must be from 1 to 1000000, not 0", "--endpoint", "http://e", "--model", "m", "--repeats", "0")]
    public void Parse_BadValue_SaysWhatIsRight(string message, params string[] args) =>
        Assert.Contains(message, ProfileCommand.Create().Parse(args).Errors.Select(error => error.Message));

    /// <summary>A script that goes on to the scheduler must not do so with tables that are not there.</summary>
    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"out of memory\"}}\n\ndata: [DONE]\n\n")]
    [InlineData("data: {\"choices\":[{\"text\":\" a\",\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")]
    [InlineData("")]
    public async Task Run_NothingCanBeMeasured_ExitCodeIs1AndNoTable(string stream)
    {
        await using LoopbackServer engine = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(stream));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llumnix-profile-");
        try
        {
            string[] tables = [Path.Combine(folder.FullName, "ttft.json"), Path.Combine(folder.FullName, "tpot.json")];
            int exitCode = await ProfileCommand.Create().Parse(
            [
                "--endpoint", engine.Url.ToString(), "--model", "m", "--ttft-output", tables[0], "--tpot-output", tables[1],
                "--prompt-tokens", "16,32", "--batch-sizes", "1", "--tokens-per-request", "64", "--repeats", "1", "--decode-steps", "8",
            ]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(1, exitCode);
            Assert.DoesNotContain(tables, File.Exists);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
