using System.Globalization;
using System.Text.Json.Nodes;
using Llumnix.Cli.Drain;
using Llumnix.Cli.Tests.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Tests.Drain;

/// <summary>Emulated engines with some 60 running requests each, a real scheduler and a gateway: one engine is drained under load, and then deleted.</summary>
public sealed class DrainUnderLoadTests : IDisposable
{
    private const int Requests = 120;
    private const int Tokens = 500;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-drain-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_EngineUnderLoad_IsEmptiedAndEveryAnswerIsWhole(bool migrates)
    {
        string[] flags = migrates ? ["--enable-rescheduling=true", "--colocated-rescheduling-mode=true", "--rescheduling-interval-ms=100"] : [];
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(
            isFullMode: true, new GatewayOptions { Port = 0 }, [InferType.Neutral, InferType.Neutral], schedulers: 1, flags);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => fleet.PostAsync(Tokens, isStream: true)));
        Task<string>[] texts = [.. answers.Select(static answer => TextOfAsync(answer))];
        HostedEngine drained = fleet.Engines.Engines[0];
        Assert.InRange(drained.Status().RunningRequestCount, 30, 90);
        string token = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(token, "token-of-the-fleet\n", Cancellation);

        using var output = new StringWriter();
        using var errors = new StringWriter();
        int exitCode = await DrainCommand.RunAsync(
            DrainCommand.Create().Parse(
                [drained.InstanceId, "--wait", "--timeout", "120", "--scheduler", fleet.Schedulers[0].Address.ToString(), "--token-file", token]),
            output,
            errors,
            TimeProvider.System,
            Cancellation);
        Assert.Equal((DrainExit.Done, ""), (exitCode, errors.ToString()));
        InstanceStatus status = drained.Status();
        Assert.Equal((0, 0, 0), (status.RunningRequestCount, status.WaitingRequestCount, status.MigrateOutRequests));
        Assert.Equal(migrates, drained.MigratedRequests > 0);

        string whole = string.Concat(Enumerable.Range(1, Tokens).Select(static n => string.Create(CultureInfo.InvariantCulture, $" {n}")));
        Assert.All(await Task.WhenAll(texts), text => Assert.Equal(whole, text));
        int before = drained.AcceptedRequests;
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage answer = await fleet.PostAsync(maxTokens: 1);
            Assert.True(answer.IsSuccessStatusCode);
        }

        Assert.Equal(before, drained.AcceptedRequests);
        await fleet.UntilNothingIsHeldAsync();
    }

    /// <summary>The text of a stream that ends as it should; what is missing to that is told in it.</summary>
    private static async Task<string> TextOfAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            string body = await answer.Content.ReadAsStringAsync(Cancellation);
            string[] events = [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static line => line["data: ".Length..])];
            string text = string.Concat(events.Where(static data => data != "[DONE]").Select(static data => ContentOf(JsonNode.Parse(data)!)));
            return events[^1] == "[DONE]" ? text : text + "; no [DONE]";
        }
    }

    private static string ContentOf(JsonNode chunk) => string.Concat((chunk["choices"]?.AsArray() ?? []).Select(static choice => (string?)choice!["delta"]?["content"]));
}
