using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Llumnix.Cli.Tests.Serve;

namespace Llumnix.Cli.Tests.OpenAiClients;

/// <summary>The official openai client for Node, as it is published, against <c>llumnix serve</c>. Its assertions are in Node/client.mjs.</summary>
public sealed class NodeClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("chat")]
    [InlineData("stream")]
    [InlineData("stream-usage")]
    [InlineData("completion")]
    [InlineData("tools")]
    [InlineData("tools-stream")]
    [InlineData("json")]
    [InlineData("embeddings")]
    [InlineData("models")]
    [InlineData("errors")]
    [InlineData("error-in-stream")]
    [InlineData("cancel")]
    public async Task Client_EachCase_GetsWhatItExpects(string name)
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        await RunAsync(serve.Host.Gateway.Address, name);
        await serve.UntilNothingIsHeldAsync();
        Assert.All(serve.Engines.Engines, static engine => Assert.Equal(0, engine.Status().RunningRequestCount));
    }

    [Fact]
    public async Task Client_Vision_EngineGetsTheBodyByteForByte()
    {
        await using RecordedServe serve = await RecordedServe.StartAsync();
        string sent = await RunAsync(serve.Address, "vision");
        byte[] received = await serve.NextBodyAsync();
        Assert.True(Encoding.UTF8.GetBytes(sent).AsSpan().SequenceEqual(received));
    }

    /// <returns>What it has written.</returns>
    private static async Task<string> RunAsync(Uri gateway, string name)
    {
        var start = new ProcessStartInfo("node", [ClientScript(), $"{gateway}v1", name])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancellation);
        string errors = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, errors);
        return await output;
    }

    /// <summary>It stays in the checkout, beside the packages that test.sh installs.</summary>
    private static string ClientScript([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Node", "client.mjs");
}
