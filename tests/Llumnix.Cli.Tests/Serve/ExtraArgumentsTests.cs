using System.CommandLine;
using Llumnix.Cli.Serve;

namespace Llumnix.Cli.Tests.Serve;

public sealed class ExtraArgumentsTests
{
    [Theory]
    [InlineData("--port=1", "--port=1")]
    [InlineData("--port=1 --extra-args=port=2", "--port=2")]
    [InlineData("--port 1 --quiet --extra-args quiet=false,port=2", "--quiet=false --port=2")]
    [InlineData("--quiet false --extra-args=quiet=true", "--quiet=true")]
    [InlineData("--extra-args=port=2,port=3 --port=1", "--port=3")]
    [InlineData("--extra-args=port=2 --extra-args=port=3", "--port=3")]
    [InlineData("--extra-args=list='a,b',--re_fused=1 --ports=1", "--ports=1 --list=a,b --re-fused=1")]
    [InlineData("--extra-args= --port=1", "--port=1")]
    public void Expand_ExtraArguments_TakeThePlaceOfFlags(string args, string expected)
    {
        string[] expanded = Expand(args, out string? problem);
        Assert.Null(problem);
        Assert.Equal(expected, string.Join(' ', expanded));
    }

    [Theory]
    [InlineData("--extra-args=port='1", "--extra-args: a quote is not closed")]
    [InlineData("--extra-args=port=1,hunter2", "--extra-args: item 2 must be name=value with the name of a flag")]
    [InlineData("--extra-args=hunter2=1", "--extra-args: item 1 must be name=value with the name of a flag")]
    [InlineData("--extra-args=extra-args=1", "--extra-args: item 1 must be name=value with the name of a flag")]
    public void Expand_BadItem_IsNamedByItsNumber(string args, string expected)
    {
        Expand(args, out string? problem);
        Assert.Equal(expected, problem);
    }

    private static string[] Expand(string args, out string? problem)
    {
        var command = new Command("c") { new Option<int>("--port"), new Option<bool>("--quiet"), new Option<string>("--list"), ExtraArguments.Create() };
        return ExtraArguments.Expand(command, args.Split(' '), static name => name == "re-fused", out problem);
    }
}
