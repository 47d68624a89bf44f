using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Llumnix.EngineEmulator;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Samples;

/// <summary>The programs of samples/, run over emulated engines.</summary>
public sealed partial class SampleTests
{
    [Fact]
    public async Task EmbeddedScheduler_TwoEngines_GetThreeRequestsEach()
    {
        await using EngineHost engines = await StartEnginesAsync();
        string output = await Command.RunAsync("dotnet", [ProgramOf("EmbeddedScheduler"), .. engines.Engines.Select(AddressOf)]);
        IEnumerable<(string Engine, int Requests)> shares = Placed().Matches(output)
            .GroupBy(static match => match.Groups[1].Value, static (engine, matches) => (engine, matches.Count()));
        Assert.Equal(engines.Engines.Select(engine => (AddressOf(engine), 3)).Order(), shares.Order());
    }

    [Fact]
    public async Task EmbeddedScheduler_NoEngines_SaysHowItIsUsed()
    {
        CommandResult result = await Command.TryAsync("dotnet", [ProgramOf("EmbeddedScheduler")]);
        Assert.Equal((2, "Usage: EmbeddedScheduler host:port [host:port...]\n"), (result.ExitCode, result.Errors));
    }

    [Fact]
    public async Task YarpProxy_RequestsAtATime_AreSharedByBothEngines()
    {
        const int Requests = 8;
        await using EngineHost engines = await StartEnginesAsync();
        string address = FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}");
        using Process proxy = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                ProgramOf("YarpProxy"), $"--Urls={address}",
                .. engines.Engines.Select((engine, i) => FormattableString.Invariant(
                    $"--ReverseProxy:Clusters:engines:Destinations:engine-{i + 1}:Address=http://{AddressOf(engine)}")),
            ])
        {
            WorkingDirectory = Checkout.PathOf("samples/YarpProxy"),
            RedirectStandardOutput = true,
        })!;
        try
        {
            proxy.BeginOutputReadLine();
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            await Eventually.TrueAsync(() => AnswersAsync(client));
            int before = engines.Engines.Sum(static engine => engine.AcceptedRequests);
            await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => CompleteAsync(client)));
            Assert.Equal(before + Requests, engines.Engines.Sum(static engine => engine.AcceptedRequests));
            Assert.All(engines.Engines, static engine => Assert.InRange(engine.AcceptedRequests, 1, Requests));
        }
        finally
        {
            proxy.Kill();
            await proxy.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static Task<EngineHost> StartEnginesAsync() => EngineHost.StartAsync(
        new EngineHostOptions { Engines = [new EmulatedEngineOptions { Port = 0 }, new EmulatedEngineOptions { Port = 0 }] }, TestContext.Current.CancellationToken);

    private static string AddressOf(HostedEngine engine) => FormattableString.Invariant($"127.0.0.1:{engine.Port}");

    private static string ProgramOf(string sample) => Checkout.PathOf($"samples/{sample}/bin/{Checkout.Configuration}/net10.0/{sample}.dll");

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri("v1/models", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task CompleteAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            "v1/completions", new { model = "emulated", prompt = "some words", max_tokens = 50 }, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("^request-[1-6]: (.*)$", RegexOptions.Multiline)]
    private static partial Regex Placed();
}
