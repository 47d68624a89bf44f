using System.CommandLine;
using Llumnix.Cli.Gateway;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>The token for the schedulers.</summary>
public sealed class ServiceTokenOptionsTests
{
    [Theory]
    [InlineData("hunter2\r\n", "hunter2", null)]
    [InlineData("hunter2", "hunter2", null)]
    [InlineData("\n", "", "is empty")]
    [InlineData("hunter2 hunter3", null, "--service-token-file: its token must be of printable ASCII characters")]
    [InlineData("hünter2", null, "--service-token-file: its token must be of printable ASCII characters")]
    public void Read_File_ItsTokenOrWhatIsWrong(string content, string? token, string? problem)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            (string read, string? found) = Read($"--service-token-file={path}");
            Assert.Contains(problem ?? "", found ?? "", StringComparison.Ordinal);
            Assert.Equal(problem is null, found is null);
            Assert.Equal(token ?? read, read);
            Assert.DoesNotContain("nter2", found ?? "", StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("--service-token=hunter2", "hunter2", null)]
    [InlineData("--service-token=hunter 2", "hunter 2", "--service-token must be of printable ASCII characters")]
    [InlineData("--service-token=a --service-token-file=b", "a", "give either --service-token-file or --service-token, not both")]
    [InlineData("--service-token-file=", "", null)]
    public void Read_Flags_TheTokenOrWhatIsWrong(string args, string token, string? problem) =>
        Assert.Equal((token, problem), Read(args.Split(" --").Select(static (arg, i) => i == 0 ? arg : "--" + arg).ToArray()));

    private static (string Token, string? Problem) Read(params string[] args)
    {
        var options = new ServiceTokenOptions();
        var command = new Command("gateway");
        options.AddTo(command);
        string? problem = options.Read(command.Parse(args), out string token);
        return (token, problem);
    }
}
